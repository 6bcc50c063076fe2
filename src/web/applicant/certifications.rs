//! Certifying a report before it is filed: asked for by its author, read and given by the legal representative.

use super::{errors_of, reports::find};
use crate::{
    domain::{
        ids::{GrantId, ReportId},
        lifecycle::Refusal,
    },
    store::Conn,
    usecases::{Outcome, UseCaseError, report_lacks, report_signatures, reports},
    web::{
        App, Failure, Fields, Reply,
        audiences::Applicant,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::Fact,
        reports::{self as words, ComparedPart},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

type Address = Path<(GrantId, ReportId)>;

#[derive(Template)]
#[template(path = "applicant/certification.html")]
struct CertificationPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    href: String,
    facts: Vec<Fact>,
    narrative: Vec<(String, Vec<(String, String)>)>,
    compared: Vec<ComparedPart>,
    documents: Vec<(String, String)>,
    digest: String,
    organisation: String,
    /// Why it cannot be certified now; nothing when it can.
    refusal: String,
    signed: String,
    errors: FieldErrors,
}

async fn page(
    app: &App,
    who: &Applicant,
    (grant, id): (GrantId, ReportId),
    errors: FieldErrors,
) -> Result<CertificationPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let load = move |conn: &mut Conn| -> Outcome<_> {
        find(conn, &actor, (grant, id), now)?;
        let (paper, certification) = report_signatures::to_sign(conn, &actor, id)?;
        let is_complete = report_lacks::obstacles(conn, &paper.report)?.is_empty();
        Ok((paper, certification, is_complete))
    };
    let (paper, certification, is_complete) = app.read(load).await?;
    let row = &paper.report;
    let refusal = match (reports::is_open(row.state), is_complete) {
        (true, true) => String::new(),
        (true, false) => "Le bilan n’est pas complet\u{a0}: il ne peut pas encore être certifié.".to_owned(),
        (false, _) => Refusal::NotFromHere(row.state.label()).to_string(),
    };
    let file =
        |file: &crate::store::attachments::AttachmentRow| (file.file_name.clone(), format!("/pieces/{}", file.id));
    Ok(CertificationPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/subventions", "Mes subventions"),
            NavLink::new(format!("/subventions/{grant}"), &paper.grant.project.title),
            NavLink::new(format!("/subventions/{grant}/bilans/{id}"), words::title(row)),
        ],
        href: format!("/subventions/{grant}/bilans/{id}/certification"),
        facts: vec![
            Fact::new("Subvention", &paper.grant.grant.reference),
            Fact::new("Projet", &paper.grant.project.title),
            Fact::new("Organisation", &paper.grant.holder.name),
            Fact::new("Dépenses réalisées", paper.spent()),
        ],
        narrative: words::narrative(&paper),
        compared: words::compared(&paper),
        documents: paper.attachments.iter().map(file).collect(),
        signed: words::certified(&certification),
        organisation: certification.organisation,
        digest: certification.digest,
        refusal,
        errors,
    })
}

/// What is to be certified, and the button that does it.
pub async fn show(app: Data<App>, who: Applicant, path: Address) -> Reply {
    Ok(render(&page(&app, &who, path.into_inner(), FieldErrors::none()).await?))
}

/// Certifies it.
pub async fn sign(app: Data<App>, who: Applicant, path: Address, form: Fields) -> Reply {
    let ((grant, id), actor, now) = (path.into_inner(), who.actor.clone(), app.now());
    let (digest, is_sworn) = (form.text("empreinte").to_owned(), form.has("certifie"));
    let act = move |tx: &mut crate::store::Tx| {
        find(tx.conn(), &actor, (grant, id), now)?;
        report_signatures::sign(tx, &actor, id, (&digest, is_sworn), now)
    };
    match app.write(act).await {
        Ok(()) => {
            let flash = Flash::success("C’est certifié. Le bilan reste à déposer.");
            Ok(see_other_saying(format!("/subventions/{grant}/bilans/{id}"), &flash))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = page(&app, &who, (grant, id), errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// Sends the link to those who may certify.
pub async fn ask(app: Data<App>, who: Applicant, path: Address) -> Reply {
    let ((grant, id), actor, now) = (path.into_inner(), who.actor.clone(), app.now());
    let act = move |tx: &mut crate::store::Tx| {
        find(tx.conn(), &actor, (grant, id), now)?;
        report_signatures::ask(tx, &actor, id, now)
    };
    app.write(act).await?;
    let flash = Flash::success("La demande part par courriel, avec un lien valable trois jours.");
    Ok(see_other_saying(format!("/subventions/{grant}/bilans/{id}"), &flash))
}

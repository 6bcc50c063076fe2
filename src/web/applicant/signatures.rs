//! Signing what is to be filed: asked for by the organisation, read and signed by its representative.

use super::{applications::named, errors_of, next_step};
use crate::{
    domain::{ids::ApplicationId, lifecycles::applications::ApplicationState},
    usecases::{
        UseCaseError, complements, dossiers,
        signatures::{self, Party},
    },
    web::{
        App, Failure, Fields, Reply,
        answers::{SectionShown, sections},
        audiences::Applicant,
        filters,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Fact, Stepper},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

#[derive(Template)]
#[template(path = "applicant/signature.html")]
struct SignaturePage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    title: String,
    is_draft: bool,
    stepper: Stepper,
    facts: Vec<Fact>,
    sections: Vec<SectionShown>,
    digest: String,
    /// For whom the reader signs.
    organisation: String,
    /// Why it cannot be signed now; nothing when it can.
    refusal: String,
    /// When the reader's organisation signed, in words.
    signed: String,
    errors: FieldErrors,
}

fn refusal(state: ApplicationState, missing: usize) -> &'static str {
    match state {
        ApplicationState::Draft if missing == 0 => "",
        ApplicationState::Draft => "Le dossier n’est pas complet\u{a0}: il ne peut pas encore être signé.",
        _ => "Ce dossier est déposé\u{a0}: il ne reste rien à signer.",
    }
}

fn signed(parties: &[Party]) -> String {
    let signed = parties.iter().filter_map(|party| party.signed.as_ref());
    let signed: Vec<_> = signed.map(|(name, at)| format!("Signé par {name} le {}.", at.french())).collect();
    if signed.len() == parties.len() { signed.join(" ") } else { String::new() }
}

async fn page(app: &App, who: &Applicant, id: ApplicationId, errors: FieldErrors) -> Result<SignaturePage, Failure> {
    let actor = who.actor.clone();
    let load = move |conn: &mut crate::store::Conn| {
        let (content, parties) = signatures::to_sign(conn, &actor, id)?;
        let communes = dossiers::communes_of(conn, &content)?;
        let waiting = complements::waiting(conn, &content)?;
        Ok((content, parties, communes, waiting))
    };
    let (content, parties, communes, waiting) = app.read(load).await?;
    let title = named(&content.row.title);
    Ok(SignaturePage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/dossiers", "Mes dossiers"), NavLink::new(format!("/dossiers/{id}"), &title)],
        id: id.to_string(),
        title,
        is_draft: content.row.state == ApplicationState::Draft,
        stepper: next_step(&content, waiting.as_ref(), app.now()),
        facts: vec![
            Fact::new("Numéro", &content.row.reference),
            Fact::new("Appel", &content.call.title),
            Fact::new("Organisation", &content.organisation.name),
            Fact::new("Montant demandé", content.row.requested_cents),
        ],
        sections: sections(&content, &communes),
        digest: signatures::digest(&content)?,
        organisation: parties.iter().map(|party| party.name.as_str()).collect::<Vec<_>>().join(" et "),
        refusal: refusal(content.row.state, content.missing().len()).to_owned(),
        signed: signed(&parties),
        errors,
    })
}

/// What is to be signed, and the button that signs it.
pub async fn show(app: Data<App>, who: Applicant, id: Path<ApplicationId>) -> Reply {
    Ok(render(&page(&app, &who, id.into_inner(), FieldErrors::none()).await?))
}

/// Signs it.
pub async fn sign(app: Data<App>, who: Applicant, id: Path<ApplicationId>, form: Fields) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let (digest, is_sworn) = (form.text("empreinte").to_owned(), form.text("engagement") == "oui");
    match app.write(move |tx| signatures::sign(tx, &actor, id, (&digest, is_sworn), now)).await {
        Ok(()) => {
            let flash = Flash::success("C’est signé. Le dossier reste à déposer avant la date limite.");
            Ok(see_other_saying(format!("/dossiers/{id}"), &flash))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = page(&app, &who, id, errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// Sends the link to those who still have to sign.
pub async fn ask(app: Data<App>, who: Applicant, id: Path<ApplicationId>) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    app.write(move |tx| signatures::ask(tx, &actor, id, now)).await?;
    let flash = Flash::success("La demande part par courriel, avec un lien valable trois jours.");
    Ok(see_other_saying(format!("/dossiers/{id}"), &flash))
}

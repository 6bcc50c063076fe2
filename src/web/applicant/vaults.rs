//! The vault of an organisation: what it keeps, until when, and how it is used again.

use super::errors_of;
use crate::{
    domain::{
        attachments::LARGEST_IN_WORDS,
        forms::day,
        ids::{ApplicationId, AttachmentId, OrganisationId},
        organisations::Right,
        time::{Moment, french_date},
        vaults::{Freshness, VaultPaper},
    },
    usecases::{
        FieldError, UseCaseError, attachments, organisations,
        vaults::{self, Paper},
    },
    web::{
        App, Failure, Reply,
        audiences::Applicant,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        uploads,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

#[derive(Template)]
#[template(path = "applicant/vault.html")]
struct VaultPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    may_keep: bool,
    papers: Vec<Shown>,
    errors: FieldErrors,
}

/// One kind of paper, with what is kept of it.
struct Shown {
    code: &'static str,
    label: &'static str,
    file_help: String,
    end_help: &'static str,
    end_field: String,
    /// The end as typed or kept, as a date field takes it.
    end: String,
    kept: Option<Kept>,
}

struct Kept {
    name: String,
    href: String,
    remove: String,
    since: String,
    scan: &'static str,
    /// What is to be said of its end, and how loudly.
    warning: String,
    tone: &'static str,
}

/// What is said of a paper's end; nothing when it has none.
pub(super) fn said(freshness: Freshness) -> (String, &'static str) {
    match freshness {
        Freshness::Valid => (String::new(), "neutral"),
        Freshness::EndsSoon(day) => (format!("valable jusqu’au {}", french_date(day)), "warning"),
        Freshness::Expired(day) => (format!("périmé depuis le {}", french_date(day)), "error"),
    }
}

fn shown(id: OrganisationId, kind: VaultPaper, papers: &[Paper], now: Moment) -> Shown {
    let paper = papers.iter().find(|paper| paper.file.document_code == kind.code());
    let kept = paper.map(|paper| {
        let (warning, tone) = said(paper.freshness(now));
        Kept {
            name: paper.file.file_name.clone(),
            href: format!("/pieces/{}", paper.file.id),
            remove: format!("/organisations/{id}/coffre/{}/retrait", paper.file.id),
            since: french_date(paper.file.uploaded_at.paris_date()),
            scan: paper.verdict.map_or("", |verdict| verdict.label()),
            warning,
            tone,
        }
    });
    Shown {
        code: kind.code(),
        label: kind.label(),
        file_help: format!("PDF, photo ou document bureautique, {LARGEST_IN_WORDS} au plus."),
        end_help: kind.end_help(),
        end_field: format!("echeance-{}", kind.code()),
        end: paper.and_then(|paper| paper.expires_on).map(|day| day.to_string()).unwrap_or_default(),
        kept,
    }
}

async fn page(app: &App, who: &Applicant, id: OrganisationId, errors: FieldErrors) -> Result<VaultPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let load = move |conn: &mut crate::store::Conn| {
        let papers = vaults::papers(conn, &actor, id)?;
        let organisation = organisations::find(conn, &actor, id)?;
        Ok((papers, organisation, organisations::may(conn, &actor, &[id], Right::Write)?))
    };
    let (papers, organisation, may_keep) = app.read(load).await?;
    Ok(VaultPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/organisations", "Mes organisations"),
            NavLink::new(format!("/organisations/{id}"), &organisation.name),
        ],
        id: id.to_string(),
        may_keep,
        papers: VaultPaper::ALL.iter().map(|kind| shown(id, *kind, &papers, now)).collect(),
        errors,
    })
}

/// What the organisation keeps.
pub async fn show(app: Data<App>, who: Applicant, id: Path<OrganisationId>) -> Reply {
    Ok(render(&page(&app, &who, id.into_inner(), FieldErrors::none()).await?))
}

/// Keeps a paper. The bytes are on disk before any row names them.
pub async fn keep(app: Data<App>, who: Applicant, path: Path<(OrganisationId, String)>, form: uploads::Parts) -> Reply {
    let (id, code) = path.into_inner();
    let paper: VaultPaper = code.parse().map_err(|_| Failure::NotFound)?;
    let upload = uploads::read(form).await?;
    let end_field = format!("echeance-{code}");
    let typed = upload.fields.text(&end_field).to_owned();
    let end = day(&typed);
    let (name, bytes) = upload.file_or_nothing();
    let judged = attachments::judge(&code, &name, &bytes);
    let mut wrong = Vec::new();
    if end.is_none() && !typed.trim().is_empty() {
        wrong.push(FieldError::new(&end_field, "Cette date n’existe pas. Exemple\u{a0}: 31/12/2027."));
    }
    let file = match judged {
        Ok(file) if wrong.is_empty() => file,
        Ok(_) => return refused(&app, &who, id, wrong).await,
        Err(UseCaseError::Invalid(fields)) => {
            wrong.extend(fields);
            return refused(&app, &who, id, wrong).await;
        }
        Err(error) => return Err(error.into()),
    };
    app.files()?.put(bytes).await?;
    let (actor, now) = (who.actor.clone(), app.now());
    app.write(move |tx| vaults::keep(tx, &actor, id, (paper, end), &file, now)).await?;
    let flash = Flash::success("Ce document est au coffre. Il pourra servir dans chaque dossier.");
    Ok(see_other_saying(format!("/organisations/{id}/coffre"), &flash))
}

async fn refused(app: &App, who: &Applicant, id: OrganisationId, wrong: Vec<FieldError>) -> Reply {
    let page = page(app, who, id, errors_of(wrong)).await?;
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// Takes a paper out of the vault.
pub async fn remove(app: Data<App>, who: Applicant, path: Path<(OrganisationId, AttachmentId)>) -> Reply {
    let ((id, paper), actor, now) = (path.into_inner(), who.actor.clone(), app.now());
    app.write(move |tx| vaults::remove(tx, &actor, id, paper, now)).await?;
    let flash = Flash::success("Le document n’est plus au coffre. Les dossiers qui l’utilisent le gardent.");
    Ok(see_other_saying(format!("/organisations/{id}/coffre"), &flash))
}

/// Uses a paper of the vault as a document of a file.
pub async fn reuse(app: Data<App>, who: Applicant, path: Path<(ApplicationId, String)>) -> Reply {
    let (id, document) = path.into_inner();
    let back = super::files::place(&app, &who, id, &document).await?;
    let back = back.map_or(format!("/dossiers/{id}"), |code| format!("/dossiers/{id}/rubriques/{code}"));
    let (actor, now) = (who.actor.clone(), app.now());
    app.write(move |tx| vaults::reuse(tx, &actor, id, &document, now)).await?;
    Ok(see_other_saying(back, &Flash::success("Le document du coffre est joint.")))
}

//! What is erased when its time is over: what goes by the end of the month, what went, and what is kept longer.

use crate::{
    domain::{
        ids::ApplicationId,
        roles::Role,
        text::counted,
        time::{Moment, french_date},
    },
    store::{entropy, erasures::ErasedLine},
    usecases::{
        UseCaseError,
        retention::{self, Going},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::{Officer, Staff},
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::Pager,
        sendings::{Sent, send},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;

const LIST: &str = "/instruction/effacements";

#[derive(Template)]
#[template(path = "officer/erasures.html")]
struct ErasuresPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    until: String,
    groups: Vec<Group>,
    going: Vec<GoingLine>,
    may_keep: bool,
    erased_drafts: String,
    erased_organisations: String,
    /// What could not be erased; empty when nothing failed.
    failed: String,
    erased: Vec<GoneLine>,
    pager: Pager,
}

struct Group {
    ground: &'static str,
    count: String,
}

struct GoingLine {
    href: String,
    reference: String,
    organisation: String,
    call: String,
    ground: &'static str,
}

struct GoneLine {
    reference: String,
    call: String,
    ground: &'static str,
    day: String,
    files: String,
}

/// Where the list goes on.
#[derive(Debug, serde::Deserialize)]
pub struct After {
    apres: Option<ApplicationId>,
}

fn group(going: &Going) -> Group {
    Group { ground: going.ground.label(), count: counted(going.count, "dossier", "dossiers") }
}

fn lines(going: &Going) -> impl Iterator<Item = GoingLine> {
    going.lines.iter().map(|(id, reference, organisation, call)| GoingLine {
        href: format!("/instruction/{id}"),
        reference: reference.clone(),
        organisation: organisation.clone(),
        call: call.clone(),
        ground: going.ground.label(),
    })
}

fn gone(line: &ErasedLine) -> GoneLine {
    GoneLine {
        reference: line.reference.clone(),
        call: line.call_title.clone(),
        ground: line.ground.label(),
        day: line.erased_at.map_or_else(String::new, |at| french_date(at.paris_date())),
        files: counted(i64::from(line.files), "pièce effacée", "pièces effacées"),
    }
}

/// What could not be erased, in a sentence; empty when nothing failed.
fn failed((count, last): (i64, Option<Moment>)) -> String {
    let Some(last) = last.filter(|_| count > 0) else { return String::new() };
    let count = counted(count, "effacement n’a pas abouti", "effacements n’ont pas abouti");
    format!(
        "{count}, la dernière fois le {}. Chacun est essayé à nouveau chaque nuit, sans retenir les autres.",
        last.french()
    )
}

/// What goes soon and what went, the newest file first.
pub async fn list(app: Data<App>, who: Staff, after: Query<After>) -> Reply {
    let (actor, now, after) = (who.actor.clone(), app.now(), after.apres);
    let is_further = after.is_some();
    let found = app.read(move |conn| retention::list(conn, &actor, after, now)).await?;
    let pager =
        Pager { first: is_further.then(|| LIST.to_owned()), next: found.next.map(|id| format!("{LIST}?apres={id}")) };
    Ok(render(&ErasuresPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/instruction", "Instruction")],
        until: french_date(found.until),
        groups: found.going.iter().map(group).collect(),
        going: found.going.iter().flat_map(lines).collect(),
        may_keep: who.actor.is(Role::Officer),
        erased_drafts: counted(found.erased_drafts, "brouillon effacé", "brouillons effacés"),
        erased_organisations: counted(found.erased_organisations, "organisation effacée", "organisations effacées"),
        failed: failed(found.failed),
        erased: found.erased.iter().map(gone).collect(),
        pager,
    }))
}

#[derive(Template)]
#[template(path = "officer/keeping.html")]
struct KeepingPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    href: String,
    reference: String,
    reason: String,
    token: String,
    errors: FieldErrors,
}

fn keeping_address(id: ApplicationId) -> String {
    format!("/instruction/{id}/conservation")
}

async fn keeping(
    app: &App,
    who: &Officer,
    id: ApplicationId,
    reason: &str,
    errors: FieldErrors,
) -> Result<KeepingPage, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let row = app.read(move |conn| retention::going(conn, &actor, id, now)).await?;
    Ok(KeepingPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/instruction", "Instruction"), NavLink::new(LIST, "Effacements")],
        href: keeping_address(id),
        reference: row.reference,
        reason: reason.to_owned(),
        token: entropy::form_token()?,
        errors,
    })
}

/// Asks why a file that is about to go is to be kept.
pub async fn ask(app: Data<App>, who: Officer, id: Path<ApplicationId>) -> Reply {
    Ok(render(&keeping(&app, &who, id.into_inner(), "", FieldErrors::none()).await?))
}

/// Keeps it for a year more.
pub async fn keep(app: Data<App>, who: Officer, id: Path<ApplicationId>, form: Fields) -> Reply {
    let (id, actor, now, reason) = (id.into_inner(), who.actor.clone(), app.now(), form.text("motif").to_owned());
    let (sent, typed) = (Sent::new(&app, &who, &form, &keeping_address(id), LIST), reason.clone());
    match send(&app, sent, move |tx| retention::keep(tx, &actor, id, &reason, now)).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("Ce dossier est gardé un an de plus."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let errors = wrong.into_iter().map(|field| (field.field, field.message)).collect();
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &keeping(&app, &who, id, &typed, errors).await?))
        }
        Err(failure) => Err(failure),
    }
}

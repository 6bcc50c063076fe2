//! What is erased when its time is over: what goes by the end of the month, and what went.

use crate::{
    domain::{ids::ApplicationId, text::counted, time::french_date},
    store::erasures::ErasedLine,
    usecases::retention::{self, Going},
    web::{
        App, Reply,
        audiences::Staff,
        pages::{Chrome, NavLink, render},
        parts::Pager,
    },
};
use actix_web::web::{Data, Query};
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
    erased_drafts: String,
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
        erased_drafts: counted(found.erased_drafts, "brouillon effacé", "brouillons effacés"),
        erased: found.erased.iter().map(gone).collect(),
        pager,
    }))
}

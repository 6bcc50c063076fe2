//! The documents that did not come by their day.

use super::named;
use crate::{
    domain::{ids::ApplicationId, text::counted, time::french_date},
    store::owed_documents::OverdueLine,
    usecases::owed_documents,
    web::{
        App, Reply,
        audiences::Staff,
        pages::{Chrome, NavLink, render},
        parts::Pager,
    },
};
use actix_web::web::{Data, Query};
use askama::Template;

const LIST: &str = "/instruction/pieces-attendues";

#[derive(Template)]
#[template(path = "officer/owed_documents.html")]
struct OwedDocumentsPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    lines: Vec<Line>,
    pager: Pager,
}

struct Line {
    href: String,
    title: String,
    reference: String,
    organisation: String,
    document: String,
    due: String,
    reminders: String,
}

/// Where the list goes on.
#[derive(Debug, serde::Deserialize)]
pub struct After {
    apres: Option<ApplicationId>,
}

fn line((row, document): &(OverdueLine, String)) -> Line {
    let reminders = match row.reminders {
        0 => "aucun rappel".to_owned(),
        sent => counted(i64::from(sent), "rappel envoyé", "rappels envoyés"),
    };
    Line {
        href: format!("/instruction/{}", row.id),
        title: named(&row.title),
        reference: row.reference.clone(),
        organisation: row.organisation.clone(),
        document: document.clone(),
        due: french_date(row.due_on),
        reminders,
    }
}

/// The list, the oldest first.
pub async fn list(app: Data<App>, who: Staff, after: Query<After>) -> Reply {
    let (actor, now, after) = (who.actor.clone(), app.now(), after.apres);
    let is_further = after.is_some();
    let page = app.read(move |conn| owed_documents::overdue(conn, &actor, after, now)).await?;
    let pager =
        Pager { first: is_further.then(|| LIST.to_owned()), next: page.next.map(|id| format!("{LIST}?apres={id}")) };
    Ok(render(&OwedDocumentsPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/instruction", "Instruction")],
        lines: page.lines.iter().map(line).collect(),
        pager,
    }))
}

//! The history: every change of state, who made it, and the seal that ties each line to the one before.

use crate::{
    domain::{
        ids::PersonId,
        labels,
        lifecycle::Machine,
        lifecycles::names::{event_label, machine_label, state_label},
    },
    store::{
        history::{self, TransitionRow},
        people,
    },
    usecases::messages,
    web::{
        App, Reply,
        audiences::Auditor,
        filters,
        pages::{Chrome, NavLink, render},
        parts::{Choice, Pager},
    },
};
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Lines on one page.
const PAGE: usize = 50;
const LIST: &str = "/administration/historique";

/// One line as the page shows it.
struct Line {
    row: TransitionRow,
    object: &'static str,
    what: &'static str,
    before: &'static str,
    after: &'static str,
    who: String,
}

#[derive(Template)]
#[template(path = "admin/history.html")]
struct HistoryPage {
    chrome: Chrome,
    links: Vec<NavLink>,
    /// The newest line of the whole chain: its number and its seal.
    head: Option<(i64, String)>,
    object: Option<String>,
    subjects: Vec<Choice>,
    lines: Vec<Line>,
    pager: Pager,
}

/// Which lines are asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    objet: String,
    #[serde(default)]
    sujet: String,
    avant: Option<i64>,
}

/// The words of the state that a line leads to.
pub(super) fn state_of(row: &TransitionRow) -> &'static str {
    state_label(row.machine, &row.to_state)
}

fn line(row: TransitionRow, names: &BTreeMap<PersonId, String>) -> Line {
    let role = labels::role(row.role);
    let name = row.actor_id.and_then(|id| names.get(&id).cloned());
    Line {
        object: machine_label(row.machine),
        what: event_label(row.machine, &row.event),
        before: state_label(row.machine, &row.from_state),
        after: state_of(&row),
        who: name.map_or_else(|| "Tisserand".to_owned(), |name| format!("{name} ({role})")),
        row,
    }
}

/// The lines of the whole history or of one object, the newest first.
pub async fn list(app: Data<App>, who: Auditor, asked: Query<Asked>) -> Reply {
    let Asked { objet, sujet, avant } = asked.into_inner();
    let machine = sujet.parse::<Machine>().ok();
    let object = Some(objet).filter(|id| !id.is_empty());
    let wanted = object.clone();
    let actor = who.actor.clone();
    let (head, mut rows, names) = app
        .read(move |conn| {
            // The seal is that of the whole chain; a line about a file the reader is recused from is none of theirs.
            let hidden = messages::hidden_from(conn, &actor)?;
            let head = history::before(conn, None, None, &[], 1)?.pop().map(|row| (row.seq, row.hash));
            let rows = match &wanted {
                Some(id) if hidden.contains(id) => Vec::new(),
                Some(id) => history::of_subject(conn, id)?.into_iter().rev().collect(),
                None => history::before(conn, avant, machine, &hidden, PAGE as i64 + 1)?,
            };
            let mut ids: Vec<_> = rows.iter().filter_map(|row: &TransitionRow| row.actor_id).collect();
            ids.sort_unstable();
            ids.dedup();
            let names: BTreeMap<_, _> = people::of_ids(conn, &ids)?.into_iter().map(|row| (row.id, row.name)).collect();
            Ok((head, rows, names))
        })
        .await?;
    let more = object.is_none() && rows.len() > PAGE;
    if object.is_none() {
        rows.truncate(PAGE);
    }
    let first = machine.map_or_else(|| format!("{LIST}?sujet="), |machine| format!("{LIST}?sujet={machine}"));
    let next = rows.last().filter(|_| more).map(|last| format!("{first}&avant={}", last.seq));
    let pager = Pager { first: avant.map(|_| first), next };
    let named = Machine::ALL.iter().map(|machine| (machine.code(), machine_label(*machine)));
    let subjects = Choice::list(named, &[machine.map_or("", Machine::code)]);
    let lines = rows.into_iter().map(|row| line(row, &names)).collect();
    let links = vec![NavLink::new(LIST, "Historique")];
    Ok(render(&HistoryPage { chrome: who.chrome(), links, head, object, subjects, lines, pager }))
}

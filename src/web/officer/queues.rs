//! What waits for the team: files by what is to be done with them.

use super::{named, since, tone};
use crate::{
    domain::{
        lifecycles::{applications::ApplicationState, calls::CallState},
        queues::Queue,
        roles::Role,
        time::{Moment, french_date},
    },
    exports::{lists::FILES, sheets::Cell},
    store::{
        Conn,
        calls::{self, CallLine},
        queues::Key,
    },
    usecases::{
        Actor, Outcome, owed_documents,
        queues::{self, MOST_COUNTED, QueuePage, QueuedFile},
    },
    web::{
        App, Reply,
        audiences::Staff,
        exchanges,
        lists::{self, Format},
        pages::{Chrome, NavLink, Tone, render},
        parts::{Badge, Choice, Pager},
    },
};
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

const LIST: &str = "/instruction";
/// Calls among which one chooses, the latest.
const MOST_CALLS: i64 = 300;

#[derive(Template)]
#[template(path = "officer/queues.html")]
struct QueuesPage {
    chrome: Chrome,
    tabs: Vec<NavLink>,
    title: &'static str,
    calls: Vec<Choice>,
    search: String,
    is_narrowed: bool,
    /// Where files are declared admissible together; empty elsewhere than in the queue of those to check.
    together: String,
    lines: Vec<Line>,
    pager: Pager,
    /// Where the list leaves as a file.
    file: String,
}

struct Line {
    href: String,
    title: String,
    reference: String,
    organisation: String,
    call: String,
    requested: String,
    badge: Badge,
    wait: String,
    is_late: bool,
    next_step: String,
    /// How many messages wait to be read, in words.
    news: String,
}

/// Which files are asked for.
#[derive(Debug, Clone, Deserialize)]
pub struct Asked {
    #[serde(default)]
    etape: String,
    #[serde(default)]
    appel: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    apres: String,
}

impl Asked {
    fn address(&self, queue: Option<Queue>, after: Option<Key>) -> String {
        let after = after.map(|(at, id)| format!("{}.{id}", at.unix_seconds()));
        let query = [
            ("etape", queue.map_or("", Queue::code)),
            ("appel", &self.appel),
            ("q", &self.q),
            ("apres", after.as_deref().unwrap_or_default()),
        ];
        let query = query.into_iter().filter(|(_, value)| !value.is_empty()).collect::<Vec<_>>();
        match serde_html_form::to_string(&query) {
            Ok(query) if !query.is_empty() => format!("{LIST}?{query}"),
            _ => LIST.to_owned(),
        }
    }

    /// Where this list leaves as a file.
    fn file(&self, queue: Queue) -> String {
        let address = self.address(Some(queue), None);
        address.replacen(&format!("{LIST}?"), &format!("{LIST}/fichier?"), 1) + "&"
    }

    fn after(&self) -> Option<Key> {
        let (at, id) = self.apres.split_once('.')?;
        Some((Moment::from_unix_seconds(at.parse().ok()?), id.parse().ok()?))
    }
}

fn tabs(page: &QueuePage, asked: &Asked) -> Vec<NavLink> {
    let asked = Asked { q: String::new(), apres: String::new(), etape: String::new(), appel: asked.appel.clone() };
    let link = |queue: Queue, label: String| NavLink {
        current: page.queue == queue,
        ..NavLink::new(asked.address(Some(queue), None), label)
    };
    let waiting = page.counts.iter().filter(|(queue, count)| *count > 0 || page.queue == *queue);
    let waiting = waiting.map(|(queue, count)| {
        let count = if *count < MOST_COUNTED { count.to_string() } else { format!("plus de {}", MOST_COUNTED - 1) };
        link(*queue, format!("{} ({count})", queue.label()))
    });
    waiting.chain([Queue::Closed, Queue::All].map(|queue| link(queue, queue.label().to_owned()))).collect()
}

/// The way to the documents that did not come by their day, when there are any.
fn overdue_tab(overdue: usize) -> Option<NavLink> {
    let count =
        if overdue < owed_documents::MOST_COUNTED { overdue.to_string() } else { format!("plus de {}", overdue - 1) };
    (overdue > 0).then(|| NavLink::new("/instruction/pieces-attendues", format!("Pièces en retard ({count})")))
}

/// The way to what is erased when its time is over.
fn erasures_tab() -> NavLink {
    NavLink::new("/instruction/effacements", "Effacements")
}

/// The way to the meetings after a refusal, for whoever keeps them.
fn meetings_tab(actor: &Actor) -> Option<NavLink> {
    actor.is(Role::Officer).then(|| NavLink::new("/rendez-vous", "Rendez-vous"))
}

/// How long a file has waited, or until when somebody has to answer; and whether that is over.
fn wait(file: &QueuedFile, now: Moment) -> (String, bool) {
    let row = &file.row;
    match (file.queue, file.request) {
        (Queue::ComplementAwaited, Some((due, _))) => {
            (format!("Réponse avant le {}", french_date(due.plus_minutes(-1).paris_date())), false)
        }
        (Queue::ComplementOverdue, Some((due, _))) => {
            (format!("En retard depuis le {}", french_date(due.paris_date())), true)
        }
        (Queue::Closed, _) => (french_date(row.state_at.paris_date()), false),
        _ => (since(row.state_at, now), false),
    }
}

fn next_step(file: &QueuedFile) -> String {
    match (file.queue, file.request) {
        (Queue::ToCheck, Some((_, Some(_)))) => "Lire le complément reçu".into(),
        (Queue::ToCheck, Some((_, None))) => "Décider sans le complément".into(),
        (Queue::InReview, _) => format!("Évaluations\u{a0}: {} sur {}", file.submitted_reviews, file.reviews),
        (queue, _) => queue.next_step().into(),
    }
}

fn line(file: &QueuedFile, now: Moment) -> Line {
    let (wait, is_late) = wait(file, now);
    let row = &file.row;
    let tone =
        if row.state == ApplicationState::ComplementRequested && is_late { Tone::Error } else { tone(row.state) };
    Line {
        href: format!("{LIST}/{}", row.id),
        title: named(&row.title),
        reference: row.reference.clone(),
        organisation: row.organisation.clone(),
        call: row.call_title.clone(),
        requested: row.requested.to_string(),
        badge: Badge { tone, label: row.state.label().to_owned() },
        wait,
        is_late,
        // Nothing to do is nothing to say on a card.
        next_step: if file.queue == Queue::Closed { String::new() } else { next_step(file) },
        news: exchanges::news(file.unread),
    }
}

/// The calls to choose from and the page of the queue.
fn load(
    conn: &mut Conn,
    actor: &Actor,
    asked: &Asked,
    after: Option<Key>,
    now: Moment,
) -> Outcome<(Vec<CallLine>, QueuePage, usize)> {
    let states: Vec<_> = CallState::ALL.iter().copied().filter(|state| *state != CallState::Draft).collect();
    let mut known = calls::page(conn, &states, None, MOST_CALLS)?;
    known.reverse();
    let wanted = queues::Asked {
        queue: asked.etape.parse::<Queue>().ok(),
        call: known.iter().find(|call| call.reference == asked.appel).map(|call| call.id),
        search: asked.q.clone(),
        after,
    };
    let page = queues::page(conn, actor, &wanted, now)?;
    let overdue = owed_documents::count_overdue(conn, actor, now)?;
    Ok((known, page, overdue))
}

fn cells(file: &QueuedFile) -> Vec<Cell> {
    let row = &file.row;
    let texts = [&row.reference, &row.title, &row.organisation, &row.call_reference, &row.call_title];
    let mut cells: Vec<_> = texts.into_iter().map(|text| Cell::Text(text.clone())).collect();
    cells.push(Cell::Money(row.requested));
    cells.extend(lists::status(row.state.code(), row.state.label()));
    cells.push(Cell::Instant(row.state_at));
    cells.push(Cell::Text(next_step(file)));
    cells
}

/// The same queue as a file.
pub async fn export(app: Data<App>, who: Staff, asked: Query<Asked>, format: Query<Format>) -> Reply {
    let (asked, now, actor) = (asked.into_inner(), app.now(), who.actor.clone());
    let page = move |conn: &mut Conn, key: Option<Key>| -> Outcome<_> {
        let (_, page, _) = load(conn, &actor, &asked, key, now)?;
        Ok((page.files, page.next))
    };
    lists::give(&app, FILES, format.into_inner(), lists::pages(page, cells)).await
}

/// The queue asked for, or the first one in which something waits.
pub async fn list(app: Data<App>, who: Staff, asked: Query<Asked>) -> Reply {
    let (asked, now, actor) = (asked.into_inner(), app.now(), who.actor.clone());
    let wanted = asked.clone();
    let (calls, page, overdue) = app.read(move |conn| load(conn, &actor, &wanted, wanted.after(), now)).await?;
    let pager = Pager {
        first: asked.after().map(|_| asked.address(Some(page.queue), None)),
        next: page.next.map(|key| asked.address(Some(page.queue), Some(key))),
    };
    Ok(render(&QueuesPage {
        chrome: who.chrome(),
        tabs: tabs(&page, &asked)
            .into_iter()
            .chain(overdue_tab(overdue))
            .chain(meetings_tab(&who.actor))
            .chain([erasures_tab()])
            .collect(),
        title: page.queue.label(),
        together: together(&page, &asked, &who),
        calls: choices(&calls, &asked.appel),
        is_narrowed: !asked.q.trim().is_empty() || !asked.appel.is_empty(),
        lines: page.files.iter().map(|file| line(file, now)).collect(),
        pager,
        file: asked.file(page.queue),
        search: asked.q,
    }))
}

/// The way to the files that may be declared admissible together, for an officer who looks at those to check.
fn together(page: &QueuePage, asked: &Asked, who: &Staff) -> String {
    let is_there = page.queue == Queue::ToCheck && !page.files.is_empty() && who.actor.is(Role::Officer);
    match asked.appel.as_str() {
        _ if !is_there => String::new(),
        "" => format!("{LIST}/recevabilite"),
        call => format!("{LIST}/recevabilite?appel={call}"),
    }
}

/// The calls to choose from, the newest first.
fn choices(calls: &[CallLine], chosen: &str) -> Vec<Choice> {
    Choice::list(calls.iter().rev().map(|call| (call.reference.clone(), call.title.clone())), &[chosen])
}

/// The address of the files of one call that wait in this queue.
pub(super) fn address_of(reference: &str, queue: Queue) -> String {
    format!("{LIST}?etape={queue}&appel={reference}")
}

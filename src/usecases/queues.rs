//! The programme officer's queues: what waits, for how long, and what is to be done with it.

use super::{
    Actor, Outcome,
    access::{self, TEAM},
    applications,
};
use crate::{
    domain::{
        ids::{ApplicationId, CallId},
        lifecycles::reviews::ReviewState,
        queues::{Queue, Wait},
        text::fold,
        time::Moment,
    },
    store::{
        Conn, exchanges,
        queues::{self as rows, Key, Narrow, QueuedRow},
    },
};
use std::collections::BTreeMap;

/// Files on one page.
const PAGE: usize = 50;
/// Queues are counted up to this number, whatever they hold.
pub const MOST_COUNTED: usize = 100;

/// What is asked of the queues.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Without it: everything when a text is searched, else the first queue in which something waits.
    pub queue: Option<Queue>,
    pub call: Option<CallId>,
    /// As typed; looked for in title, reference and organisation.
    pub search: String,
    pub after: Option<Key>,
}

/// One queue, with the length of each.
#[derive(Debug, Clone)]
pub struct QueuePage {
    pub queue: Queue,
    /// How many files wait in each queue, counted up to [`MOST_COUNTED`].
    pub counts: Vec<(Queue, usize)>,
    pub files: Vec<QueuedFile>,
    /// Where the next page begins.
    pub next: Option<Key>,
}

/// A file in a queue, with what it waits for.
#[derive(Debug, Clone)]
pub struct QueuedFile {
    pub row: QueuedRow,
    pub queue: Queue,
    /// The term of the last request for a complement, and when it was answered.
    pub request: Option<(Moment, Option<Moment>)>,
    pub reviews: i64,
    pub submitted_reviews: i64,
    /// Messages of its applicants that the team has not read.
    pub unread: i32,
}

/// One page of a queue as this member of the team may see it.
pub fn page(conn: &mut Conn, actor: &Actor, asked: &Asked, now: Moment) -> Outcome<QueuePage> {
    access::require(actor, TEAM)?;
    let sight = applications::sight(actor);
    let whole = Narrow { call: asked.call, search: String::new() };
    let mut counts = Vec::with_capacity(Queue::WAITING.len());
    for queue in Queue::WAITING {
        counts.push((*queue, rows::count(conn, sight, (*queue, &whole), now, MOST_COUNTED as i64)?));
    }
    let search = fold(&asked.search);
    let first = counts.iter().find(|(_, count)| *count > 0).map(|(queue, _)| *queue);
    let unasked = if search.is_empty() { first.unwrap_or(Queue::All) } else { Queue::All };
    let queue = asked.queue.unwrap_or(unasked);
    let narrow = Narrow { search, ..whole };
    let mut found = rows::page(conn, sight, (queue, &narrow), asked.after, now, PAGE as i64 + 1)?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|last| (last.state_at, last.id));
    Ok(QueuePage { queue, counts, files: with_waits(conn, found, now)?, next })
}

fn with_waits(conn: &mut Conn, found: Vec<QueuedRow>, now: Moment) -> Outcome<Vec<QueuedFile>> {
    let ids: Vec<ApplicationId> = found.iter().map(|row| row.id).collect();
    let requests = rows::requests_of(conn, &ids)?;
    // Oldest first: the last one stays.
    let requests: BTreeMap<_, _> = requests.into_iter().map(|(id, due, answered)| (id, (due, answered))).collect();
    let mut readings: BTreeMap<ApplicationId, (i64, i64)> = BTreeMap::new();
    for (id, state, count) in rows::reviews_of(conn, &ids)? {
        let (all, done) = readings.entry(id).or_default();
        match state {
            ReviewState::Recused | ReviewState::Declined => {}
            ReviewState::Submitted => (*all, *done) = (*all + count, *done + count),
            _ => *all += count,
        }
    }
    let unread: BTreeMap<_, _> = exchanges::unread_by_team(conn, &ids)?.into_iter().collect();
    let file = |row: QueuedRow| {
        let request = requests.get(&row.id).copied();
        let (reviews, submitted_reviews) = readings.get(&row.id).copied().unwrap_or_default();
        let is_overdue = !request.is_some_and(|(due, answered)| answered.is_none() && now < due);
        let wait = Wait { is_appealed: row.is_appealed, is_overdue, has_readers: reviews > 0 };
        let unread = unread.get(&row.id).copied().unwrap_or_default();
        QueuedFile { queue: Queue::of(row.state, wait), request, reviews, submitted_reviews, unread, row }
    };
    Ok(found.into_iter().map(file).collect())
}

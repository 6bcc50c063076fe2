//! The programme officer's queues: filed applications by what they wait for, those waiting longest first.

use super::{
    Conn, StoreError,
    applications::{Sight, visible_to},
    schema::{applications, calls, complement_requests, exchange_threads, organisations, recusals, reviews},
};
use crate::domain::{
    decisions::DECIDED,
    ids::{ApplicationId, CallId, PersonId},
    lifecycles::{
        applications::ApplicationState,
        reviews::ReviewState::{self, Declined, Recused},
    },
    money::Euros,
    queues::Queue,
    time::Moment,
};
use diesel::{
    dsl::{count_star, exists, not, sql},
    prelude::*,
    sql_types::Integer,
};

/// What a queue is narrowed to; empty fields do not narrow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Narrow {
    pub call: Option<CallId>,
    /// Folded text looked for in title, reference and organisation.
    pub search: String,
}

/// The last file shown: since when it has been where it is, and its identifier.
pub type Key = (Moment, ApplicationId);

/// A file in a queue.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct QueuedRow {
    pub id: ApplicationId,
    pub reference: String,
    pub title: String,
    pub organisation: String,
    pub call_reference: String,
    pub call_title: String,
    pub requested: Euros,
    pub state: ApplicationState,
    pub state_at: Moment,
    pub is_appealed: bool,
}

type Boxed<'a> = applications::BoxedQuery<'a, <Conn as diesel::Connection>::Backend>;

/// The files of a queue. A draft is in none, whoever looks.
fn in_queue(sight: Sight, queue: Queue, narrow: &Narrow, now: Moment) -> Boxed<'_> {
    let rows = applications::table.filter(visible_to(sight)).into_boxed();
    let of_file = complement_requests::table.filter(complement_requests::application_id.eq(applications::id));
    let pending =
        of_file.filter(complement_requests::answered_at.is_null()).filter(complement_requests::due_at.gt(now));
    let readers = reviews::table.filter(reviews::application_id.eq(applications::id));
    let readers = readers.filter(reviews::state.ne_all([Recused, Declined]));
    let state = |state: ApplicationState| applications::state.eq(state);
    let rows = match queue {
        Queue::ToCheck => rows.filter(state(ApplicationState::Submitted)).filter(applications::appeal.is_null()),
        Queue::Appeals => rows.filter(state(ApplicationState::Submitted)).filter(applications::appeal.is_not_null()),
        Queue::ComplementAwaited => rows.filter(state(ApplicationState::ComplementRequested)).filter(exists(pending)),
        Queue::ComplementOverdue => {
            rows.filter(state(ApplicationState::ComplementRequested)).filter(not(exists(pending)))
        }
        Queue::Messages => {
            let unread = exchange_threads::table.filter(exchange_threads::unread_by_team.gt(0));
            let rows = rows.filter(applications::state.ne(ApplicationState::Draft));
            rows.filter(applications::id.eq_any(unread.select(exchange_threads::application_id)))
        }
        Queue::WithoutReaders => rows.filter(state(ApplicationState::Eligible)).filter(not(exists(readers))),
        Queue::ToEntrust => rows.filter(state(ApplicationState::Eligible)).filter(exists(readers)),
        Queue::InReview => rows.filter(state(ApplicationState::InReview)),
        Queue::Closed => {
            let over = [ApplicationState::Ineligible, ApplicationState::Withdrawn];
            rows.filter(applications::state.eq_any(DECIDED.iter().copied().chain(over).collect::<Vec<_>>()))
        }
        Queue::All => rows.filter(applications::state.ne(ApplicationState::Draft)),
    };
    let rows = match narrow.call {
        Some(call) => rows.filter(applications::call_id.eq(call)),
        None => rows,
    };
    match narrow.search.as_str() {
        "" => rows,
        search => rows.filter(applications::search_key.like(format!("%{search}%"))),
    }
}

/// The files of a queue after the one shown last: those that have waited longest first, or, where nothing waits, the
/// newest first.
pub fn page(
    conn: &mut Conn,
    sight: Sight,
    (queue, narrow): (Queue, &Narrow),
    after: Option<Key>,
    now: Moment,
    limit: i64,
) -> Result<Vec<QueuedRow>, StoreError> {
    let waits = Queue::WAITING.contains(&queue);
    let mut ids = in_queue(sight, queue, narrow, now).limit(limit);
    if let Some((at, id)) = after {
        ids = match waits {
            // The first bound is implied by the second; it lets the index begin at the right place.
            true => ids
                .filter(applications::state_at.ge(at))
                .filter(applications::state_at.gt(at).or(applications::id.gt(id))),
            false => ids.filter(applications::id.lt(id)),
        };
    }
    let ids = match waits {
        true => ids.order((applications::state_at, applications::id)),
        false => ids.order(applications::id.desc()),
    };
    let ids: Vec<ApplicationId> = ids.select(applications::id).load(conn)?;
    let mut rows = rows(conn, &ids)?;
    match waits {
        true => rows.sort_by_key(|row| (row.state_at, row.id)),
        false => rows.sort_by_key(|row| std::cmp::Reverse(row.id)),
    }
    Ok(rows)
}

fn rows(conn: &mut Conn, ids: &[ApplicationId]) -> Result<Vec<QueuedRow>, StoreError> {
    let rows = applications::table
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .inner_join(calls::table)
        .filter(applications::id.eq_any(ids));
    let columns = (
        applications::id,
        applications::reference,
        applications::title,
        organisations::name,
        calls::reference,
        calls::title,
        applications::requested_cents,
        applications::state,
        applications::state_at,
        applications::appeal.is_not_null(),
    );
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// How many files wait in a queue, counted up to `most`: the work stays the same however many there are.
pub fn count(
    conn: &mut Conn,
    sight: Sight,
    (queue, narrow): (Queue, &Narrow),
    now: Moment,
    most: i64,
) -> Result<usize, StoreError> {
    let rows = in_queue(sight, queue, narrow, now).select(sql::<Integer>("1")).limit(most);
    Ok(rows.load::<i32>(conn)?.len())
}

/// The requests for a complement of several files, oldest first: the file, the term, when it was answered.
pub fn requests_of(
    conn: &mut Conn,
    ids: &[ApplicationId],
) -> Result<Vec<(ApplicationId, Moment, Option<Moment>)>, StoreError> {
    let rows = complement_requests::table.filter(complement_requests::application_id.eq_any(ids));
    let columns = (complement_requests::application_id, complement_requests::due_at, complement_requests::answered_at);
    Ok(on!(conn, |conn| rows
        .order((complement_requests::asked_at, complement_requests::id))
        .select(columns)
        .load(conn))?)
}

/// How many reviews of several files stand in each state.
pub fn reviews_of(
    conn: &mut Conn,
    ids: &[ApplicationId],
) -> Result<Vec<(ApplicationId, ReviewState, i64)>, StoreError> {
    let rows = reviews::table.filter(reviews::application_id.eq_any(ids));
    let rows = rows.group_by((reviews::application_id, reviews::state));
    Ok(on!(conn, |conn| rows.select((reviews::application_id, reviews::state, count_star())).load(conn))?)
}

/// How many files of each call stand in each state, drafts left out, and without those `reader` is recused from.
pub fn count_by_call(
    conn: &mut Conn,
    reader: PersonId,
    wanted: &[CallId],
) -> Result<Vec<(CallId, ApplicationState, i64)>, StoreError> {
    let columns = (applications::call_id, applications::state, count_star());
    let filed = applications::table.filter(applications::call_id.eq_any(wanted));
    let filed = filed.filter(applications::state.ne(ApplicationState::Draft));
    let mut counts: Vec<(CallId, ApplicationState, i64)> =
        on!(conn, |conn| filed.group_by((applications::call_id, applications::state)).select(columns).load(conn))?;
    // Few are hidden: taking them off afterwards leaves the count to the index alone.
    let hidden = recusals::table.inner_join(applications::table.on(applications::id.eq(recusals::application_id)));
    let hidden: Vec<(CallId, ApplicationState)> = on!(conn, |conn| hidden
        .filter(recusals::person_id.eq(reader))
        .select((applications::call_id, applications::state))
        .load(conn))?;
    for (call, state) in hidden {
        for (_, _, count) in counts.iter_mut().filter(|known| (known.0, known.1) == (call, state)) {
            *count -= 1;
        }
    }
    Ok(counts)
}

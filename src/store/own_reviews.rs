//! A reader's own files: how many in each call, a page of them, the one before and the one after.

use super::{
    Conn, StoreError, kept, kept_if_few,
    recusals::hidden_from,
    reviews::{OwnReview, ReviewRow},
    schema::{applications, calls, funds, organisations, reviews},
};
use crate::domain::{
    ids::{ApplicationId, CallId, PersonId, ReviewId},
    lifecycles::{applications::ApplicationState, calls::CallState, reviews::ReviewState},
    paces::Sitting,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::{dsl, prelude::*};

const GIVEN_UP: [ReviewState; 2] = [ReviewState::Recused, ReviewState::Declined];
const WAITING: [ReviewState; 3] = [ReviewState::Assigned, ReviewState::InProgress, ReviewState::Reopened];
const OVER: [CallState; 3] = [CallState::Announced, CallState::Archived, CallState::Cancelled];

/// Files on which nothing is decided: an opinion of them may still be formed.
const UNDECIDED: [ApplicationState; 5] = [
    ApplicationState::Submitted,
    ApplicationState::ComplementRequested,
    ApplicationState::Eligible,
    ApplicationState::Ineligible,
    ApplicationState::InReview,
];

/// Whether the results of a call are still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    Current,
    Past,
}

/// A reader's reviews of one call that stand in one state. Files they are recused from are not among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    pub call_id: CallId,
    pub reference: String,
    pub title: String,
    pub fund_code: String,
    pub state: ReviewState,
    pub count: i64,
    /// The nearest due date among them.
    pub due_on: Option<NaiveDate>,
}

/// How many files each call has entrusted to the reader, by state, in the order of the calls' references.
pub fn tallies(conn: &mut Conn, person: PersonId, shelf: Shelf) -> Result<Vec<Tally>, StoreError> {
    let rows = reviews::table
        .filter(reviews::person_id.eq(person))
        .filter(reviews::state.ne_all(GIVEN_UP))
        .filter(reviews::application_id.ne_all(hidden_from(person)))
        .group_by((reviews::call_id, reviews::state))
        .order((reviews::call_id, reviews::state))
        .select((reviews::call_id, reviews::state, dsl::count_star(), dsl::min(reviews::due_on)));
    let counts: Vec<(CallId, ReviewState, i64, Option<NaiveDate>)> = on!(conn, |conn| kept(rows).load(conn))?;
    let ids: Vec<CallId> = counts.iter().map(|(call, ..)| *call).collect();
    let rows = calls::table.inner_join(funds::table).filter(calls::id.eq_any(ids)).order(calls::reference);
    let rows = rows.select((calls::id, calls::reference, calls::title, funds::code, calls::state));
    let known: Vec<(CallId, String, String, String, CallState)> =
        on!(conn, |conn| kept_if_few(counts.len(), rows).load(conn))?;
    let mut tallies = Vec::new();
    for (id, reference, title, fund, state) in known {
        if OVER.contains(&state) == (shelf == Shelf::Past) {
            let of_call = counts.iter().filter(|(call, ..)| *call == id);
            tallies.extend(of_call.map(|(call, state, count, due)| Tally {
                call_id: *call,
                reference: reference.clone(),
                title: title.clone(),
                fund_code: fund.clone(),
                state: *state,
                count: *count,
                due_on: *due,
            }));
        }
    }
    Ok(tallies)
}

/// The reader's files in these calls after the one with this reference, by reference.
pub fn page(
    conn: &mut Conn,
    person: PersonId,
    of_calls: &[CallId],
    after: &str,
    limit: i64,
) -> Result<Vec<OwnReview>, StoreError> {
    let rows = reviews::table
        .inner_join(applications::table.on(applications::id.eq(reviews::application_id)))
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .filter(reviews::person_id.eq(person))
        .filter(reviews::call_id.eq_any(of_calls))
        .filter(reviews::state.ne_all(GIVEN_UP))
        .filter(reviews::application_id.ne_all(hidden_from(person)))
        .filter(applications::reference.gt(after.to_owned()))
        .order(applications::reference)
        .limit(limit);
    let columns = (
        reviews::id,
        reviews::application_id,
        reviews::call_id,
        applications::reference,
        applications::title,
        organisations::name,
        reviews::due_on,
        reviews::total,
        reviews::state,
    );
    Ok(on!(conn, |conn| kept(rows.select(columns)).load(conn))?)
}

/// The first file of a call, by reference, that still waits for the reader.
pub fn first_waiting(conn: &mut Conn, person: PersonId, call: &str) -> Result<Option<ReviewId>, StoreError> {
    let rows = reviews::table
        .inner_join(applications::table.on(applications::id.eq(reviews::application_id)))
        .inner_join(calls::table.on(calls::id.eq(reviews::call_id)))
        .filter(calls::reference.eq(call.to_owned()))
        .filter(reviews::person_id.eq(person))
        .filter(reviews::state.eq_any(WAITING))
        .filter(reviews::application_id.ne_all(hidden_from(person)));
    Ok(on!(conn, |conn| kept(rows.order(applications::reference).select(reviews::id).limit(1)).get_result(conn))
        .optional()?)
}

/// The file of a call that waits for the reader after this reference, or the first one that waits at all.
pub fn next_waiting(
    conn: &mut Conn,
    person: PersonId,
    call: CallId,
    reference: &str,
) -> Result<Option<ReviewId>, StoreError> {
    let waiting = || {
        reviews::table
            .inner_join(applications::table.on(applications::id.eq(reviews::application_id)))
            .filter(reviews::person_id.eq(person))
            .filter(reviews::call_id.eq(call))
            .filter(reviews::state.eq_any(WAITING))
            .filter(reviews::application_id.ne_all(hidden_from(person)))
            .order(applications::reference)
            .select(reviews::id)
    };
    let after = waiting().filter(applications::reference.gt(reference.to_owned()));
    let after = on!(conn, |conn| kept(after.limit(1)).get_result(conn)).optional()?;
    if after.is_some() {
        return Ok(after);
    }
    Ok(on!(conn, |conn| kept(waiting().limit(1)).get_result(conn)).optional()?)
}

/// From when to when the reader had each handed-in file of these calls in hand, where that is known.
pub fn sittings(conn: &mut Conn, person: PersonId, calls: &[CallId]) -> Result<Vec<(CallId, Sitting)>, StoreError> {
    let rows = reviews::table
        .filter(reviews::person_id.eq(person))
        .filter(reviews::call_id.eq_any(calls))
        .filter(reviews::state.eq(ReviewState::Submitted))
        .filter(reviews::application_id.ne_all(hidden_from(person)))
        .filter(reviews::opened_at.is_not_null())
        .filter(reviews::submitted_at.is_not_null());
    let columns = (reviews::call_id, reviews::opened_at.assume_not_null(), reviews::submitted_at.assume_not_null());
    let rows: Vec<(CallId, Moment, Moment)> =
        on!(conn, |conn| kept_if_few(calls.len(), rows.select(columns)).load(conn))?;
    let sitting = |(call, opened_at, submitted_at)| (call, Sitting { opened_at, submitted_at });
    Ok(rows.into_iter().map(sitting).collect())
}

/// The reader's files of a call just before and just after this reference.
pub fn neighbours(
    conn: &mut Conn,
    person: PersonId,
    call: CallId,
    reference: &str,
) -> Result<(Option<ReviewId>, Option<ReviewId>), StoreError> {
    let mine = || {
        reviews::table
            .inner_join(applications::table.on(applications::id.eq(reviews::application_id)))
            .filter(reviews::person_id.eq(person))
            .filter(reviews::call_id.eq(call))
            .filter(reviews::state.ne_all(GIVEN_UP))
            .filter(reviews::application_id.ne_all(hidden_from(person)))
            .select(reviews::id)
    };
    let (here, there) = (reference.to_owned(), reference.to_owned());
    let before = mine().filter(applications::reference.lt(here)).order(applications::reference.desc());
    let after = mine().filter(applications::reference.gt(there)).order(applications::reference);
    Ok((
        on!(conn, |conn| kept(before.limit(1)).get_result(conn)).optional()?,
        on!(conn, |conn| kept(after.limit(1)).get_result(conn)).optional()?,
    ))
}

/// How many of the reader's files of a call are handed in, and how many there are.
pub fn progress(conn: &mut Conn, person: PersonId, call: CallId) -> Result<(i64, i64), StoreError> {
    let rows = reviews::table.filter(reviews::person_id.eq(person)).filter(reviews::call_id.eq(call));
    let rows = rows.filter(reviews::state.ne_all(GIVEN_UP));
    let rows = rows.filter(reviews::application_id.ne_all(hidden_from(person)));
    let counts: Vec<(ReviewState, i64)> =
        on!(conn, |conn| kept(rows.group_by(reviews::state).select((reviews::state, dsl::count_star()))).load(conn))?;
    let done = counts.iter().filter(|(state, _)| *state == ReviewState::Submitted).map(|(_, count)| count).sum();
    Ok((done, counts.iter().map(|(_, count)| count).sum()))
}

/// A review with the reference and the title of its file.
pub type Entrusted = (ReviewRow, String, String);

/// Every review of a call that is entrusted to the reader, by reference.
pub fn entrusted(conn: &mut Conn, person: PersonId, call: CallId) -> Result<Vec<Entrusted>, StoreError> {
    let rows = reviews::table
        .inner_join(applications::table.on(applications::id.eq(reviews::application_id)))
        .filter(reviews::person_id.eq(person))
        .filter(reviews::call_id.eq(call))
        .filter(reviews::state.ne_all(GIVEN_UP))
        .filter(reviews::application_id.ne_all(hidden_from(person)))
        .order(applications::reference);
    let found: Vec<Entrusted> = on!(conn, |conn| {
        rows.select((ReviewRow::as_select(), applications::reference, applications::title)).load(conn)
    })?;
    Ok(found)
}

/// The reader's reviews of a call, by the file they are about.
pub fn of_call(conn: &mut Conn, person: PersonId, call: CallId) -> Result<Vec<(ApplicationId, ReviewId)>, StoreError> {
    let rows = reviews::table.filter(reviews::person_id.eq(person)).filter(reviews::call_id.eq(call));
    let rows = rows.filter(reviews::state.ne_all(GIVEN_UP));
    let rows = rows.filter(reviews::application_id.ne_all(hidden_from(person))).order(reviews::id);
    Ok(on!(conn, |conn| kept(rows.select((reviews::application_id, reviews::id))).load(conn))?)
}

/// The undecided files of a call that a person has still to review: until then nobody else's marks of them are theirs to
/// see, whatever else they are.
pub fn unread(conn: &mut Conn, person: PersonId, call: CallId) -> Result<Vec<ApplicationId>, StoreError> {
    let rows = reviews::table
        .inner_join(applications::table.on(applications::id.eq(reviews::application_id)))
        .filter(reviews::person_id.eq(person))
        .filter(reviews::call_id.eq(call))
        .filter(reviews::state.eq_any(WAITING))
        .filter(applications::state.eq_any(UNDECIDED));
    Ok(on!(conn, |conn| kept(rows.select(reviews::application_id)).load(conn))?)
}

/// Whether a person has still to review this undecided file.
pub fn is_unread(conn: &mut Conn, person: PersonId, application: ApplicationId) -> Result<bool, StoreError> {
    let rows = reviews::table
        .inner_join(applications::table.on(applications::id.eq(reviews::application_id)))
        .filter(reviews::person_id.eq(person))
        .filter(reviews::application_id.eq(application))
        .filter(reviews::state.eq_any(WAITING))
        .filter(applications::state.eq_any(UNDECIDED))
        .select(reviews::id);
    Ok(on!(conn, |conn| kept(diesel::select(dsl::exists(rows))).get_result(conn))?)
}

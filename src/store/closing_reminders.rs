//! How far the reminders of each deadline have gone: which were sent to all drafts, and where one stopped.

use super::{
    Conn, SharedText, StoreError, Tx, one,
    pairings::resting,
    schema::{applications, calls, closing_reminders},
};
use crate::domain::{
    ids::{ApplicationId, CallId},
    lifecycles::{applications::ApplicationState, calls::CallState},
    time::Moment,
};
use diesel::prelude::*;

/// One reminder of one deadline; a deadline that moves has its reminders anew. `last_application_id` is the draft told
/// last, drafts being told in the order of their identifiers; empty before the first.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = closing_reminders, treat_none_as_default_value = false)]
pub struct ReminderRow {
    pub call_id: CallId,
    pub closes_at: Moment,
    pub days_before: i32,
    pub last_application_id: String,
    pub done_at: Option<Moment>,
}

/// A call that is open, with its window and the JSON of its definition.
pub type OpenCall = (CallId, Moment, Moment, SharedText);

/// The calls that are open `now` and close before `until`.
pub fn closing(conn: &mut Conn, now: Moment, until: Moment) -> Result<Vec<OpenCall>, StoreError> {
    let rows = calls::table.filter(calls::state.eq(CallState::Published)).filter(calls::opens_at.le(now));
    let rows = rows.filter(calls::closes_at.gt(now)).filter(calls::closes_at.lt(until));
    let columns = (calls::id, calls::opens_at, calls::closes_at, calls::settings);
    Ok(on!(conn, |conn| rows.order(calls::id).select(columns).load(conn))?)
}

/// How far one reminder has gone, once it has begun.
pub fn find(
    conn: &mut Conn,
    call: CallId,
    closes_at: Moment,
    days_before: i32,
) -> Result<Option<ReminderRow>, StoreError> {
    let row = closing_reminders::table.find((call, closes_at, days_before));
    Ok(on!(conn, |conn| row.select(ReminderRow::as_select()).first(conn)).optional()?)
}

/// Begins a reminder.
pub fn insert(tx: &mut Tx, row: &ReminderRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(closing_reminders::table).values(row)).execute(conn))?;
    Ok(())
}

/// Notes how far it has gone.
pub fn change(tx: &mut Tx, row: &ReminderRow) -> Result<(), StoreError> {
    let known = closing_reminders::table.find((row.call_id, row.closes_at, row.days_before));
    let values = (
        closing_reminders::last_application_id.eq(&row.last_application_id),
        closing_reminders::done_at.eq(row.done_at),
    );
    one(on!(tx.conn(), |conn| diesel::update(known).set(values).execute(conn))?)
}

/// The drafts of a call after this one.
pub fn drafts(conn: &mut Conn, call: CallId, after: &str, limit: i64) -> Result<Vec<ApplicationId>, StoreError> {
    let rows = applications::table.filter(applications::call_id.eq(call));
    // A draft that rests behind the common file of its pair is not filed by itself.
    let rows = rows.filter(applications::state.eq(ApplicationState::Draft)).filter(applications::id.ne_all(resting()));
    let mut rows = rows.order(applications::id).limit(limit).select(applications::id).into_boxed();
    if let Ok(after) = after.parse::<ApplicationId>() {
        rows = rows.filter(applications::id.gt(after));
    }
    Ok(rows.load(conn)?)
}

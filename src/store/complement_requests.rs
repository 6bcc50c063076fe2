//! Requests for a complement, and their answers.

use super::{
    Conn, StoreError, Tx, kept, one,
    schema::{applications, complement_items, complement_requests},
};
use crate::domain::{
    ids::{ApplicationId, ComplementRequestId, PersonId},
    lifecycles::applications::ApplicationState,
    time::Moment,
};
use diesel::prelude::*;

/// What an officer asked an applicant to complete, by when, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = complement_requests, treat_none_as_default_value = false)]
pub struct ComplementRequestRow {
    pub id: ComplementRequestId,
    pub application_id: ApplicationId,
    pub asked_by: PersonId,
    pub asked_at: Moment,
    pub wanted: String,
    pub due_at: Moment,
    pub answer: Option<String>,
    pub answered_at: Option<Moment>,
    /// The number of the filing it was asked about; requests made before filings were kept have none.
    pub filing_before: Option<i32>,
    /// The number of the filing that came of it.
    pub filing_after: Option<i32>,
}

/// One thing that a request reopens: `item` is a `domain::complements::Item`, `note` what the officer says of it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = complement_items)]
pub struct ComplementItemRow {
    pub request_id: ComplementRequestId,
    pub position: i32,
    pub item: String,
    pub note: String,
}

/// The requests to one application, oldest first.
pub fn of_application(conn: &mut Conn, id: ApplicationId) -> Result<Vec<ComplementRequestRow>, StoreError> {
    let rows = complement_requests::table.filter(complement_requests::application_id.eq(id));
    let rows = rows.order((complement_requests::asked_at, complement_requests::id));
    Ok(on!(conn, |conn| rows.select(ComplementRequestRow::as_select()).load(conn))?)
}

/// Adds a request.
pub fn insert(tx: &mut Tx, row: &ComplementRequestRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(complement_requests::table).values(row)).execute(conn))?;
    Ok(())
}

/// Adds what a request reopens.
pub fn insert_items(tx: &mut Tx, rows: &[ComplementItemRow]) -> Result<(), StoreError> {
    for row in rows {
        on!(tx.conn(), |conn| fixed!(diesel::insert_into(complement_items::table).values(row)).execute(conn))?;
    }
    Ok(())
}

/// What these requests reopen, in the order of each request.
pub fn items_of(conn: &mut Conn, ids: &[ComplementRequestId]) -> Result<Vec<ComplementItemRow>, StoreError> {
    let rows = complement_items::table.filter(complement_items::request_id.eq_any(ids));
    let rows = rows.order((complement_items::request_id, complement_items::position));
    Ok(on!(conn, |conn| rows.select(ComplementItemRow::as_select()).load(conn))?)
}

/// Notes which filing came of a request.
pub fn set_filing_after(tx: &mut Tx, id: ComplementRequestId, number: i32) -> Result<(), StoreError> {
    let row = diesel::update(complement_requests::table.find(id)).set(complement_requests::filing_after.eq(number));
    one(on!(tx.conn(), |conn| kept(row).execute(conn))?)
}

/// Writes the answer to a request.
pub fn answer(tx: &mut Tx, id: ComplementRequestId, answer: &str, now: Moment) -> Result<(), StoreError> {
    let values = (complement_requests::answer.eq(answer), complement_requests::answered_at.eq(now));
    one(on!(tx.conn(), |conn| kept(diesel::update(complement_requests::table.find(id)).set(values)).execute(conn))?)
}

/// The applications that wait for a complement whose term has passed, those due first.
pub fn overdue(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<ApplicationId>, StoreError> {
    let rows = complement_requests::table.inner_join(applications::table);
    let rows = rows.filter(applications::state.eq(ApplicationState::ComplementRequested));
    let rows = rows.filter(complement_requests::answered_at.is_null()).filter(complement_requests::due_at.le(now));
    Ok(on!(conn, |conn| rows.order(complement_requests::due_at).limit(limit).select(applications::id).load(conn))?)
}

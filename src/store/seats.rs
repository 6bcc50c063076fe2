//! Seats of the committee (comité): who sits for one call, in the name of which institution, with or without a vote.

use super::{
    Conn, SharedText, StoreError, Tx, kept, one,
    schema::{calls, committee_seats, funds, people},
};
use crate::domain::{
    ids::{CallId, PersonId, SeatId},
    lifecycles::calls::CallState,
    time::Moment,
};
use diesel::prelude::*;

/// A seat of the committee of one call; `ended_at` when the person has left it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = committee_seats, treat_none_as_default_value = false)]
pub struct SeatRow {
    pub id: SeatId,
    pub call_id: CallId,
    pub person_id: PersonId,
    /// In whose name the person sits, as typed; empty for a qualified person.
    pub institution: String,
    pub is_voting: bool,
    pub created_at: Moment,
    pub ended_at: Option<Moment>,
    /// Reads the files, neither scores them nor votes.
    pub is_guest: bool,
}

/// A seat with the person in it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Member {
    pub person_id: PersonId,
    pub name: String,
    pub email: String,
    pub institution: String,
    pub is_voting: bool,
    pub is_guest: bool,
    pub seat_id: SeatId,
}

/// A call as its committee needs it. `settings` and `fund_settings` are the JSON of the definitions.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct CallPart {
    pub id: CallId,
    pub reference: String,
    pub title: String,
    pub state: CallState,
    pub version: i32,
    pub settings: SharedText,
    pub fund_code: String,
    pub fund_settings: SharedText,
}

/// A call with its fund, in one statement.
pub fn call(conn: &mut Conn, id: CallId) -> Result<CallPart, StoreError> {
    let columns = (
        calls::id,
        calls::reference,
        calls::title,
        calls::state,
        calls::version,
        calls::settings,
        funds::code,
        funds::settings,
    );
    Ok(on!(conn, |conn| calls::table.inner_join(funds::table).filter(calls::id.eq(id)).select(columns).first(conn))?)
}

/// The present seat of a person in a call, if there is one.
pub fn held(conn: &mut Conn, call: CallId, person: PersonId) -> Result<Option<SeatRow>, StoreError> {
    let rows = committee_seats::table.filter(committee_seats::call_id.eq(call));
    let rows = rows.filter(committee_seats::person_id.eq(person)).filter(committee_seats::ended_at.is_null());
    Ok(on!(conn, |conn| rows.select(SeatRow::as_select()).first(conn)).optional()?)
}

/// Whether the person has ever sat in the committee of the call.
pub fn known(conn: &mut Conn, call: CallId, person: PersonId) -> Result<Option<SeatRow>, StoreError> {
    let rows = committee_seats::table.filter(committee_seats::call_id.eq(call));
    let rows = rows.filter(committee_seats::person_id.eq(person));
    Ok(on!(conn, |conn| rows.select(SeatRow::as_select()).first(conn)).optional()?)
}

/// The members of the committee of a call, by name.
pub fn members(conn: &mut Conn, call: CallId) -> Result<Vec<Member>, StoreError> {
    let rows = committee_seats::table.inner_join(people::table).filter(committee_seats::call_id.eq(call));
    let rows = rows.filter(committee_seats::ended_at.is_null()).order((people::sort_key, people::id));
    let columns = (
        people::id,
        people::name,
        people::email,
        committee_seats::institution,
        committee_seats::is_voting,
        committee_seats::is_guest,
        committee_seats::id,
    );
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// The calls in whose committee a person sits.
pub fn calls_of(conn: &mut Conn, person: PersonId) -> Result<Vec<CallId>, StoreError> {
    let rows = committee_seats::table.filter(committee_seats::person_id.eq(person));
    let rows = rows.filter(committee_seats::ended_at.is_null()).order(committee_seats::call_id.desc());
    Ok(on!(conn, |conn| rows.select(committee_seats::call_id).load(conn))?)
}

/// The calls of which a person is a guest.
pub fn as_guest(conn: &mut Conn, person: PersonId) -> Result<Vec<CallId>, StoreError> {
    let rows = committee_seats::table.filter(committee_seats::person_id.eq(person));
    let rows = rows.filter(committee_seats::ended_at.is_null()).filter(committee_seats::is_guest.eq(true));
    Ok(on!(conn, |conn| rows.order(committee_seats::call_id.desc()).select(committee_seats::call_id).load(conn))?)
}

/// Opens a seat.
pub fn insert(tx: &mut Tx, row: &SeatRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(committee_seats::table).values(row)).execute(conn))?;
    Ok(())
}

/// Takes a seat up again, or changes in whose name, with what vote, and whether as a guest.
pub fn renew(
    tx: &mut Tx,
    id: SeatId,
    institution: &str,
    (is_voting, is_guest): (bool, bool),
) -> Result<(), StoreError> {
    let changes = (
        committee_seats::institution.eq(institution),
        committee_seats::is_voting.eq(is_voting),
        committee_seats::is_guest.eq(is_guest),
        committee_seats::ended_at.eq(None::<Moment>),
    );
    one(on!(tx.conn(), |conn| kept(diesel::update(committee_seats::table.find(id)).set(changes)).execute(conn))?)
}

/// Ends a seat.
pub fn end(tx: &mut Tx, call: CallId, person: PersonId, now: Moment) -> Result<(), StoreError> {
    let rows = committee_seats::table.filter(committee_seats::call_id.eq(call));
    let rows = rows.filter(committee_seats::person_id.eq(person)).filter(committee_seats::ended_at.is_null());
    one(on!(tx.conn(), |conn| kept(diesel::update(rows).set(committee_seats::ended_at.eq(now))).execute(conn))?)
}

//! Mandates of the members of committees: a person sits in the committee of a fund from one day to another; and the
//! declarations of interests that were made for each mandate.

use super::{
    Conn, StoreError, Tx, one,
    schema::{calls, committee_mandates, committee_seats, funds, interest_declarations, mandate_declarations},
};
use crate::domain::{
    ids::{CallId, CommitteeMandateId, DeclarationId, FundId, PersonId},
    lifecycles::calls::CallState,
    time::Moment,
};
use diesel::{dsl, prelude::*};

/// A mandate; `ended_at` once its holder sits in no call of the fund any more.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = committee_mandates, treat_none_as_default_value = false)]
pub struct MandateRow {
    pub id: CommitteeMandateId,
    pub person_id: PersonId,
    pub fund_id: FundId,
    pub started_at: Moment,
    pub ended_at: Option<Moment>,
}

/// A mandate that runs, with the name of its fund.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Running {
    pub id: CommitteeMandateId,
    pub fund_id: FundId,
    pub fund_name: String,
    pub started_at: Moment,
}

/// The mandates of a person that run, by fund.
pub fn running(conn: &mut Conn, person: PersonId) -> Result<Vec<Running>, StoreError> {
    let rows = committee_mandates::table.inner_join(funds::table).filter(committee_mandates::person_id.eq(person));
    let rows = rows.filter(committee_mandates::ended_at.is_null()).order((funds::code, committee_mandates::id));
    let columns = (committee_mandates::id, committee_mandates::fund_id, funds::name, committee_mandates::started_at);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// When a declaration for the year was last made for each of these mandates.
pub fn last_yearly(
    conn: &mut Conn,
    ids: &[CommitteeMandateId],
) -> Result<Vec<(CommitteeMandateId, Moment)>, StoreError> {
    let rows = mandate_declarations::table.inner_join(interest_declarations::table);
    let rows = rows.filter(mandate_declarations::mandate_id.eq_any(ids));
    let rows = rows.filter(interest_declarations::session_id.is_null()).group_by(mandate_declarations::mandate_id);
    let last = dsl::max(interest_declarations::declared_at);
    let found: Vec<(CommitteeMandateId, Option<Moment>)> =
        on!(conn, |conn| rows.select((mandate_declarations::mandate_id, last)).load(conn))?;
    Ok(found.into_iter().filter_map(|(mandate, at)| Some((mandate, at?))).collect())
}

/// The declarations made for the mandates that run in the committee of a fund.
pub fn said_in(conn: &mut Conn, fund: FundId, people: &[PersonId]) -> Result<Vec<DeclarationId>, StoreError> {
    let rows = mandate_declarations::table.inner_join(committee_mandates::table);
    let rows = rows.filter(committee_mandates::fund_id.eq(fund)).filter(committee_mandates::ended_at.is_null());
    let rows = rows.filter(committee_mandates::person_id.eq_any(people)).order(mandate_declarations::declaration_id);
    Ok(on!(conn, |conn| rows.select(mandate_declarations::declaration_id).load(conn))?)
}

/// The declarations of a person that were made for no mandate: before they had any.
pub fn unattached(conn: &mut Conn, person: PersonId) -> Result<Vec<DeclarationId>, StoreError> {
    let attached = mandate_declarations::table.select(mandate_declarations::declaration_id);
    let rows = interest_declarations::table.filter(interest_declarations::person_id.eq(person));
    let rows = rows.filter(interest_declarations::id.ne_all(attached)).order(interest_declarations::id);
    Ok(on!(conn, |conn| rows.select(interest_declarations::id).load(conn))?)
}

/// The funds in whose committees a person sits, for calls in other states than these.
pub fn funds_of(conn: &mut Conn, person: PersonId, over: &[CallState]) -> Result<Vec<FundId>, StoreError> {
    let rows = committee_seats::table.inner_join(calls::table).filter(committee_seats::person_id.eq(person));
    let rows = rows.filter(committee_seats::ended_at.is_null()).filter(calls::state.ne_all(over));
    Ok(on!(conn, |conn| rows.select(calls::fund_id).distinct().load(conn))?)
}

/// The fund of a call.
pub fn fund_of(conn: &mut Conn, call: CallId) -> Result<FundId, StoreError> {
    let row = calls::table.find(call).select(calls::fund_id);
    Ok(on!(conn, |conn| row.first(conn))?)
}

/// Begins a mandate.
pub fn insert(tx: &mut Tx, row: &MandateRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(committee_mandates::table).values(row)).execute(conn))?;
    Ok(())
}

/// Ends a mandate.
pub fn end(tx: &mut Tx, id: CommitteeMandateId, now: Moment) -> Result<(), StoreError> {
    let row = committee_mandates::table.find(id);
    one(on!(tx.conn(), |conn| diesel::update(row).set(committee_mandates::ended_at.eq(now)).execute(conn))?)
}

/// Notes that a declaration is for a mandate.
pub fn attach(tx: &mut Tx, mandate: CommitteeMandateId, declaration: DeclarationId) -> Result<(), StoreError> {
    let row = (mandate_declarations::mandate_id.eq(mandate), mandate_declarations::declaration_id.eq(declaration));
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(mandate_declarations::table).values(row)).execute(conn))?;
    Ok(())
}

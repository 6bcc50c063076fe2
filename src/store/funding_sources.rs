//! Funders and the upstream agreements (conventions amont) their money comes from.

use super::{
    Conn, StoreError, Tx, kept, one,
    schema::{call_sources, calls, funders, funding_sources},
};
use crate::domain::{
    ids::{CallId, FunderId, FundingSourceId},
    lifecycles::calls::CallState,
    money::Euros,
};
use chrono::NaiveDate;
use diesel::prelude::*;

/// Who gives the money. `mention` is owed wherever it goes.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = funders)]
pub struct FunderRow {
    pub id: FunderId,
    pub code: String,
    pub name: String,
    pub mention: String,
}

/// An upstream agreement. Without `regranting_clause` its money may not be granted on (CGCT art. L1611-4);
/// `settings` is the JSON of its definition.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = funding_sources, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct FundingSourceRow {
    pub id: FundingSourceId,
    pub funder_id: FunderId,
    pub reference: String,
    pub title: String,
    pub amount_cents: Euros,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub regranting_clause: Option<String>,
    pub beneficiary_ceiling_cents: Option<Euros>,
    pub retention_years: i32,
    pub settings: String,
}

/// The funder with this code.
pub fn funder_by_code(conn: &mut Conn, code: &str) -> Result<Option<FunderRow>, StoreError> {
    Ok(on!(conn, |conn| funders::table.filter(funders::code.eq(code)).select(FunderRow::as_select()).first(conn))
        .optional()?)
}

/// Every funder, by code.
pub fn funders(conn: &mut Conn) -> Result<Vec<FunderRow>, StoreError> {
    Ok(on!(conn, |conn| funders::table.order(funders::code).select(FunderRow::as_select()).load(conn))?)
}

/// Adds a funder.
pub fn insert_funder(tx: &mut Tx, row: &FunderRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(funders::table).values(row)).execute(conn))?;
    Ok(())
}

/// Writes a funder's name and mention again.
pub fn update_funder(tx: &mut Tx, row: &FunderRow) -> Result<(), StoreError> {
    let values = (funders::name.eq(&row.name), funders::mention.eq(&row.mention));
    one(on!(tx.conn(), |conn| kept(diesel::update(funders::table.find(row.id)).set(values)).execute(conn))?)
}

/// One funding source.
pub fn find(conn: &mut Conn, id: FundingSourceId) -> Result<FundingSourceRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(funding_sources::table.find(id).select(FundingSourceRow::as_select()))
        .get_result(conn))?)
}

/// The funding source with this reference.
pub fn by_reference(conn: &mut Conn, reference: &str) -> Result<Option<FundingSourceRow>, StoreError> {
    let row = funding_sources::table.filter(funding_sources::reference.eq(reference));
    Ok(on!(conn, |conn| row.select(FundingSourceRow::as_select()).first(conn)).optional()?)
}

/// Every funding source, by reference.
pub fn all(conn: &mut Conn) -> Result<Vec<FundingSourceRow>, StoreError> {
    let rows = funding_sources::table.order(funding_sources::reference);
    Ok(on!(conn, |conn| rows.select(FundingSourceRow::as_select()).load(conn))?)
}

/// The funding sources that may refuse to pay outside their eligible days, by what their settings say.
pub fn refusing_outside(conn: &mut Conn) -> Result<Vec<FundingSourceRow>, StoreError> {
    let rows = funding_sources::table.filter(funding_sources::settings.like("%\"outside_days\":\"refuse\"%"));
    let rows = rows.order(funding_sources::reference);
    Ok(on!(conn, |conn| fixed!(rows.select(FundingSourceRow::as_select())).load(conn))?)
}

/// The sources of a call in their order, each with what the call draws from it.
pub fn of_call(conn: &mut Conn, call: CallId) -> Result<Vec<(FundingSourceRow, Euros)>, StoreError> {
    let rows = call_sources::table.inner_join(funding_sources::table).filter(call_sources::call_id.eq(call));
    let rows = rows.order(call_sources::position);
    Ok(on!(conn, |conn| rows.select((FundingSourceRow::as_select(), call_sources::amount_cents)).load(conn))?)
}

/// The funders of a call, each once, in the order of its sources.
pub fn funders_of_call(conn: &mut Conn, call: CallId) -> Result<Vec<FunderRow>, StoreError> {
    let rows = call_sources::table.inner_join(funding_sources::table.inner_join(funders::table));
    let rows = rows.filter(call_sources::call_id.eq(call)).order(call_sources::position);
    let mut found: Vec<FunderRow> = on!(conn, |conn| rows.select(FunderRow::as_select()).load(conn))?;
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|funder| seen.insert(funder.id));
    Ok(found)
}

/// Adds a funding source.
pub fn insert(tx: &mut Tx, row: &FundingSourceRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(funding_sources::table).values(row)).execute(conn))?;
    Ok(())
}

/// Writes a funding source again; its amount is a matter of the journal and stays.
pub fn update(tx: &mut Tx, row: &FundingSourceRow) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| kept(diesel::update(funding_sources::table.find(row.id)).set(row)).execute(conn))?)
}

/// The calls that draw from a source and are neither in preparation nor cancelled, by reference.
pub fn published_calls(conn: &mut Conn, id: FundingSourceId) -> Result<Vec<String>, StoreError> {
    let rows = call_sources::table.inner_join(calls::table).filter(call_sources::funding_source_id.eq(id));
    let rows = rows.filter(calls::state.ne_all([CallState::Draft, CallState::Cancelled])).order(calls::reference);
    Ok(on!(conn, |conn| rows.select(calls::reference).load(conn))?)
}

/// The titles of these sources, in their order of reference.
pub fn titles(conn: &mut Conn, ids: &[FundingSourceId]) -> Result<Vec<(FundingSourceId, String)>, StoreError> {
    let rows = funding_sources::table.filter(funding_sources::id.eq_any(ids)).order(funding_sources::reference);
    Ok(on!(conn, |conn| rows.select((funding_sources::id, funding_sources::title)).load(conn))?)
}

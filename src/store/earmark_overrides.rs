//! Awards beyond a ceiling on their axis, each with the reason of whoever decided so.

use super::{
    Conn, StoreError, Tx,
    schema::{amendment_overrides, earmark_overrides},
};
use crate::domain::{
    ids::{AmendmentId, ApplicationId, CallId, FundingSourceId, PersonId},
    money::Euros,
    time::Moment,
};
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Nullable},
};

/// What stands for the call itself where a funding source would.
pub const OF_CALL: &str = "call";
/// What stands before either where an award took what is reserved for other axes.
pub const RESERVE: &str = "reserve:";

/// How far one award went beyond one ceiling, or into what is reserved for another axis. Without a funding source the call itself set it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = earmark_overrides, treat_none_as_default_value = false)]
pub struct OverrideRow {
    pub application_id: ApplicationId,
    pub axis: String,
    pub scope_key: String,
    /// From 1: an award may go beyond the same limit again when it is raised.
    pub number: i32,
    pub call_id: CallId,
    pub funding_source_id: Option<FundingSourceId>,
    /// The amendment that raised it; nothing for the award itself.
    pub amendment_id: Option<AmendmentId>,
    pub over_cents: Euros,
    pub reason: String,
    pub decided_by: PersonId,
    pub decided_at: Moment,
}

/// Why an amendment that is granted may go beyond ceilings once it is in force.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = amendment_overrides)]
pub struct ReasonRow {
    pub amendment_id: AmendmentId,
    pub reason: String,
    pub decided_by: PersonId,
    pub decided_at: Moment,
}

/// Writes down why an amendment may go beyond ceilings.
pub fn insert_reason(tx: &mut Tx, row: &ReasonRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(amendment_overrides::table).values(row)).execute(conn))?;
    Ok(())
}

/// Why an amendment may go beyond ceilings, where somebody wrote it.
pub fn reason_of(conn: &mut Conn, id: AmendmentId) -> Result<Option<ReasonRow>, StoreError> {
    let row = amendment_overrides::table.find(id);
    Ok(on!(conn, |conn| row.select(ReasonRow::as_select()).first(conn)).optional()?)
}

/// Records one.
pub fn insert(tx: &mut Tx, row: &OverrideRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(earmark_overrides::table).values(row)).execute(conn))?;
    Ok(())
}

/// Those of an application, by axis.
pub fn of_application(conn: &mut Conn, id: ApplicationId) -> Result<Vec<OverrideRow>, StoreError> {
    let rows = earmark_overrides::table.filter(earmark_overrides::application_id.eq(id));
    let rows = rows.order((earmark_overrides::axis, earmark_overrides::scope_key, earmark_overrides::number));
    Ok(on!(conn, |conn| rows.select(OverrideRow::as_select()).load(conn))?)
}

/// Those of the awards of a call, in the order of their making; what amendments added to them is none of it.
pub fn of_call(conn: &mut Conn, id: CallId) -> Result<Vec<OverrideRow>, StoreError> {
    let rows = earmark_overrides::table.filter(earmark_overrides::call_id.eq(id));
    let rows = rows.filter(earmark_overrides::amendment_id.is_null());
    let rows = rows.order((earmark_overrides::decided_at, earmark_overrides::application_id, earmark_overrides::axis));
    Ok(on!(conn, |conn| rows.select(OverrideRow::as_select()).load(conn))?)
}

/// How far awards were let beyond the ceiling a call sets on an axis.
pub fn total_of_call(conn: &mut Conn, id: CallId, axis: &str) -> Result<Euros, StoreError> {
    let sum = sql::<Nullable<BigInt>>("CAST(SUM(over_cents) AS BIGINT)");
    let rows = earmark_overrides::table.filter(earmark_overrides::call_id.eq(id));
    let rows = rows.filter(earmark_overrides::scope_key.eq(OF_CALL)).filter(earmark_overrides::axis.eq(axis));
    let cents: Option<i64> = on!(conn, |conn| rows.select(sum).first(conn))?;
    Ok(Euros::from_cents(cents.unwrap_or_default()))
}

/// The same for the ceiling an agreement sets, whatever the call.
pub fn total_of_source(conn: &mut Conn, id: FundingSourceId, axis: &str) -> Result<Euros, StoreError> {
    let sum = sql::<Nullable<BigInt>>("CAST(SUM(over_cents) AS BIGINT)");
    let rows = earmark_overrides::table.filter(earmark_overrides::funding_source_id.eq(id));
    let rows = rows.filter(earmark_overrides::scope_key.eq(id.to_string())).filter(earmark_overrides::axis.eq(axis));
    let cents: Option<i64> = on!(conn, |conn| rows.select(sum).first(conn))?;
    Ok(Euros::from_cents(cents.unwrap_or_default()))
}

//! From which funding sources the money of a call, a grant or a disbursement comes.

use super::{
    Conn, StoreError, Tx,
    disbursements::hidden_lines,
    schema::{call_sources, disbursement_splits, disbursements, grants, recoveries},
};
use crate::domain::{
    ids::{CallId, DisbursementId, FundingSourceId, GrantId, PersonId, RecoveryId},
    lifecycles::disbursements::DisbursementState,
    money::Euros,
};
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Nullable},
};

diesel::allow_columns_to_appear_in_same_group_by_clause!(
    disbursements::call_id,
    disbursement_splits::funding_source_id,
);

/// What a call draws from one funding source.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = call_sources)]
pub struct CallSourceRow {
    pub call_id: CallId,
    pub funding_source_id: FundingSourceId,
    pub position: i32,
    pub amount_cents: Euros,
}

/// The sources of a call, in their order.
pub fn of_call(conn: &mut Conn, call: CallId) -> Result<Vec<CallSourceRow>, StoreError> {
    let rows = call_sources::table.filter(call_sources::call_id.eq(call)).order(call_sources::position);
    Ok(on!(conn, |conn| rows.select(CallSourceRow::as_select()).load(conn))?)
}

/// What a disbursement draws from one funding source.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = disbursement_splits)]
pub struct SplitRow {
    pub disbursement_id: DisbursementId,
    pub funding_source_id: FundingSourceId,
    pub amount_cents: Euros,
}

/// The split of a disbursement.
pub fn splits_of_disbursement(conn: &mut Conn, id: DisbursementId) -> Result<Vec<SplitRow>, StoreError> {
    let rows = disbursement_splits::table.filter(disbursement_splits::disbursement_id.eq(id));
    Ok(on!(conn, |conn| rows.order(disbursement_splits::funding_source_id).select(SplitRow::as_select()).load(conn))?)
}

/// The splits of several disbursements.
pub fn splits_of(conn: &mut Conn, ids: &[DisbursementId]) -> Result<Vec<SplitRow>, StoreError> {
    let rows = disbursement_splits::table.filter(disbursement_splits::disbursement_id.eq_any(ids));
    let rows = rows.order((disbursement_splits::disbursement_id, disbursement_splits::funding_source_id));
    Ok(on!(conn, |conn| rows.select(SplitRow::as_select()).load(conn))?)
}

/// What the disbursements in one state draw from each source, call by call; of one call or of all, without what is
/// hidden from `reader`.
pub fn totals_in(
    conn: &mut Conn,
    state: DisbursementState,
    call: Option<CallId>,
    reader: Option<PersonId>,
) -> Result<Vec<(CallId, FundingSourceId, Euros)>, StoreError> {
    let hidden: Vec<_> = hidden_lines(conn, call, reader)?.into_iter().map(|(id, ..)| id).collect();
    let total = sql::<Nullable<BigInt>>("CAST(SUM(disbursement_splits.amount_cents) AS BIGINT)");
    let rows = disbursement_splits::table.inner_join(disbursements::table).filter(disbursements::state.eq(state));
    let rows = rows.filter(disbursement_splits::disbursement_id.ne_all(&hidden));
    let rows = rows.group_by((disbursements::call_id, disbursement_splits::funding_source_id));
    let rows = rows.select((disbursements::call_id, disbursement_splits::funding_source_id, total));
    let found: Vec<(CallId, FundingSourceId, Option<i64>)> = match call {
        Some(call) => on!(conn, |conn| rows.filter(disbursements::call_id.eq(call)).load(conn))?,
        None => on!(conn, |conn| rows.load(conn))?,
    };
    Ok(found
        .into_iter()
        .map(|(call, source, cents)| (call, source, Euros::from_cents(cents.unwrap_or_default())))
        .collect())
}

/// Writes the split of a disbursement anew.
pub fn set_splits(tx: &mut Tx, id: DisbursementId, rows: &[SplitRow]) -> Result<(), StoreError> {
    let old = disbursement_splits::table.filter(disbursement_splits::disbursement_id.eq(id));
    on!(tx.conn(), |conn| diesel::delete(old).execute(conn))?;
    for row in rows {
        on!(tx.conn(), |conn| fixed!(diesel::insert_into(disbursement_splits::table).values(row)).execute(conn))?;
    }
    Ok(())
}

/// The call of a grant.
pub fn call_of_grant(conn: &mut Conn, id: GrantId) -> Result<CallId, StoreError> {
    Ok(on!(conn, |conn| grants::table.find(id).select(grants::call_id).first(conn))?)
}

/// The call and the grant of a disbursement.
pub fn owner_of_disbursement(conn: &mut Conn, id: DisbursementId) -> Result<(CallId, GrantId), StoreError> {
    Ok(on!(conn, |conn| disbursements::table
        .find(id)
        .select((disbursements::call_id, disbursements::grant_id))
        .first(conn))?)
}

/// The call, the grant and the amount of a recovery.
pub fn owner_of_recovery(conn: &mut Conn, id: RecoveryId) -> Result<(CallId, GrantId, Euros), StoreError> {
    let rows = recoveries::table.inner_join(grants::table).filter(recoveries::id.eq(id));
    Ok(on!(conn, |conn| rows.select((grants::call_id, grants::id, recoveries::amount_cents)).first(conn))?)
}

/// Writes what a call draws from one source.
pub fn insert_of_call(tx: &mut Tx, row: &CallSourceRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(call_sources::table).values(row)).execute(conn))?;
    Ok(())
}

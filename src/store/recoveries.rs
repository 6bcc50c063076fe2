//! Recoveries (trop-perçus à reverser) of grants.

use super::{
    Conn, StoreError, Tx,
    disbursements::GrantPart,
    grants::HolderPart,
    one,
    recusals::hidden_from,
    schema::{balances, grants, organisations, recoveries},
};
use crate::domain::{
    ids::{GrantId, PersonId, RecoveryId},
    lifecycles::{grants::GrantState, recoveries::RecoveryState},
    money::Euros,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::{BigInt, Nullable},
};

/// A recovery.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = recoveries, treat_none_as_default_value = false)]
pub struct RecoveryRow {
    pub id: RecoveryId,
    pub grant_id: GrantId,
    pub amount_cents: Euros,
    pub requested_on: NaiveDate,
    pub due_on: NaiveDate,
    pub received_on: Option<NaiveDate>,
    pub reason: Option<String>,
    pub state: RecoveryState,
    pub version: i32,
    pub state_at: Moment,
    pub created_at: Moment,
}

/// A recovery with what a list says around it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = recoveries)]
pub struct RecoveryFile {
    #[diesel(embed)]
    pub recovery: RecoveryRow,
    #[diesel(embed)]
    pub grant: GrantPart,
    #[diesel(embed)]
    pub holder: HolderPart,
}

/// Records a recovery in its initial state.
pub fn insert(tx: &mut Tx, row: &RecoveryRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(recoveries::table).values(row)).execute(conn))?;
    Ok(())
}

/// One recovery.
pub fn find(conn: &mut Conn, id: RecoveryId) -> Result<RecoveryRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(recoveries::table.find(id).select(RecoveryRow::as_select())).get_result(conn))?)
}

/// One recovery with what surrounds it.
pub fn file(conn: &mut Conn, id: RecoveryId) -> Result<RecoveryFile, StoreError> {
    let row = recoveries::table.inner_join(grants::table.inner_join(organisations::table));
    Ok(on!(conn, |conn| row.filter(recoveries::id.eq(id)).select(RecoveryFile::as_select()).first(conn))?)
}

/// So many of the recoveries that a bank may tell of, the oldest first.
pub fn awaited(conn: &mut Conn, most: i64) -> Result<Vec<RecoveryFile>, StoreError> {
    let rows = recoveries::table.inner_join(grants::table.inner_join(organisations::table));
    let rows = rows.filter(recoveries::state.eq(RecoveryState::Requested)).order(recoveries::id).limit(most);
    Ok(on!(conn, |conn| rows.select(RecoveryFile::as_select()).load(conn))?)
}

/// Several recoveries with what surrounds them, in no order.
pub fn files_of(conn: &mut Conn, ids: &[RecoveryId]) -> Result<Vec<RecoveryFile>, StoreError> {
    let rows = recoveries::table.inner_join(grants::table.inner_join(organisations::table));
    let rows = rows.filter(recoveries::id.eq_any(ids));
    Ok(on!(conn, |conn| rows.select(RecoveryFile::as_select()).load(conn))?)
}

/// The recoveries of a grant, oldest first.
pub fn of_grant(conn: &mut Conn, id: GrantId) -> Result<Vec<RecoveryRow>, StoreError> {
    let rows = recoveries::table.filter(recoveries::grant_id.eq(id)).order(recoveries::id);
    Ok(on!(conn, |conn| rows.select(RecoveryRow::as_select()).load(conn))?)
}

/// The recoveries in one state after `key`, by due date; none that is hidden from `reader`.
pub fn in_state(
    conn: &mut Conn,
    (state, reader): (RecoveryState, Option<PersonId>),
    key: Option<(NaiveDate, RecoveryId)>,
    limit: i64,
) -> Result<Vec<RecoveryFile>, StoreError> {
    let rows = recoveries::table.inner_join(grants::table.inner_join(organisations::table));
    let rows = rows.filter(recoveries::state.eq(state)).order((recoveries::due_on, recoveries::id)).limit(limit);
    let mut rows = rows.select(RecoveryFile::as_select()).into_boxed();
    if let Some(reader) = reader {
        rows = rows.filter(grants::application_id.ne_all(hidden_from(reader)));
    }
    let Some((day, id)) = key else { return Ok(rows.load(conn)?) };
    let after = recoveries::due_on.gt(day).or(recoveries::due_on.eq(day).and(recoveries::id.gt(id)));
    Ok(rows.filter(after).load(conn)?)
}

/// What the recoveries in one state add up to for `reader`.
pub fn total_in_state(
    conn: &mut Conn,
    (state, reader): (RecoveryState, Option<PersonId>),
) -> Result<Euros, StoreError> {
    let sum = sql::<Nullable<BigInt>>("CAST(SUM(recoveries.amount_cents) AS BIGINT)");
    let rows = recoveries::table.inner_join(grants::table).filter(recoveries::state.eq(state));
    let mut rows = rows.select(sum).into_boxed();
    if let Some(reader) = reader {
        rows = rows.filter(grants::application_id.ne_all(hidden_from(reader)));
    }
    Ok(Euros::from_cents(rows.first::<Option<i64>>(conn)?.unwrap_or_default()))
}

/// How many recoveries are in one state for `reader`.
pub fn count_in_state(conn: &mut Conn, (state, reader): (RecoveryState, Option<PersonId>)) -> Result<i64, StoreError> {
    let rows = recoveries::table.inner_join(grants::table).filter(recoveries::state.eq(state));
    let mut rows = rows.select(count_star()).into_boxed();
    if let Some(reader) = reader {
        rows = rows.filter(grants::application_id.ne_all(hidden_from(reader)));
    }
    Ok(rows.first::<i64>(conn)?)
}

/// Terminated grants of which nothing was asked back of what is to come back, the oldest first: reference, holder, amount;
/// none that is hidden from `reader`.
pub fn unclaimed(
    conn: &mut Conn,
    reader: Option<PersonId>,
    limit: i64,
) -> Result<Vec<(GrantId, String, String, Euros)>, StoreError> {
    let rows = balances::table.inner_join(grants::table.inner_join(organisations::table));
    let rows = rows.filter(grants::state.eq(GrantState::Terminated)).filter(balances::to_return_cents.gt(Euros::ZERO));
    let asked = recoveries::table.select(recoveries::grant_id);
    let rows = rows.filter(balances::grant_id.ne_all(asked)).order(balances::grant_id).limit(limit);
    let columns = (balances::grant_id, grants::reference, organisations::name, balances::to_return_cents);
    let mut rows = rows.select(columns).into_boxed();
    if let Some(reader) = reader {
        rows = rows.filter(grants::application_id.ne_all(hidden_from(reader)));
    }
    Ok(rows.load(conn)?)
}

/// Records the day the money came back.
pub fn set_received_on(tx: &mut Tx, id: RecoveryId, on: NaiveDate) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(diesel::update(recoveries::table.find(id)).set(recoveries::received_on.eq(on)))
        .execute(conn))?)
}

/// Writes by when it is expected.
pub fn set_due_on(tx: &mut Tx, id: RecoveryId, due_on: NaiveDate) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(diesel::update(recoveries::table.find(id)).set(recoveries::due_on.eq(due_on)))
        .execute(conn))?)
}

/// Leaves this much of it, once part of it stands by itself.
pub fn set_amount(tx: &mut Tx, id: RecoveryId, amount: Euros) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(
        diesel::update(recoveries::table.find(id)).set(recoveries::amount_cents.eq(amount))
    )
    .execute(conn))?)
}

/// Leaves what is to be known of it as it was before a change whose reason the history holds.
pub fn put_back_reason(tx: &mut Tx, id: RecoveryId, reason: Option<&str>) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(diesel::update(recoveries::table.find(id)).set(recoveries::reason.eq(reason)))
        .execute(conn))?)
}

/// Writes why the next change happens.
pub fn set_reason(tx: &mut Tx, id: RecoveryId, reason: &str) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(diesel::update(recoveries::table.find(id)).set(recoveries::reason.eq(reason)))
        .execute(conn))?)
}

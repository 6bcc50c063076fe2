//! What officers found ineligible of the lines of filed budgets. Appended, never changed; the last mark of a line counts.

use super::{
    Conn, StoreError, Tx,
    schema::{cost_marks, people},
};
use crate::domain::{
    ids::{ApplicationId, PersonId},
    money::Euros,
    time::Moment,
};
use diesel::prelude::*;

/// One mark. `account` is a Cerfa code; `number` counts from 1 for each line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = cost_marks)]
pub struct CostMarkRow {
    pub application_id: ApplicationId,
    pub account: String,
    pub number: i32,
    /// How much of the planned amount the fund cannot pay for.
    pub ineligible_cents: Euros,
    pub reason: String,
    pub marked_by: PersonId,
    pub marked_at: Moment,
}

/// Every mark of these files, oldest first for each line.
pub fn of_applications(conn: &mut Conn, ids: &[ApplicationId]) -> Result<Vec<CostMarkRow>, StoreError> {
    let rows = cost_marks::table.filter(cost_marks::application_id.eq_any(ids));
    let rows = rows.order((cost_marks::application_id, cost_marks::account, cost_marks::number));
    Ok(on!(conn, |conn| rows.select(CostMarkRow::as_select()).load(conn))?)
}

/// Every mark of one file with its author, oldest first for each line.
pub fn named(conn: &mut Conn, id: ApplicationId) -> Result<Vec<(CostMarkRow, String)>, StoreError> {
    let rows = cost_marks::table.inner_join(people::table).filter(cost_marks::application_id.eq(id));
    let rows = rows.order((cost_marks::account, cost_marks::number));
    Ok(on!(conn, |conn| rows.select((CostMarkRow::as_select(), people::name)).load(conn))?)
}

/// Appends a mark; `Taken` when its number is there already.
pub fn append(tx: &mut Tx, row: &CostMarkRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::insert_into(cost_marks::table).values(row).execute(conn))?;
    Ok(())
}

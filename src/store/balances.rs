//! How the balance of each grant was computed, kept when its final report was accepted and again when it was settled.

use super::{Conn, StoreError, Tx, schema::balances};
use crate::domain::{
    ids::GrantId,
    money::{Euros, Rate},
    time::Moment,
};
use diesel::prelude::*;

/// The figures of one computation.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = balances)]
pub struct BalanceRow {
    pub grant_id: GrantId,
    pub cost_cents: Euros,
    pub rate_points: Rate,
    /// Before it is revised to what the grant finally comes to.
    pub award_cents: Euros,
    pub paid_cents: Euros,
    pub to_return_cents: Euros,
    pub computed_at: Moment,
}

/// How the balance of a grant was computed, once it was.
pub fn find(conn: &mut Conn, id: GrantId) -> Result<Option<BalanceRow>, StoreError> {
    let row = balances::table.find(id);
    Ok(on!(conn, |conn| row.select(BalanceRow::as_select()).first(conn)).optional()?)
}

/// Forgets a computation, if there is one.
pub fn forget(tx: &mut Tx, id: GrantId) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::delete(balances::table.find(id)).execute(conn))?;
    Ok(())
}

/// Keeps it, in place of a former computation.
pub fn set(tx: &mut Tx, row: &BalanceRow) -> Result<(), StoreError> {
    forget(tx, row.grant_id)?;
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(balances::table).values(row)).execute(conn))?;
    Ok(())
}

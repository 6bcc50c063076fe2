//! Funds: what does not change from one call to the next.

use super::{Conn, SharedText, StoreError, Tx, kept, one, schema::funds};
use crate::domain::ids::FundId;
use diesel::prelude::*;

/// A territorial fund. `settings` is the JSON of its definition.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = funds)]
pub struct FundRow {
    pub id: FundId,
    pub code: String,
    pub name: String,
    pub settings: SharedText,
}

/// Every fund, by code.
pub fn all(conn: &mut Conn) -> Result<Vec<FundRow>, StoreError> {
    Ok(on!(conn, |conn| funds::table.order(funds::code).select(FundRow::as_select()).load(conn))?)
}

/// One fund.
pub fn find(conn: &mut Conn, id: FundId) -> Result<FundRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(funds::table.find(id).select(FundRow::as_select())).get_result(conn))?)
}

/// The fund with this code.
pub fn by_code(conn: &mut Conn, code: &str) -> Result<Option<FundRow>, StoreError> {
    Ok(on!(conn, |conn| funds::table.filter(funds::code.eq(code)).select(FundRow::as_select()).first(conn))
        .optional()?)
}

/// Adds a fund.
pub fn insert(tx: &mut Tx, row: &FundRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(funds::table).values(row)).execute(conn))?;
    Ok(())
}

/// Writes a fund's name and definition again.
pub fn update(tx: &mut Tx, row: &FundRow) -> Result<(), StoreError> {
    let values = (funds::name.eq(&row.name), funds::settings.eq(&row.settings));
    one(on!(tx.conn(), |conn| kept(diesel::update(funds::table.find(row.id)).set(values)).execute(conn))?)
}

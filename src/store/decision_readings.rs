//! When the people of a file first opened its decision. Written once.

use super::{
    Conn, StoreError, Tx,
    schema::{decision_readings, people},
};
use crate::domain::{
    ids::{ApplicationId, PersonId},
    time::Moment,
};
use diesel::prelude::*;

/// The first opening of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = decision_readings)]
pub struct ReadingRow {
    pub application_id: ApplicationId,
    pub opened_by: PersonId,
    pub opened_at: Moment,
}

/// The first opening, if there was one.
pub fn find(conn: &mut Conn, id: ApplicationId) -> Result<Option<ReadingRow>, StoreError> {
    let row = decision_readings::table.find(id);
    Ok(on!(conn, |conn| row.select(ReadingRow::as_select()).first(conn)).optional()?)
}

/// When it was, and who opened it.
pub fn named(conn: &mut Conn, id: ApplicationId) -> Result<Option<(Moment, String)>, StoreError> {
    let row = decision_readings::table.inner_join(people::table).filter(decision_readings::application_id.eq(id));
    Ok(on!(conn, |conn| row.select((decision_readings::opened_at, people::name)).first(conn)).optional()?)
}

/// Notes the first opening.
pub fn insert(tx: &mut Tx, row: &ReadingRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(decision_readings::table).values(row)).execute(conn))?;
    Ok(())
}

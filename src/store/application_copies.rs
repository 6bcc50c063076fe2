//! Which file was begun from which earlier one, and what was said about it.

use super::{Conn, StoreError, Tx, one, schema::application_copies};
use crate::domain::{ids::ApplicationId, time::Moment};
use diesel::prelude::*;

/// A file begun from an earlier one. `carried` is the JSON of what went over and what did not; `dismissed_at` when
/// nobody needs to read it any more.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = application_copies, treat_none_as_default_value = false)]
pub struct CopyRow {
    pub application_id: ApplicationId,
    pub source_id: ApplicationId,
    pub carried: String,
    pub copied_at: Moment,
    pub dismissed_at: Option<Moment>,
}

/// What is still to be read about the beginning of a file.
pub fn of_application(conn: &mut Conn, id: ApplicationId) -> Result<Option<CopyRow>, StoreError> {
    let row = application_copies::table.find(id).filter(application_copies::dismissed_at.is_null());
    Ok(on!(conn, |conn| row.select(CopyRow::as_select()).first(conn)).optional()?)
}

/// Notes from what a file was begun.
pub fn insert(tx: &mut Tx, row: &CopyRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(application_copies::table).values(row)).execute(conn))?;
    Ok(())
}

/// Notes that what was said about it has been read.
pub fn dismiss(tx: &mut Tx, id: ApplicationId, now: Moment) -> Result<(), StoreError> {
    let row = application_copies::table.find(id).filter(application_copies::dismissed_at.is_null());
    one(on!(tx.conn(), |conn| diesel::update(row).set(application_copies::dismissed_at.eq(now)).execute(conn))?)
}

//! What each page has last saved of each field by itself, so that a repeated or late request changes nothing.

use super::{Conn, StoreError, Tx, one, schema::field_saves};
use crate::domain::{ids::ApplicationId, time::Moment};
use diesel::prelude::*;

/// The last save of one field by one page. `page` is the name a page gave itself, `number` its count of changes, `mark` stands for
/// what was saved.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = field_saves)]
pub struct FieldSaveRow {
    pub application_id: ApplicationId,
    pub field: String,
    pub page: String,
    pub number: i64,
    pub mark: String,
    pub saved_at: Moment,
}

/// The last save of a field by this page.
pub fn find(conn: &mut Conn, id: ApplicationId, field: &str, page: &str) -> Result<Option<FieldSaveRow>, StoreError> {
    Ok(on!(conn, |conn| field_saves::table.find((id, field, page)).select(FieldSaveRow::as_select()).first(conn))
        .optional()?)
}

/// The last saves of every field of an application by this page.
pub fn of_page(conn: &mut Conn, id: ApplicationId, page: &str) -> Result<Vec<FieldSaveRow>, StoreError> {
    let rows = field_saves::table.filter(field_saves::application_id.eq(id)).filter(field_saves::page.eq(page));
    Ok(on!(conn, |conn| rows.select(FieldSaveRow::as_select()).load(conn))?)
}

/// Forgets what pages saved of a field before `before`.
pub fn forget(tx: &mut Tx, id: ApplicationId, field: &str, before: Moment) -> Result<usize, StoreError> {
    let rows = field_saves::table.filter(field_saves::application_id.eq(id)).filter(field_saves::field.eq(field));
    Ok(on!(tx.conn(), |conn| diesel::delete(rows.filter(field_saves::saved_at.lt(before))).execute(conn))?)
}

/// Adds the first save of a field by a page.
pub fn insert(tx: &mut Tx, row: &FieldSaveRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(field_saves::table).values(row)).execute(conn))?;
    Ok(())
}

/// Writes a save in place of the last one of the same page.
pub fn change(tx: &mut Tx, row: &FieldSaveRow) -> Result<(), StoreError> {
    let columns =
        (field_saves::number.eq(row.number), field_saves::mark.eq(&row.mark), field_saves::saved_at.eq(row.saved_at));
    let known = field_saves::table.find((row.application_id, &row.field, &row.page));
    one(on!(tx.conn(), |conn| fixed!(diesel::update(known).set(columns)).execute(conn))?)
}

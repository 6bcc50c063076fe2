//! What applications said each time they were filed. Appended, never changed but for account numbers of older times.

use super::{Conn, StoreError, Tx, one, schema::filings};
use crate::domain::{ids::ApplicationId, time::Moment};
use diesel::prelude::*;

/// What one application said when it was filed. `number` counts from 1 within it; `digest` is the SHA-256 of what was filed,
/// `said` the JSON that is kept of it, `kept_sha256` its own SHA-256: another one where a filing older than the seals held
/// account numbers. It is empty until somebody has looked.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = filings)]
pub struct FilingRow {
    pub application_id: ApplicationId,
    pub number: i32,
    pub filed_at: Moment,
    pub digest: String,
    pub said: String,
    pub kept_sha256: String,
}

/// One filing of an application.
pub fn find(conn: &mut Conn, id: ApplicationId, number: i32) -> Result<FilingRow, StoreError> {
    Ok(on!(conn, |conn| filings::table.find((id, number)).select(FilingRow::as_select()).first(conn))?)
}

/// The number and digest of the last filing of an application, if there is one.
pub fn last(conn: &mut Conn, id: ApplicationId) -> Result<Option<(i32, String)>, StoreError> {
    let rows = filings::table.filter(filings::application_id.eq(id)).order(filings::number.desc());
    Ok(on!(conn, |conn| rows.select((filings::number, filings::digest)).first(conn)).optional()?)
}

/// The digests of what these applications filed, oldest first for each.
pub fn digests_of(conn: &mut Conn, ids: &[ApplicationId]) -> Result<Vec<(ApplicationId, String)>, StoreError> {
    let rows = filings::table.filter(filings::application_id.eq_any(ids));
    let rows = rows.order((filings::application_id, filings::number));
    Ok(on!(conn, |conn| rows.select((filings::application_id, filings::digest)).load(conn))?)
}

/// What an application said at each filing, oldest first.
pub fn of_application(conn: &mut Conn, id: ApplicationId) -> Result<Vec<FilingRow>, StoreError> {
    let rows = filings::table.filter(filings::application_id.eq(id)).order(filings::number);
    Ok(on!(conn, |conn| rows.select(FilingRow::as_select()).load(conn))?)
}

/// The filings after this one, by application and number.
pub fn after(conn: &mut Conn, last: Option<(ApplicationId, i32)>, limit: i64) -> Result<Vec<FilingRow>, StoreError> {
    let mut rows = filings::table.order((filings::application_id, filings::number)).limit(limit).into_boxed();
    if let Some((id, number)) = last {
        let same = filings::application_id.eq(id).and(filings::number.gt(number));
        rows = rows.filter(filings::application_id.gt(id).or(same));
    }
    Ok(rows.select(FilingRow::as_select()).load(conn)?)
}

/// So many of the filings of which nobody knows yet whether they hold account numbers.
pub fn unlooked(conn: &mut Conn, limit: i64) -> Result<Vec<FilingRow>, StoreError> {
    let rows = filings::table.filter(filings::kept_sha256.eq(""));
    let rows = rows.order((filings::application_id, filings::number)).limit(limit);
    Ok(on!(conn, |conn| rows.select(FilingRow::as_select()).load(conn))?)
}

/// Writes what is kept of one of them, once.
pub fn set_kept(
    tx: &mut Tx,
    (id, number): (ApplicationId, i32),
    (said, sha256): (&str, &str),
) -> Result<(), StoreError> {
    let row = diesel::update(filings::table.find((id, number)).filter(filings::kept_sha256.eq("")));
    let values = (filings::said.eq(said), filings::kept_sha256.eq(sha256));
    one(on!(tx.conn(), |conn| row.set(values).execute(conn))?)
}

/// Appends a filing.
pub fn append(tx: &mut Tx, row: &FilingRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(filings::table).values(row)).execute(conn))?;
    Ok(())
}

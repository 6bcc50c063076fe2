//! What the antivirus says of each file, by the hash under which its bytes are kept.

use super::{
    Conn, StoreError, Tx, kept_if_few, one,
    schema::{attachments, file_scans},
};
use crate::domain::{attachments::ScanVerdict, time::Moment};
use diesel::{dsl::min, prelude::*};

/// A file that is to be scanned, or was. `finding` is the name the antivirus gave; `due_at` when it is asked next.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = file_scans, treat_none_as_default_value = false)]
pub struct ScanRow {
    pub sha256: String,
    pub verdict: ScanVerdict,
    pub due_at: Moment,
    pub scanned_at: Option<Moment>,
    pub finding: Option<String>,
}

/// What is known of a file, if it was ever to be scanned.
pub fn find(conn: &mut Conn, sha256: &str) -> Result<Option<ScanRow>, StoreError> {
    Ok(on!(conn, |conn| fixed!(file_scans::table.find(sha256).select(ScanRow::as_select())).get_result(conn))
        .optional()?)
}

/// What is known of these files.
pub fn of_files(conn: &mut Conn, hashes: &[String]) -> Result<Vec<(String, ScanVerdict)>, StoreError> {
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    let rows = file_scans::table.filter(file_scans::sha256.eq_any(hashes));
    let rows = rows.select((file_scans::sha256, file_scans::verdict));
    Ok(on!(conn, |conn| kept_if_few(hashes.len(), rows).load(conn))?)
}

/// Files to scan now, those waiting longest first.
pub fn due(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<String>, StoreError> {
    let rows =
        file_scans::table.filter(file_scans::verdict.eq(ScanVerdict::Waiting)).filter(file_scans::due_at.le(now));
    Ok(on!(conn, |conn| rows
        .order((file_scans::due_at, file_scans::sha256))
        .limit(limit)
        .select(file_scans::sha256)
        .load(conn))?)
}

/// Notes that a file is to be scanned.
pub fn insert(tx: &mut Tx, row: &ScanRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(file_scans::table).values(row)).execute(conn))?;
    Ok(())
}

/// Writes what the antivirus said.
pub fn judge(
    tx: &mut Tx,
    sha256: &str,
    verdict: ScanVerdict,
    finding: Option<&str>,
    now: Moment,
) -> Result<(), StoreError> {
    let values = (file_scans::verdict.eq(verdict), file_scans::finding.eq(finding), file_scans::scanned_at.eq(now));
    one(on!(tx.conn(), |conn| diesel::update(file_scans::table.find(sha256)).set(values).execute(conn))?)
}

/// Puts a file off that could not be scanned.
pub fn postpone(tx: &mut Tx, sha256: &str, until: Moment) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| diesel::update(file_scans::table.find(sha256))
        .set(file_scans::due_at.eq(until))
        .execute(conn))?)
}

/// Forgets what waits: nobody scans any more.
pub fn forget_waiting(tx: &mut Tx) -> Result<usize, StoreError> {
    let rows = file_scans::table.filter(file_scans::verdict.eq(ScanVerdict::Waiting));
    Ok(on!(tx.conn(), |conn| diesel::delete(rows).execute(conn))?)
}

/// The files attached to something that were never to be scanned, each with the moment it came.
pub fn unknown(conn: &mut Conn) -> Result<Vec<(String, Option<Moment>)>, StoreError> {
    let rows = attachments::table
        .filter(attachments::removed_at.is_null())
        .filter(attachments::sha256.ne_all(file_scans::table.select(file_scans::sha256)))
        .group_by(attachments::sha256);
    Ok(on!(conn, |conn| rows.select((attachments::sha256, min(attachments::uploaded_at))).load(conn))?)
}

//! When the stored bytes of each document were read again and compared with its hash: some at a time, so that a night is
//! no longer in a house of many years.

use super::{
    Conn, StoreError, Tx,
    schema::{document_checks, documents},
};
use crate::domain::{ids::DocumentId, time::Moment};
use diesel::prelude::*;

/// A document as its bytes were last read.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = document_checks)]
pub struct DocumentCheckRow {
    pub document_id: DocumentId,
    pub checked_at: Moment,
    pub is_whole: bool,
}

/// A document whose bytes are to be read: its number, and the hash they must have.
pub type Due = (DocumentId, String, Option<String>);

/// What was read, of documents that can still be.
macro_rules! read {
    () => {
        document_checks::table
            .inner_join(documents::table)
            .filter(documents::sha256.is_not_null())
            .filter(documents::facts.ne(""))
    };
}

/// The documents to be read next: those that were not whole, those never read, then those read longest ago.
pub fn due(conn: &mut Conn, limit: usize) -> Result<Vec<Due>, StoreError> {
    let mut found = read_before(conn, false, limit)?;
    if found.len() < limit {
        found.extend(never_read(conn, limit - found.len())?);
    }
    if found.len() < limit {
        found.extend(read_before(conn, true, limit - found.len())?);
    }
    Ok(found)
}

fn read_before(conn: &mut Conn, is_whole: bool, limit: usize) -> Result<Vec<Due>, StoreError> {
    let rows = read!().filter(document_checks::is_whole.eq(is_whole));
    let rows = rows.order((document_checks::checked_at, document_checks::document_id)).limit(rows_of(limit));
    Ok(on!(conn, |conn| rows.select((documents::id, documents::reference, documents::sha256)).load(conn))?)
}

fn never_read(conn: &mut Conn, limit: usize) -> Result<Vec<Due>, StoreError> {
    let read = document_checks::table.select(document_checks::document_id);
    let rows = documents::table.filter(documents::sha256.is_not_null()).filter(documents::facts.ne(""));
    let rows = rows.filter(documents::id.ne_all(read)).order(documents::id).limit(rows_of(limit));
    Ok(on!(conn, |conn| rows.select((documents::id, documents::reference, documents::sha256)).load(conn))?)
}

fn rows_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Writes down that the bytes of a document were read.
pub fn mark(tx: &mut Tx, row: &DocumentCheckRow) -> Result<(), StoreError> {
    let known = document_checks::table.find(row.document_id);
    let read = (document_checks::checked_at.eq(row.checked_at), document_checks::is_whole.eq(row.is_whole));
    if on!(tx.conn(), |conn| diesel::update(known).set(read).execute(conn))? == 0 {
        on!(tx.conn(), |conn| diesel::insert_into(document_checks::table).values(row).execute(conn))?;
    }
    Ok(())
}

/// How far the reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Documents whose bytes were read at least once.
    pub read: i64,
    /// Documents whose bytes were never read again.
    pub unread: i64,
    /// Since when every one of the first was read; nothing before the first.
    pub since: Option<Moment>,
}

/// How many documents were read again, how many never, and since when.
pub fn progress(conn: &mut Conn) -> Result<Progress, StoreError> {
    let all = documents::table.filter(documents::sha256.is_not_null()).filter(documents::facts.ne(""));
    let all: i64 = on!(conn, |conn| all.count().get_result(conn))?;
    let known: i64 = on!(conn, |conn| read!().count().get_result(conn))?;
    let oldest = read!().order(document_checks::checked_at).select(document_checks::checked_at);
    let since: Option<Moment> = on!(conn, |conn| oldest.first(conn)).optional()?;
    Ok(Progress { read: known, unread: all - known, since })
}

//! The heads of the history that were published, one with each check of the promises. Rows are appended and never changed.

use super::{Conn, StoreError, Tx, schema::history_heads};
use crate::domain::{ids::IntegrityRunId, time::Moment};
use diesel::prelude::*;

/// The head as it was when a check ended; `is_mailed` says whether it was sent to people that night.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = history_heads)]
pub struct HistoryHeadRow {
    pub run_id: IntegrityRunId,
    pub seq: i64,
    pub hash: String,
    pub is_mailed: bool,
    pub published_at: Moment,
}

/// Publishes a head.
pub fn insert(tx: &mut Tx, row: &HistoryHeadRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(history_heads::table).values(row)).execute(conn))?;
    Ok(())
}

/// The heads published last, newest first.
pub fn last(conn: &mut Conn, limit: i64) -> Result<Vec<HistoryHeadRow>, StoreError> {
    let rows = history_heads::table.order(history_heads::run_id.desc()).limit(limit);
    Ok(on!(conn, |conn| rows.select(HistoryHeadRow::as_select()).load(conn))?)
}

/// The number of the line that was mailed out last; nothing before the first mail.
pub fn last_mailed(conn: &mut Conn) -> Result<Option<i64>, StoreError> {
    let rows = history_heads::table.filter(history_heads::is_mailed.eq(true)).order(history_heads::run_id.desc());
    Ok(on!(conn, |conn| rows.select(history_heads::seq).first(conn)).optional()?)
}

//! How the house reads a filed report: what it accepts of each line, and what it wants corrected.

use super::{
    Conn, StoreError, Tx,
    schema::{accepted_lines, report_changes},
};
use crate::domain::{ids::ReportId, money::Euros};
use diesel::prelude::*;

/// What is accepted of one line of a report, by its position; the reason is empty where nothing is to be said.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = accepted_lines)]
pub struct AcceptedLineRow {
    pub report_id: ReportId,
    pub position: i32,
    pub accepted_cents: Euros,
    pub reason: String,
}

/// Something of a report that is to be corrected: an item as [`crate::domain::complements::Item`] writes it, and a note.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = report_changes)]
pub struct ReportChangeRow {
    pub report_id: ReportId,
    pub position: i32,
    pub item: String,
    pub note: String,
}

/// What is accepted of the lines of a report, in their order; nothing of a report that was not judged line by line.
pub fn lines(conn: &mut Conn, id: ReportId) -> Result<Vec<AcceptedLineRow>, StoreError> {
    let rows = accepted_lines::table.filter(accepted_lines::report_id.eq(id)).order(accepted_lines::position);
    Ok(on!(conn, |conn| rows.select(AcceptedLineRow::as_select()).load(conn))?)
}

/// Writes what is accepted of every line anew.
pub fn set_lines(tx: &mut Tx, id: ReportId, rows: &[AcceptedLineRow]) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::delete(accepted_lines::table.filter(accepted_lines::report_id.eq(id)))
        .execute(conn))?;
    for row in rows {
        on!(tx.conn(), |conn| fixed!(diesel::insert_into(accepted_lines::table).values(row)).execute(conn))?;
    }
    Ok(())
}

/// What is to be corrected in a report, in its order.
pub fn changes(conn: &mut Conn, id: ReportId) -> Result<Vec<ReportChangeRow>, StoreError> {
    let rows = report_changes::table.filter(report_changes::report_id.eq(id)).order(report_changes::position);
    Ok(on!(conn, |conn| rows.select(ReportChangeRow::as_select()).load(conn))?)
}

/// Writes what is to be corrected anew.
pub fn set_changes(tx: &mut Tx, id: ReportId, rows: &[ReportChangeRow]) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::delete(report_changes::table.filter(report_changes::report_id.eq(id)))
        .execute(conn))?;
    for row in rows {
        on!(tx.conn(), |conn| fixed!(diesel::insert_into(report_changes::table).values(row)).execute(conn))?;
    }
    Ok(())
}

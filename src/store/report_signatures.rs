//! The word of a legal representative under a report: asked for, given.

use super::{Conn, StoreError, Tx, schema::report_signatures};
use crate::domain::{
    ids::{PersonId, ReportId},
    time::Moment,
};
use diesel::prelude::*;

/// The signature under one report. `content_hash` is over what was read and signed; empty fields until then.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = report_signatures, treat_none_as_default_value = false)]
pub struct ReportSignatureRow {
    pub report_id: ReportId,
    pub asked_at: Option<Moment>,
    pub person_id: Option<PersonId>,
    pub content_hash: Option<String>,
    pub signed_at: Option<Moment>,
}

/// The signature under a report, once it was asked for or given.
pub fn find(conn: &mut Conn, id: ReportId) -> Result<Option<ReportSignatureRow>, StoreError> {
    let row = report_signatures::table.find(id);
    Ok(on!(conn, |conn| row.select(ReportSignatureRow::as_select()).first(conn)).optional()?)
}

/// Writes it anew.
pub fn set(tx: &mut Tx, row: &ReportSignatureRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::delete(report_signatures::table.find(row.report_id)).execute(conn))?;
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(report_signatures::table).values(row)).execute(conn))?;
    Ok(())
}

//! More time for reports: asked for by their holders and decided, or given by the house at once.

use super::{Conn, StoreError, Tx, one, schema::report_extensions};
use crate::domain::{
    ids::{PersonId, ReportId},
    time::Moment,
};
use chrono::NaiveDate;
use diesel::prelude::*;

/// One extension; `number` counts from 1 within the report. Undecided while `decided_at` is empty, refused when it is
/// decided without a day; a refusal has its `motive`: one without fell away, because the report came first.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = report_extensions, treat_none_as_default_value = false)]
pub struct ExtensionRow {
    pub report_id: ReportId,
    pub number: i32,
    /// When the report was due before.
    pub former_on: NaiveDate,
    pub wanted_on: NaiveDate,
    pub reason: String,
    pub asked_by: PersonId,
    pub asked_at: Moment,
    pub granted_on: Option<NaiveDate>,
    pub motive: String,
    pub decided_by: Option<PersonId>,
    pub decided_at: Option<Moment>,
}

/// The extensions of a report, oldest first.
pub fn of_report(conn: &mut Conn, id: ReportId) -> Result<Vec<ExtensionRow>, StoreError> {
    let rows = report_extensions::table.filter(report_extensions::report_id.eq(id)).order(report_extensions::number);
    Ok(on!(conn, |conn| rows.select(ExtensionRow::as_select()).load(conn))?)
}

/// Records an extension.
pub fn insert(tx: &mut Tx, row: &ExtensionRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(report_extensions::table).values(row)).execute(conn))?;
    Ok(())
}

/// Writes what was decided, once.
pub fn decide(tx: &mut Tx, row: &ExtensionRow) -> Result<(), StoreError> {
    let open = report_extensions::table.find((row.report_id, row.number));
    let open = open.filter(report_extensions::decided_at.is_null());
    let values = (
        report_extensions::granted_on.eq(row.granted_on),
        report_extensions::motive.eq(&row.motive),
        report_extensions::decided_by.eq(row.decided_by),
        report_extensions::decided_at.eq(row.decided_at),
    );
    one(on!(tx.conn(), |conn| diesel::update(open).set(values).execute(conn))?)
}

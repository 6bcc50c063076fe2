//! The times the promises were asked, and what was found of each. Rows are appended and never changed.

use super::{
    Conn, StoreError, Tx,
    schema::{integrity_findings, integrity_runs},
};
use crate::domain::{
    ids::{IntegrityRunId, PersonId},
    time::Moment,
};
use diesel::prelude::*;

/// One time all the promises were asked. `ran_by` is nobody when the worker asked at night; `fingerprint` is over what was
/// broken, and empty when nothing was.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = integrity_runs, treat_none_as_default_value = false)]
pub struct IntegrityRunRow {
    pub id: IntegrityRunId,
    pub ran_at: Moment,
    pub ran_by: Option<PersonId>,
    pub promises: i32,
    pub broken_promises: i32,
    pub fingerprint: String,
}

/// What was found of one promise. `examples` is the JSON of a few broken things in words.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = integrity_findings)]
pub struct FindingRow {
    pub run_id: IntegrityRunId,
    pub position: i32,
    /// Its number in the list of promises.
    pub number: i32,
    pub promise: String,
    pub checked: i64,
    pub broken: i64,
    pub examples: String,
}

/// Records a run.
pub fn insert(tx: &mut Tx, row: &IntegrityRunRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(integrity_runs::table).values(row)).execute(conn))?;
    Ok(())
}

/// Records what was found of one promise.
pub fn insert_finding(tx: &mut Tx, row: &FindingRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(integrity_findings::table).values(row)).execute(conn))?;
    Ok(())
}

/// The last runs, newest first.
pub fn last(conn: &mut Conn, limit: i64) -> Result<Vec<IntegrityRunRow>, StoreError> {
    let rows = integrity_runs::table.order(integrity_runs::id.desc()).limit(limit);
    Ok(on!(conn, |conn| rows.select(IntegrityRunRow::as_select()).load(conn))?)
}

/// Whether the worker has asked since an instant.
pub fn has_nightly_since(conn: &mut Conn, since: Moment) -> Result<bool, StoreError> {
    let rows = integrity_runs::table.filter(integrity_runs::ran_by.is_null()).filter(integrity_runs::ran_at.ge(since));
    Ok(on!(conn, |conn| diesel::select(diesel::dsl::exists(rows)).get_result(conn))?)
}

/// What a run found, in the order of the promises.
pub fn findings(conn: &mut Conn, id: IntegrityRunId) -> Result<Vec<FindingRow>, StoreError> {
    let rows = integrity_findings::table.filter(integrity_findings::run_id.eq(id));
    let rows = rows.order(integrity_findings::position);
    Ok(on!(conn, |conn| rows.select(FindingRow::as_select()).load(conn))?)
}

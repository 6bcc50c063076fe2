//! The places where this database is at home: only from there do mails leave and payments.

use super::{Conn, StoreError, Tx, schema::instances};
use crate::domain::time::Moment;
use diesel::prelude::*;

/// What a running program is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceMark {
    /// Kept in the folder of the data, or given by the configuration.
    pub id: String,
    /// What a copy of that folder does not have; empty where the configuration gives the name.
    pub place: String,
}

/// A place that may act.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = instances)]
pub struct InstanceRow {
    pub id: String,
    pub place: String,
    pub known_at: Moment,
}

/// Whether any place is known yet.
pub fn are_any(conn: &mut Conn) -> Result<bool, StoreError> {
    let first = instances::table.select(instances::id).limit(1);
    let found: Vec<String> = on!(conn, |conn| first.load(conn))?;
    Ok(!found.is_empty())
}

/// Whether this place is known.
pub fn is_known(conn: &mut Conn, mark: &InstanceMark) -> Result<bool, StoreError> {
    let these = instances::table.filter(instances::id.eq(&mark.id)).filter(instances::place.eq(&mark.place));
    let found: Vec<String> = on!(conn, |conn| these.select(instances::id).load(conn))?;
    Ok(!found.is_empty())
}

/// Keeps a place.
pub fn insert(tx: &mut Tx, row: &InstanceRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::insert_into(instances::table).values(row).execute(conn))?;
    Ok(())
}

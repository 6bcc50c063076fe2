//! Amendments (avenants) to grants.

use super::{Conn, StoreError, Tx, kept, one, schema::amendments};
use crate::domain::{
    amendments::AmendmentKind,
    ids::{AmendmentId, GrantId, PersonId},
    lifecycles::amendments::AmendmentState,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::prelude::*;

/// An amendment. `wanted` is what is asked for, `reason` why, `motive` why it was refused.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = amendments, treat_none_as_default_value = false)]
pub struct AmendmentRow {
    pub id: AmendmentId,
    pub grant_id: GrantId,
    pub kind: AmendmentKind,
    pub wanted: String,
    pub new_ends_on: Option<NaiveDate>,
    pub reason: String,
    pub motive: Option<String>,
    pub requested_by: PersonId,
    pub state: AmendmentState,
    pub version: i32,
    pub state_at: Moment,
    pub created_at: Moment,
}

/// Records an amendment in its initial state.
pub fn insert(tx: &mut Tx, row: &AmendmentRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(amendments::table).values(row)).execute(conn))?;
    Ok(())
}

/// One amendment.
pub fn find(conn: &mut Conn, id: AmendmentId) -> Result<AmendmentRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(amendments::table.find(id).select(AmendmentRow::as_select())).get_result(conn))?)
}

/// The amendments of a grant, oldest first.
pub fn of_grant(conn: &mut Conn, id: GrantId) -> Result<Vec<AmendmentRow>, StoreError> {
    let rows = amendments::table.filter(amendments::grant_id.eq(id)).order(amendments::id);
    Ok(on!(conn, |conn| rows.select(AmendmentRow::as_select()).load(conn))?)
}

/// The amendments of several grants, oldest first.
pub fn of_grants(conn: &mut Conn, ids: &[GrantId]) -> Result<Vec<AmendmentRow>, StoreError> {
    let rows = amendments::table.filter(amendments::grant_id.eq_any(ids)).order(amendments::id);
    Ok(on!(conn, |conn| rows.select(AmendmentRow::as_select()).load(conn))?)
}

/// Writes why it is refused.
pub fn set_motive(tx: &mut Tx, id: AmendmentId, motive: &str) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| kept(diesel::update(amendments::table.find(id)).set(amendments::motive.eq(motive)))
        .execute(conn))?)
}

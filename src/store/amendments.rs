//! Amendments (avenants) to grants.

use super::{
    Conn, StoreError, Tx, kept, one,
    schema::{amendment_changes, amendment_lines, amendments},
};
use crate::domain::{
    amendments::AmendmentKind,
    ids::{AmendmentId, GrantId, PersonId},
    lifecycles::amendments::AmendmentState,
    money::Euros,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::prelude::*;

/// An amendment. `wanted` is what is asked for, `reason` why, `motive` why it was decided so.
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
    pub new_amount_cents: Option<Euros>,
    /// With whom the project is to be led.
    pub new_partner: Option<String>,
}

/// What one line of the budget is to become, by its position in the application's budget.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = amendment_lines)]
pub struct LineRow {
    pub amendment_id: AmendmentId,
    pub position: i32,
    pub planned_cents: Euros,
}

/// One thing a granted amendment changes, in words.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = amendment_changes)]
pub struct ChangeRow {
    pub amendment_id: AmendmentId,
    pub position: i32,
    pub label: String,
    pub was: String,
    pub becomes: String,
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

/// Writes why it is decided so.
pub fn set_motive(tx: &mut Tx, id: AmendmentId, motive: &str) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| kept(diesel::update(amendments::table.find(id)).set(amendments::motive.eq(motive)))
        .execute(conn))?)
}

/// Records the lines of a budget that an amendment asks for.
pub fn insert_lines(tx: &mut Tx, rows: &[LineRow]) -> Result<(), StoreError> {
    for row in rows {
        on!(tx.conn(), |conn| fixed!(diesel::insert_into(amendment_lines::table).values(row)).execute(conn))?;
    }
    Ok(())
}

/// The lines an amendment asks for, by position.
pub fn lines_of(conn: &mut Conn, id: AmendmentId) -> Result<Vec<LineRow>, StoreError> {
    let rows = amendment_lines::table.filter(amendment_lines::amendment_id.eq(id)).order(amendment_lines::position);
    Ok(on!(conn, |conn| rows.select(LineRow::as_select()).load(conn))?)
}

/// The lines that the amendments in force of a grant have changed, the last amendment last.
pub fn agreed_lines(conn: &mut Conn, id: GrantId) -> Result<Vec<LineRow>, StoreError> {
    let rows = amendment_lines::table.inner_join(amendments::table).filter(amendments::grant_id.eq(id));
    let rows = rows.filter(amendments::state.eq(AmendmentState::Approved));
    let rows = rows.order((amendments::state_at, amendments::id, amendment_lines::position));
    Ok(on!(conn, |conn| rows.select(LineRow::as_select()).load(conn))?)
}

/// Records what an amendment changes.
pub fn insert_changes(tx: &mut Tx, rows: &[ChangeRow]) -> Result<(), StoreError> {
    for row in rows {
        on!(tx.conn(), |conn| fixed!(diesel::insert_into(amendment_changes::table).values(row)).execute(conn))?;
    }
    Ok(())
}

/// Forgets what an amendment was to change, before it is written anew.
pub fn forget_changes(tx: &mut Tx, id: AmendmentId) -> Result<(), StoreError> {
    let rows = amendment_changes::table.filter(amendment_changes::amendment_id.eq(id));
    on!(tx.conn(), |conn| diesel::delete(rows).execute(conn))?;
    Ok(())
}

/// What these amendments change, in order.
pub fn changes_of(conn: &mut Conn, ids: &[AmendmentId]) -> Result<Vec<ChangeRow>, StoreError> {
    let rows = amendment_changes::table.filter(amendment_changes::amendment_id.eq_any(ids));
    let rows = rows.order((amendment_changes::amendment_id, amendment_changes::position));
    Ok(on!(conn, |conn| rows.select(ChangeRow::as_select()).load(conn))?)
}

//! What organisations say of themselves beside their card, and who leads them.

use super::{
    Conn, StoreError, Tx, kept_if_few, one,
    schema::{mandates, organisation_profiles},
};
use crate::domain::{
    ids::{MandateId, OrganisationId},
    profiles::{Duty, Mandate, Membership, StaffBand},
    time::Moment,
};
use chrono::NaiveDate;
use diesel::prelude::*;

/// The profile of an organisation; what is empty has not been said.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organisation_profiles, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ProfileRow {
    pub organisation_id: OrganisationId,
    /// Whether it is an international solidarity organisation of people with a migrant background.
    pub is_osim: Option<bool>,
    pub staff: Option<StaffBand>,
    pub volunteers: Option<i32>,
    pub members: Option<i32>,
    pub membership: Option<Membership>,
    pub delegation: String,
    pub updated_at: Moment,
}

/// Somebody who leads an organisation, or led it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = mandates, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct MandateRow {
    pub id: MandateId,
    pub organisation_id: OrganisationId,
    pub name: String,
    pub duty: Duty,
    pub from_on: Option<NaiveDate>,
    pub until_on: Option<NaiveDate>,
    pub updated_at: Moment,
}

impl From<&MandateRow> for Mandate {
    fn from(row: &MandateRow) -> Self {
        Mandate { name: row.name.clone(), duty: row.duty, from: row.from_on, until: row.until_on }
    }
}

/// The profiles of these organisations.
pub fn of_organisations(conn: &mut Conn, ids: &[OrganisationId]) -> Result<Vec<ProfileRow>, StoreError> {
    let rows = organisation_profiles::table.filter(organisation_profiles::organisation_id.eq_any(ids));
    Ok(on!(conn, |conn| kept_if_few(ids.len(), rows.select(ProfileRow::as_select())).load(conn))?)
}

/// Who leads these organisations, and who did, in the order they were written.
pub fn mandates(conn: &mut Conn, ids: &[OrganisationId]) -> Result<Vec<MandateRow>, StoreError> {
    let rows = mandates::table.filter(mandates::organisation_id.eq_any(ids)).order(mandates::id);
    Ok(on!(conn, |conn| kept_if_few(ids.len(), rows.select(MandateRow::as_select())).load(conn))?)
}

/// Adds a profile.
pub fn insert(tx: &mut Tx, row: &ProfileRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(organisation_profiles::table).values(row)).execute(conn))?;
    Ok(())
}

/// Writes a profile again, unless somebody did since `read_at`.
pub fn update(tx: &mut Tx, row: &ProfileRow, read_at: Moment) -> Result<(), StoreError> {
    let known =
        organisation_profiles::table.find(row.organisation_id).filter(organisation_profiles::updated_at.eq(read_at));
    one(on!(tx.conn(), |conn| diesel::update(known).set(row).execute(conn))?)
}

/// Adds a mandate.
pub fn insert_mandate(tx: &mut Tx, row: &MandateRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(mandates::table).values(row)).execute(conn))?;
    Ok(())
}

/// Writes a mandate of the same organisation again, unless somebody did since `read_at`.
pub fn update_mandate(tx: &mut Tx, row: &MandateRow, read_at: Moment) -> Result<(), StoreError> {
    let known = mandates::table
        .find(row.id)
        .filter(mandates::organisation_id.eq(row.organisation_id))
        .filter(mandates::updated_at.eq(read_at));
    one(on!(tx.conn(), |conn| diesel::update(known).set(row).execute(conn))?)
}

/// Takes a mandate away that should never have been written.
pub fn delete_mandate(tx: &mut Tx, organisation: OrganisationId, id: MandateId) -> Result<(), StoreError> {
    let known = mandates::table.find(id).filter(mandates::organisation_id.eq(organisation));
    let gone = on!(tx.conn(), |conn| diesel::delete(known).execute(conn))?;
    if gone == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

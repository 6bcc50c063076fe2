//! What a reading without names asks: whose a file is, and what its reader has already handed in.

use super::{
    Conn, StoreError, kept_if_few,
    schema::{applications, calls, organisation_members, people, reviews},
    shared_text::SharedText,
};
use crate::domain::ids::{ApplicationId, CallId, OrganisationId, PersonId};
use diesel::prelude::*;

/// The definitions of these calls, as JSON.
pub fn settings_of(conn: &mut Conn, ids: &[CallId]) -> Result<Vec<(CallId, SharedText)>, StoreError> {
    let rows = calls::table.filter(calls::id.eq_any(ids));
    Ok(on!(conn, |conn| rows.select((calls::id, calls::settings)).load(conn))?)
}

/// A file with the organisations that apply.
pub type Parties = (ApplicationId, OrganisationId, Option<OrganisationId>);

/// Whose these files are.
pub fn parties(conn: &mut Conn, ids: &[ApplicationId]) -> Result<Vec<Parties>, StoreError> {
    let rows = applications::table.filter(applications::id.eq_any(ids));
    let columns = (applications::id, applications::organisation_id, applications::partner_organisation_id);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// The names of the people who act for these organisations.
pub fn people_of(conn: &mut Conn, ids: &[OrganisationId]) -> Result<Vec<(OrganisationId, String)>, StoreError> {
    let rows = organisation_members::table.inner_join(people::table);
    let rows = rows.filter(organisation_members::organisation_id.eq_any(ids));
    Ok(on!(conn, |conn| rows.select((organisation_members::organisation_id, people::name)).load(conn))?)
}

/// Those of these files of which the person has handed a review in, be it reopened since.
pub fn handed_in(conn: &mut Conn, person: PersonId, ids: &[ApplicationId]) -> Result<Vec<ApplicationId>, StoreError> {
    let rows = reviews::table.filter(reviews::person_id.eq(person)).filter(reviews::application_id.eq_any(ids));
    let rows = rows.filter(reviews::submitted_at.is_not_null());
    Ok(on!(conn, |conn| kept_if_few(ids.len(), rows.select(reviews::application_id)).load(conn))?)
}

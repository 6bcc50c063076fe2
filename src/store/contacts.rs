//! To whom the house writes: the members of an organisation, the people who hold a role.

use super::{
    Conn, StoreError,
    schema::{organisation_members, organisations, people, person_roles},
};
use crate::domain::{
    identity::Email,
    ids::{OrganisationId, PersonId},
    roles::Role,
};
use diesel::prelude::*;

/// A person who can be written to.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = people)]
pub struct ContactRow {
    pub id: PersonId,
    pub email: Email,
    pub name: String,
}

/// The members of an organisation who still have access, in the order of their names.
pub fn of_organisation(conn: &mut Conn, id: OrganisationId) -> Result<Vec<ContactRow>, StoreError> {
    let rows = organisation_members::table.inner_join(people::table);
    let rows = rows.filter(organisation_members::organisation_id.eq(id)).filter(people::disabled_at.is_null());
    Ok(rows.order((people::sort_key, people::id)).select(ContactRow::as_select()).load(conn)?)
}

/// The people who hold a role and still have access.
pub fn with_role(conn: &mut Conn, role: Role) -> Result<Vec<ContactRow>, StoreError> {
    // Two foreign keys lead from roles to people, so the link is a subquery.
    let holders = person_roles::table.filter(person_roles::role.eq(role)).select(person_roles::person_id);
    let rows = people::table.filter(people::id.eq_any(holders)).filter(people::disabled_at.is_null());
    Ok(rows.order((people::sort_key, people::id)).select(ContactRow::as_select()).load(conn)?)
}

/// Whether the person is a member of one of these organisations.
pub fn is_member(conn: &mut Conn, person: PersonId, of: &[OrganisationId]) -> Result<bool, StoreError> {
    let seats = organisation_members::table.filter(organisation_members::person_id.eq(person));
    let seats = seats.filter(organisation_members::organisation_id.eq_any(of));
    Ok(diesel::select(diesel::dsl::exists(seats)).get_result(conn)?)
}

/// The name and the general mail address of an organisation.
pub fn organisation(conn: &mut Conn, id: OrganisationId) -> Result<(String, Option<Email>), StoreError> {
    Ok(organisations::table.find(id).select((organisations::name, organisations::email)).first(conn)?)
}

/// The name of a person.
pub fn name_of(conn: &mut Conn, id: PersonId) -> Result<String, StoreError> {
    Ok(people::table.find(id).select(people::name).first(conn)?)
}

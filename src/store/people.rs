//! People and their roles.

use super::{
    Conn, StoreError, Tx, kept_if_few, one,
    schema::{people, person_roles},
};
use crate::domain::{
    identity::{Email, Phone},
    ids::PersonId,
    roles::Role,
    time::Moment,
};
use diesel::prelude::*;

/// Somebody who may sign in. `email` is all lower case, so that an address is one person.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = people, treat_none_as_default_value = false)]
pub struct PersonRow {
    pub id: PersonId,
    pub email: Email,
    pub name: String,
    pub phone: Option<Phone>,
    pub password_hash: Option<String>,
    pub sort_key: String,
    pub search_key: String,
    pub created_at: Moment,
    pub disabled_at: Option<Moment>,
}

impl std::fmt::Debug for PersonRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the hash of a password.
        f.debug_struct("PersonRow").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A role a person has been given.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = person_roles, treat_none_as_default_value = false)]
pub struct PersonRoleRow {
    pub person_id: PersonId,
    pub role: Role,
    pub granted_by: Option<PersonId>,
    pub granted_at: Moment,
}

/// One person.
pub fn find(conn: &mut Conn, id: PersonId) -> Result<PersonRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(people::table.find(id).select(PersonRow::as_select())).get_result(conn))?)
}

/// The person with this address, in lower case.
pub fn by_email(conn: &mut Conn, email: &Email) -> Result<Option<PersonRow>, StoreError> {
    let row = people::table.filter(people::email.eq(email.clone()));
    Ok(on!(conn, |conn| row.select(PersonRow::as_select()).first(conn)).optional()?)
}

/// These people, by name.
pub fn of_ids(conn: &mut Conn, ids: &[PersonId]) -> Result<Vec<PersonRow>, StoreError> {
    let rows = people::table.filter(people::id.eq_any(ids)).order((people::sort_key, people::id));
    Ok(on!(conn, |conn| kept_if_few(ids.len(), rows.select(PersonRow::as_select())).load(conn))?)
}

/// People after the last one shown, by name; only those whose name or address contains the folded `search`.
pub fn page(
    conn: &mut Conn,
    search: &str,
    after: Option<(&str, PersonId)>,
    limit: i64,
) -> Result<Vec<PersonRow>, StoreError> {
    let mut rows = people::table.order((people::sort_key, people::id)).limit(limit).into_boxed();
    if !search.is_empty() {
        rows = rows.filter(people::search_key.like(format!("%{search}%")));
    }
    if let Some((key, id)) = after {
        rows = rows.filter(people::sort_key.gt(key).or(people::sort_key.eq(key).and(people::id.gt(id))));
    }
    Ok(rows.select(PersonRow::as_select()).load(conn)?)
}

/// People with this role who may sign in, by name.
pub fn with_role(conn: &mut Conn, role: Role) -> Result<Vec<PersonRow>, StoreError> {
    let rows = people::table.inner_join(person_roles::table.on(person_roles::person_id.eq(people::id)));
    let rows = rows.filter(person_roles::role.eq(role)).filter(people::disabled_at.is_null());
    Ok(on!(conn, |conn| rows.order((people::sort_key, people::id)).select(PersonRow::as_select()).load(conn))?)
}

/// The addresses of whoever has one of these roles and may sign in, in no order.
pub fn addresses_with(conn: &mut Conn, roles: &[Role]) -> Result<Vec<Email>, StoreError> {
    let rows = people::table.inner_join(person_roles::table.on(person_roles::person_id.eq(people::id)));
    let rows = rows.filter(person_roles::role.eq_any(roles)).filter(people::disabled_at.is_null());
    Ok(on!(conn, |conn| rows.select(people::email).load(conn))?)
}

/// The roles of one person.
pub fn roles_of(conn: &mut Conn, id: PersonId) -> Result<Vec<Role>, StoreError> {
    let rows = person_roles::table.filter(person_roles::person_id.eq(id)).order(person_roles::role);
    Ok(on!(conn, |conn| rows.select(person_roles::role).load(conn))?)
}

/// The roles of several people.
pub fn roles_of_all(conn: &mut Conn, ids: &[PersonId]) -> Result<Vec<(PersonId, Role)>, StoreError> {
    let rows = person_roles::table.filter(person_roles::person_id.eq_any(ids)).order(person_roles::role);
    Ok(on!(conn, |conn| rows.select((person_roles::person_id, person_roles::role)).load(conn))?)
}

/// Adds a person.
pub fn insert(tx: &mut Tx, row: &PersonRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(people::table).values(row)).execute(conn))?;
    Ok(())
}

/// Gives a role.
pub fn insert_role(tx: &mut Tx, row: &PersonRoleRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(person_roles::table).values(row)).execute(conn))?;
    Ok(())
}

/// Takes a role away; nothing happens when the person did not have it.
pub fn delete_role(tx: &mut Tx, id: PersonId, role: Role) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::delete(person_roles::table.find((id, role))).execute(conn))?;
    Ok(())
}

/// Writes what a person says of themselves.
pub fn set_name(
    tx: &mut Tx,
    id: PersonId,
    name: &str,
    phone: Option<&Phone>,
    keys: (&str, &str),
) -> Result<(), StoreError> {
    let values = (
        people::name.eq(name),
        people::phone.eq(phone.cloned()),
        people::sort_key.eq(keys.0),
        people::search_key.eq(keys.1),
    );
    one(on!(tx.conn(), |conn| fixed!(diesel::update(people::table.find(id)).set(values)).execute(conn))?)
}

/// Writes the hash of the password; `None` leaves sign-in to mail links.
pub fn set_password_hash(tx: &mut Tx, id: PersonId, hash: Option<&str>) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(diesel::update(people::table.find(id)).set(people::password_hash.eq(hash)))
        .execute(conn))?)
}

/// Shuts a person out from `at` on, or lets them in again.
pub fn set_disabled(tx: &mut Tx, id: PersonId, at: Option<Moment>) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(diesel::update(people::table.find(id)).set(people::disabled_at.eq(at)))
        .execute(conn))?)
}

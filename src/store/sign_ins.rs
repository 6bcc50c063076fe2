//! Sign-ins: who is signed in from which device. Only the hash of the cookie's secret is kept.

use super::{
    Conn, StoreError, Tx, one,
    schema::{people, person_roles, sign_ins},
};
use crate::domain::{
    ids::{PersonId, SignInId},
    roles::Role,
    time::Moment,
};
use diesel::prelude::*;

/// One signed-in device. Instants are UTC.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sign_ins, treat_none_as_default_value = false)]
pub struct SignInRow {
    pub id: SignInId,
    pub person_id: PersonId,
    pub token_hash: String,
    pub device: String,
    pub created_at: Moment,
    pub last_seen_at: Moment,
    pub expires_at: Moment,
    pub ended_at: Option<Moment>,
}

/// A live sign-in with its start, its last visit, its end and its person, one row per role.
pub type SignedInRow = (SignInId, (Moment, Moment, Moment), PersonId, String, String, Option<Role>);

/// The live sign-in with this hash: its person and roles in one query; empty when there is none.
pub fn live(conn: &mut Conn, token_hash: &str, now: Moment) -> Result<Vec<SignedInRow>, StoreError> {
    let rows = sign_ins::table
        .inner_join(people::table.left_join(person_roles::table.on(person_roles::person_id.eq(people::id))))
        .filter(sign_ins::token_hash.eq(token_hash))
        .filter(sign_ins::ended_at.is_null())
        .filter(sign_ins::expires_at.gt(now))
        .filter(people::disabled_at.is_null());
    let times = (sign_ins::created_at, sign_ins::last_seen_at, sign_ins::expires_at);
    let columns = (sign_ins::id, times, people::id, people::name, people::email, person_roles::role.nullable());
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// Records a new sign-in.
pub fn insert(tx: &mut Tx, row: &SignInRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(sign_ins::table).values(row)).execute(conn))?;
    Ok(())
}

/// The live sign-ins of a person, newest first.
pub fn of_person(conn: &mut Conn, person: PersonId, now: Moment) -> Result<Vec<SignInRow>, StoreError> {
    let rows = sign_ins::table.filter(sign_ins::person_id.eq(person)).filter(sign_ins::ended_at.is_null());
    let rows = rows.filter(sign_ins::expires_at.gt(now)).order(sign_ins::created_at.desc());
    Ok(on!(conn, |conn| rows.select(SignInRow::as_select()).load(conn))?)
}

/// Notes that the device was there and puts its end off.
pub fn touch(tx: &mut Tx, id: SignInId, now: Moment, expires_at: Moment) -> Result<(), StoreError> {
    let seen = (sign_ins::last_seen_at.eq(now), sign_ins::expires_at.eq(expires_at));
    one(on!(tx.conn(), |conn| fixed!(diesel::update(sign_ins::table.find(id)).set(seen)).execute(conn))?)
}

/// Lets no sign-in last beyond an instant.
pub fn shorten(tx: &mut Tx, latest: Moment) -> Result<usize, StoreError> {
    let longer = sign_ins::table.filter(sign_ins::ended_at.is_null()).filter(sign_ins::expires_at.gt(latest));
    Ok(on!(tx.conn(), |conn| fixed!(diesel::update(longer).set(sign_ins::expires_at.eq(latest))).execute(conn))?)
}

/// Lets no sign-in of somebody with one of these roles last beyond an instant.
pub fn shorten_of(tx: &mut Tx, roles: &[Role], latest: Moment) -> Result<usize, StoreError> {
    let held = person_roles::table.filter(person_roles::role.eq_any(roles.to_vec())).select(person_roles::person_id);
    let longer = sign_ins::table.filter(sign_ins::ended_at.is_null()).filter(sign_ins::expires_at.gt(latest));
    let longer = longer.filter(sign_ins::person_id.eq_any(held));
    Ok(on!(tx.conn(), |conn| diesel::update(longer).set(sign_ins::expires_at.eq(latest)).execute(conn))?)
}

/// Ends one sign-in of this person.
pub fn end(tx: &mut Tx, person: PersonId, id: SignInId, now: Moment) -> Result<(), StoreError> {
    let row = sign_ins::table.find(id).filter(sign_ins::person_id.eq(person)).filter(sign_ins::ended_at.is_null());
    one(on!(tx.conn(), |conn| fixed!(diesel::update(row).set(sign_ins::ended_at.eq(now))).execute(conn))?)
}

/// Ends every sign-in of this person.
pub fn end_all(tx: &mut Tx, person: PersonId, now: Moment) -> Result<usize, StoreError> {
    let rows = sign_ins::table.filter(sign_ins::person_id.eq(person)).filter(sign_ins::ended_at.is_null());
    Ok(on!(tx.conn(), |conn| fixed!(diesel::update(rows).set(sign_ins::ended_at.eq(now))).execute(conn))?)
}

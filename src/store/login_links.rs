//! The one-time links sent by mail, and the attempts that slow guessing down.

use super::{
    Conn, StoreError, Tx, one,
    schema::{login_attempts, login_links},
};
use crate::domain::{
    ids::{LoginLinkId, PersonId, SignInId},
    time::Moment,
};
use diesel::prelude::*;

/// A link sent by mail that signs its reader in once.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = login_links, treat_none_as_default_value = false)]
pub struct LoginLinkRow {
    pub id: LoginLinkId,
    pub person_id: PersonId,
    pub token_hash: String,
    /// The path on our site to go on to, beginning with `/`.
    pub next_path: String,
    pub created_at: Moment,
    pub expires_at: Moment,
    pub used_at: Option<Moment>,
}

/// Adds a link.
pub fn insert(tx: &mut Tx, row: &LoginLinkRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(login_links::table).values(row)).execute(conn))?;
    Ok(())
}

/// The link with this hash that has been neither used nor outlived.
pub fn live(conn: &mut Conn, token_hash: &str, now: Moment) -> Result<LoginLinkRow, StoreError> {
    let row = login_links::table
        .filter(login_links::token_hash.eq(token_hash))
        .filter(login_links::used_at.is_null())
        .filter(login_links::expires_at.gt(now));
    Ok(on!(conn, |conn| row.select(LoginLinkRow::as_select()).first(conn))?)
}

/// One link, whatever became of it.
pub fn find(conn: &mut Conn, id: LoginLinkId) -> Result<LoginLinkRow, StoreError> {
    Ok(login_links::table.find(id).select(LoginLinkRow::as_select()).first(conn)?)
}

/// Gives an unused link its secret's hash and its term.
pub fn arm(tx: &mut Tx, id: LoginLinkId, token_hash: &str, expires_at: Moment) -> Result<(), StoreError> {
    let row = login_links::table.find(id).filter(login_links::used_at.is_null());
    let values = (login_links::token_hash.eq(token_hash), login_links::expires_at.eq(expires_at));
    one(on!(tx.conn(), |conn| fixed!(diesel::update(row).set(values)).execute(conn))?)
}

/// Uses a link up; `Stale` when somebody was faster.
pub fn spend(tx: &mut Tx, id: LoginLinkId, now: Moment) -> Result<(), StoreError> {
    let row = login_links::table.find(id).filter(login_links::used_at.is_null());
    one(on!(tx.conn(), |conn| fixed!(diesel::update(row).set(login_links::used_at.eq(now))).execute(conn))?)
}

/// Uses up every open link of a person.
pub fn spend_all_of(tx: &mut Tx, person: PersonId, now: Moment) -> Result<(), StoreError> {
    let rows = login_links::table.filter(login_links::person_id.eq(person)).filter(login_links::used_at.is_null());
    on!(tx.conn(), |conn| fixed!(diesel::update(rows).set(login_links::used_at.eq(now))).execute(conn))?;
    Ok(())
}

/// When a person last used a link that led to this path up, if they did and it is still kept.
pub fn last_used(conn: &mut Conn, person: PersonId, path: &str) -> Result<Option<Moment>, StoreError> {
    let rows = login_links::table.filter(login_links::person_id.eq(person)).filter(login_links::next_path.eq(path));
    let rows = rows.filter(login_links::used_at.is_not_null()).order(login_links::used_at.desc());
    let used = on!(conn, |conn| rows.select(login_links::used_at).first::<Option<Moment>>(conn)).optional()?;
    Ok(used.flatten())
}

/// How often `who` (an address or a source) tried since `since`.
pub fn count_attempts(conn: &mut Conn, who: &str, since: Moment) -> Result<i64, StoreError> {
    let rows = login_attempts::table.filter(login_attempts::who.eq(who)).filter(login_attempts::at.gt(since));
    Ok(on!(conn, |conn| rows.count().get_result(conn))?)
}

/// Notes an attempt.
pub fn insert_attempt(tx: &mut Tx, who: &str, now: Moment) -> Result<(), StoreError> {
    let id: SignInId = tx.mint(now)?;
    let row = (login_attempts::id.eq(id.to_string()), login_attempts::who.eq(who), login_attempts::at.eq(now));
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(login_attempts::table).values(row)).execute(conn))?;
    Ok(())
}

/// Forgets the attempts of `who`, and everybody's from before `before`.
pub fn forget_attempts(tx: &mut Tx, who: &str, before: Moment) -> Result<(), StoreError> {
    let rows = login_attempts::table.filter(login_attempts::who.eq(who).or(login_attempts::at.lt(before)));
    on!(tx.conn(), |conn| diesel::delete(rows).execute(conn))?;
    Ok(())
}

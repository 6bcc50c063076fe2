//! One-time codes that wait to be typed, were typed, or were replaced. No code is kept, only its digest.

use super::{Conn, StoreError, Tx, one, schema::one_time_codes};
use crate::domain::{
    ids::{OneTimeCodeId, PersonId},
    one_time_codes::CodePurpose,
    time::Moment,
};
use diesel::prelude::*;

/// A code sent to a person, for one act on one thing as its digest says it stood. `spent_at` is when it served, or gave
/// way to another.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = one_time_codes, treat_none_as_default_value = false)]
pub struct OneTimeCodeRow {
    pub id: OneTimeCodeId,
    pub purpose: CodePurpose,
    pub person_id: PersonId,
    pub subject_id: String,
    pub subject_digest: String,
    pub code_hash: String,
    /// Wrong codes typed.
    pub tries: i32,
    pub asked_at: Moment,
    pub expires_at: Moment,
    pub spent_at: Option<Moment>,
}

/// What a code is for: whose it is, for what, on which thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner<'a> {
    pub purpose: CodePurpose,
    pub person: PersonId,
    pub subject: &'a str,
}

macro_rules! of {
    ($owner:expr) => {
        one_time_codes::table
            .filter(one_time_codes::subject_id.eq($owner.subject))
            .filter(one_time_codes::person_id.eq($owner.person))
            .filter(one_time_codes::purpose.eq($owner.purpose))
    };
}

/// Adds a code.
pub fn insert(tx: &mut Tx, row: &OneTimeCodeRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(one_time_codes::table).values(row)).execute(conn))?;
    Ok(())
}

/// One code, whatever became of it.
pub fn find(conn: &mut Conn, id: OneTimeCodeId) -> Result<OneTimeCodeRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(one_time_codes::table.find(id).select(OneTimeCodeRow::as_select())).get_result(conn))?)
}

/// The code that waits to be typed: at most one.
pub fn open(conn: &mut Conn, owner: Owner<'_>) -> Result<Option<OneTimeCodeRow>, StoreError> {
    let row = of!(owner).filter(one_time_codes::spent_at.is_null()).order(one_time_codes::id.desc());
    Ok(on!(conn, |conn| row.select(OneTimeCodeRow::as_select()).first(conn)).optional()?)
}

/// How many codes were asked for since an instant.
pub fn count_since(conn: &mut Conn, owner: Owner<'_>, since: Moment) -> Result<i64, StoreError> {
    let rows = of!(owner).filter(one_time_codes::asked_at.gt(since));
    Ok(on!(conn, |conn| rows.count().get_result(conn))?)
}

/// Puts an end to whatever waits.
pub fn replace(tx: &mut Tx, owner: Owner<'_>, now: Moment) -> Result<(), StoreError> {
    let rows = of!(owner).filter(one_time_codes::spent_at.is_null());
    on!(tx.conn(), |conn| diesel::update(rows).set(one_time_codes::spent_at.eq(now)).execute(conn))?;
    Ok(())
}

/// Gives a code that waits its digest and its term.
pub fn arm(tx: &mut Tx, id: OneTimeCodeId, code_hash: &str, expires_at: Moment) -> Result<(), StoreError> {
    let row = one_time_codes::table.find(id).filter(one_time_codes::spent_at.is_null());
    let values = (one_time_codes::code_hash.eq(code_hash), one_time_codes::expires_at.eq(expires_at));
    one(on!(tx.conn(), |conn| fixed!(diesel::update(row).set(values)).execute(conn))?)
}

/// Notes that a wrong code was typed.
pub fn set_tries(tx: &mut Tx, id: OneTimeCodeId, tries: i32) -> Result<(), StoreError> {
    let row = one_time_codes::table.find(id);
    one(on!(tx.conn(), |conn| fixed!(diesel::update(row).set(one_time_codes::tries.eq(tries))).execute(conn))?)
}

/// Uses a code up; `Stale` when somebody was faster.
pub fn spend(tx: &mut Tx, id: OneTimeCodeId, now: Moment) -> Result<(), StoreError> {
    let row = one_time_codes::table.find(id).filter(one_time_codes::spent_at.is_null());
    one(on!(tx.conn(), |conn| fixed!(diesel::update(row).set(one_time_codes::spent_at.eq(now))).execute(conn))?)
}

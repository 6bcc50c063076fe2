//! What could not be erased in its night, until it is.

use super::{Conn, StoreError, Tx, one, recusals::hidden_from, schema::erasure_failures};
use crate::domain::{ids::PersonId, time::Moment};
use diesel::prelude::*;

/// An application or an account that could not be erased, with what the last attempt said.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = erasure_failures)]
pub struct FailureRow {
    pub subject_id: String,
    pub first_failed_at: Moment,
    pub last_failed_at: Moment,
    pub attempts: i32,
    pub error: String,
}

/// Notes one more failure.
pub fn note(tx: &mut Tx, subject: &str, error: &str, now: Moment) -> Result<(), StoreError> {
    let find = erasure_failures::table.find(subject.to_owned());
    let known: Option<FailureRow> =
        on!(tx.conn(), |conn| find.clone().select(FailureRow::as_select()).first(conn)).optional()?;
    let Some(known) = known else {
        let row = FailureRow {
            subject_id: subject.to_owned(),
            first_failed_at: now,
            last_failed_at: now,
            attempts: 1,
            error: error.to_owned(),
        };
        on!(tx.conn(), |conn| diesel::insert_into(erasure_failures::table).values(&row).execute(conn))?;
        return Ok(());
    };
    let values = (
        erasure_failures::last_failed_at.eq(now),
        erasure_failures::attempts.eq(known.attempts + 1),
        erasure_failures::error.eq(error),
    );
    one(on!(tx.conn(), |conn| diesel::update(find).set(values).execute(conn))?)
}

/// Forgets the failures of what is erased.
pub fn forget(tx: &mut Tx, subject: &str) -> Result<(), StoreError> {
    let known = erasure_failures::table.find(subject.to_owned());
    on!(tx.conn(), |conn| diesel::delete(known).execute(conn))?;
    Ok(())
}

/// Forgets the failures of what was not tried since an instant: it is not due any more.
pub fn forget_before(tx: &mut Tx, since: Moment) -> Result<(), StoreError> {
    let old = erasure_failures::table.filter(erasure_failures::last_failed_at.lt(since));
    on!(tx.conn(), |conn| diesel::delete(old).execute(conn))?;
    Ok(())
}

/// How much waits to be erased after a failure, without what this reader must not know, and when the last attempt was.
pub fn waiting(conn: &mut Conn, reader: PersonId) -> Result<(i64, Option<Moment>), StoreError> {
    let rows = erasure_failures::table.filter(erasure_failures::subject_id.ne_all(hidden_from(reader)));
    let rows = rows.order(erasure_failures::last_failed_at).select(erasure_failures::last_failed_at);
    let found: Vec<Moment> = on!(conn, |conn| rows.load(conn))?;
    Ok((i64::try_from(found.len()).unwrap_or(i64::MAX), found.last().copied()))
}

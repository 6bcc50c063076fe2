//! The account numbers that people answered in forms: the answer is a token, the number lies here, sealed.

use super::{Conn, StoreError, Tx, schema::sealed_answers, seals::Place};
use crate::domain::time::Moment;
use diesel::prelude::*;

/// A sealed answer; `subject_id` is its application or its report.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sealed_answers)]
pub struct SealedAnswerRow {
    pub subject_id: String,
    pub token: String,
    pub sealed: String,
    pub sealed_at: Moment,
}

/// What a token stands for, sealed.
pub fn find(conn: &mut Conn, subject_id: &str, token: &str) -> Result<String, StoreError> {
    let row = sealed_answers::table.find((subject_id, token)).select(sealed_answers::sealed);
    Ok(on!(conn, |conn| row.first::<String>(conn))?)
}

/// Keeps what a token stands for, unless it is there already.
pub fn keep(tx: &mut Tx, (subject_id, token): (&str, &str), typed: &str, now: Moment) -> Result<(), StoreError> {
    if find(tx.conn(), subject_id, token).is_ok() {
        return Ok(());
    }
    let row = SealedAnswerRow {
        subject_id: subject_id.to_owned(),
        token: token.to_owned(),
        sealed: tx.seals()?.seal_text(&Place::answer(subject_id, token), typed)?,
        sealed_at: now,
    };
    on!(tx.conn(), |conn| diesel::insert_into(sealed_answers::table).values(&row).execute(conn))?;
    Ok(())
}

/// Forgets what was answered for one subject.
pub fn forget(tx: &mut Tx, subject_id: &str) -> Result<usize, StoreError> {
    let rows = sealed_answers::table.filter(sealed_answers::subject_id.eq(subject_id));
    Ok(on!(tx.conn(), |conn| diesel::delete(rows).execute(conn))?)
}

//! The account numbers that people answered in forms: the answer is a token, the number lies here, sealed.

use super::{Conn, StoreError, Tx, schema::sealed_answers, seals::Place};
use diesel::prelude::*;

/// A sealed answer; `subject_id` is its application or its report.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sealed_answers)]
pub struct SealedAnswerRow {
    pub token: String,
    pub subject_id: String,
    pub sealed: String,
}

/// What a token stands for, sealed, whatever application or report it is kept with.
pub fn find(conn: &mut Conn, token: &str) -> Result<String, StoreError> {
    let row = sealed_answers::table.filter(sealed_answers::token.eq(token)).select(sealed_answers::sealed);
    Ok(on!(conn, |conn| row.first::<String>(conn))?)
}

/// Keeps what a token stands for with its application or report, unless it is there already.
pub fn keep(tx: &mut Tx, (subject_id, token): (&str, &str), typed: &str) -> Result<(), StoreError> {
    let sealed = tx.seals()?.seal_text(&Place::answer(token), typed)?;
    insert(tx, (subject_id, token), sealed)
}

/// Keeps it with another application too, into which the answer is copied: the first one may be erased before. Nothing
/// happens where nobody knows any more what the token stands for.
pub fn copy(tx: &mut Tx, (subject_id, token): (&str, &str)) -> Result<(), StoreError> {
    match find(tx.conn(), token) {
        Ok(sealed) => insert(tx, (subject_id, token), sealed),
        Err(StoreError::NotFound) => Ok(()),
        Err(error) => Err(error),
    }
}

fn insert(tx: &mut Tx, (subject_id, token): (&str, &str), sealed: String) -> Result<(), StoreError> {
    let known = sealed_answers::table.find((token, subject_id)).count();
    if on!(tx.conn(), |conn| known.get_result::<i64>(conn))? > 0 {
        return Ok(());
    }
    let row = SealedAnswerRow { subject_id: subject_id.to_owned(), token: token.to_owned(), sealed };
    on!(tx.conn(), |conn| diesel::insert_into(sealed_answers::table).values(&row).execute(conn))?;
    Ok(())
}

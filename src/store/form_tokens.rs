//! The answers already given to forms, by the token each form carried.

use super::{Conn, StoreError, Tx, schema::form_tokens};
use crate::domain::{ids::PersonId, time::Moment};
use diesel::prelude::*;

/// The answer to one form. `body_digest` is over what was sent; `answer` is the path the person was led to.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = form_tokens, treat_none_as_default_value = false)]
pub struct FormTokenRow {
    pub token: String,
    pub person_id: PersonId,
    pub route: String,
    pub body_digest: String,
    pub answer: String,
    pub answered_at: Moment,
}

/// The answer to the form with this token, if one was given.
pub fn find(conn: &mut Conn, token: &str) -> Result<Option<FormTokenRow>, StoreError> {
    Ok(on!(conn, |conn| fixed!(form_tokens::table.find(token).select(FormTokenRow::as_select())).get_result(conn))
        .optional()?)
}

/// Keeps an answer.
pub fn insert(tx: &mut Tx, row: &FormTokenRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(form_tokens::table).values(row)).execute(conn))?;
    Ok(())
}

/// Forgets the answers given before `before`.
pub fn forget(tx: &mut Tx, before: Moment) -> Result<usize, StoreError> {
    let old = form_tokens::table.filter(form_tokens::answered_at.lt(before));
    Ok(on!(tx.conn(), |conn| diesel::delete(old).execute(conn))?)
}

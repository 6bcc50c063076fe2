//! What officers wrote in place of the model of one letter. Appended, never changed; the last version counts.

use super::{
    Conn, StoreError, Tx,
    decisions::Of,
    schema::{applications, letter_edits, people},
};
use crate::domain::{
    ids::{ApplicationId, PersonId},
    letters::LetterKind,
    time::Moment,
};
use diesel::prelude::*;

/// One version of the words of a letter. `is_model` is the way back to the model; `basis` is the digest of the decision it
/// was written or read for.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = letter_edits)]
pub struct EditRow {
    pub application_id: ApplicationId,
    /// From 1.
    pub number: i32,
    pub kind: LetterKind,
    pub is_model: bool,
    pub subject: String,
    pub opening: String,
    pub ending: String,
    pub basis: String,
    pub edited_by: PersonId,
    pub edited_at: Moment,
}

/// The versions of the letters of a call, or of one file, the first at the top for each file.
pub fn list(conn: &mut Conn, of: Of) -> Result<Vec<EditRow>, StoreError> {
    let rows = letter_edits::table.inner_join(applications::table);
    let rows = rows.order((letter_edits::application_id, letter_edits::number));
    let rows = rows.select(EditRow::as_select()).into_boxed();
    let rows = match of {
        Of::Call(call) => rows.filter(applications::call_id.eq(call)),
        Of::Application(id) => rows.filter(letter_edits::application_id.eq(id)),
    };
    Ok(rows.load(conn)?)
}

/// The versions of one letter with their authors, the newest first.
pub fn versions(conn: &mut Conn, id: ApplicationId) -> Result<Vec<(EditRow, String)>, StoreError> {
    let rows = letter_edits::table.inner_join(people::table).filter(letter_edits::application_id.eq(id));
    let rows = rows.order(letter_edits::number.desc());
    Ok(on!(conn, |conn| rows.select((EditRow::as_select(), people::name)).load(conn))?)
}

/// Appends a version; `Taken` when its number is there already.
pub fn append(tx: &mut Tx, row: &EditRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(letter_edits::table).values(row)).execute(conn))?;
    Ok(())
}

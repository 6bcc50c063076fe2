//! Issued documents: the facts a PDF is rendered from, and the hash of its bytes once rendered.

use super::{Conn, StoreError, Tx, one, schema::documents};
use crate::domain::{ids::DocumentId, letters::LetterKind, time::Moment};
use diesel::prelude::*;

/// An issued document. `facts` is the JSON of its letter; `sha256` and `size` (bytes) are known once it is rendered. When
/// its application was erased a receipt has no facts and no bytes left: only what its check page says.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = documents, treat_none_as_default_value = false)]
pub struct DocumentRow {
    pub id: DocumentId,
    pub kind: LetterKind,
    pub subject_id: String,
    pub reference: String,
    pub title: String,
    pub check_code: String,
    pub facts: String,
    pub sha256: Option<String>,
    pub size: Option<i64>,
    pub issued_at: Moment,
    pub transition_seq: i64,
}

/// Records an issued document.
pub fn insert(tx: &mut Tx, row: &DocumentRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(documents::table).values(row)).execute(conn))?;
    Ok(())
}

/// One document that can still be read.
pub fn find(conn: &mut Conn, id: DocumentId) -> Result<DocumentRow, StoreError> {
    let row = documents::table.find(id).filter(documents::facts.ne(""));
    Ok(on!(conn, |conn| fixed!(row.select(DocumentRow::as_select())).get_result(conn))?)
}

/// The document that carries this code on paper.
pub fn by_check_code(conn: &mut Conn, code: &str) -> Result<DocumentRow, StoreError> {
    let row = documents::table.filter(documents::check_code.eq(code));
    Ok(on!(conn, |conn| fixed!(row.select(DocumentRow::as_select())).get_result(conn))?)
}

/// The document with this reference, if it can still be read.
pub fn by_reference(conn: &mut Conn, reference: &str) -> Result<DocumentRow, StoreError> {
    let rows = documents::table.filter(documents::reference.eq(reference)).filter(documents::facts.ne(""));
    Ok(on!(conn, |conn| rows.select(DocumentRow::as_select()).first(conn))?)
}

/// Whether a document has this reference.
pub fn is_taken(conn: &mut Conn, reference: &str) -> Result<bool, StoreError> {
    let known = documents::table.filter(documents::reference.eq(reference)).select(documents::id);
    Ok(on!(conn, |conn| known.first::<DocumentId>(conn)).optional()?.is_some())
}

/// The documents issued about one object that can still be read, oldest first.
pub fn of_subject(conn: &mut Conn, subject_id: &str) -> Result<Vec<DocumentRow>, StoreError> {
    let rows = documents::table.filter(documents::subject_id.eq(subject_id)).filter(documents::facts.ne(""));
    Ok(on!(conn, |conn| rows.order((documents::issued_at, documents::id)).select(DocumentRow::as_select()).load(conn))?)
}

/// The documents issued about several objects that can still be read, newest first.
pub fn of_subjects(conn: &mut Conn, subject_ids: &[String]) -> Result<Vec<DocumentRow>, StoreError> {
    let rows = documents::table.filter(documents::subject_id.eq_any(subject_ids)).filter(documents::facts.ne(""));
    let rows = rows.order((documents::issued_at.desc(), documents::id.desc()));
    Ok(on!(conn, |conn| rows.select(DocumentRow::as_select()).load(conn))?)
}

/// Documents after `id` that wait to be rendered, oldest first.
pub fn unrendered(conn: &mut Conn, id: Option<DocumentId>, limit: i64) -> Result<Vec<DocumentRow>, StoreError> {
    let rows = documents::table.filter(documents::sha256.is_null()).filter(documents::facts.ne(""));
    let rows = rows.order(documents::id).limit(limit);
    let mut rows = rows.select(DocumentRow::as_select()).into_boxed();
    if let Some(id) = id {
        rows = rows.filter(documents::id.gt(id));
    }
    Ok(rows.load(conn)?)
}

/// Documents after `id` that can still be read, in the order of their identifiers.
pub fn after(conn: &mut Conn, id: Option<DocumentId>, limit: i64) -> Result<Vec<DocumentRow>, StoreError> {
    let query = documents::table.filter(documents::facts.ne("")).order(documents::id).limit(limit);
    let query = query.select(DocumentRow::as_select()).into_boxed();
    let query = match id {
        Some(id) => query.filter(documents::id.gt(id)),
        None => query,
    };
    Ok(query.load(conn)?)
}

/// Records the rendered bytes; a document is rendered once.
pub fn set_rendered(tx: &mut Tx, id: DocumentId, sha256: &str, size: i64) -> Result<(), StoreError> {
    let row = documents::table.find(id).filter(documents::sha256.is_null());
    one(on!(tx.conn(), |conn| fixed!(
        diesel::update(row).set((documents::sha256.eq(sha256), documents::size.eq(size)))
    )
    .execute(conn))?)
}

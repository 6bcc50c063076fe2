//! What both sides are to sign, and the signatures given.

use super::{
    Conn, StoreError, Tx, one,
    schema::{paper_signatures, signing_papers},
};
use crate::domain::{
    ids::{AmendmentId, AttachmentId, DocumentId, GrantId, PersonId},
    signing::{SigningSide, SigningWay},
    time::Moment,
};
use chrono::NaiveDate;
use diesel::{dsl::sql, prelude::*, sql_types::Bool};

/// A document both sides are to sign: an agreement, or an amendment to it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_papers, treat_none_as_default_value = false)]
pub struct PaperRow {
    pub document_id: DocumentId,
    pub grant_id: GrantId,
    pub amendment_id: Option<AmendmentId>,
    pub sign_by: NaiveDate,
    /// Since when another version, or a refusal, stands in its place.
    pub replaced_at: Option<Moment>,
}

/// One signature; it is given once and never changes. `digest` is over the facts of the document that was signed,
/// `scan_sha256` over the copy signed on paper.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = paper_signatures, treat_none_as_default_value = false)]
pub struct SignatureRow {
    pub document_id: DocumentId,
    pub side: SigningSide,
    pub person_id: PersonId,
    pub name: String,
    pub masked_address: String,
    pub way: SigningWay,
    pub session: String,
    pub digest: String,
    pub attachment_id: Option<AttachmentId>,
    pub scan_sha256: Option<String>,
    pub signed_at: Moment,
    /// Who signed by hand, and on which day, where somebody else deposited the copy.
    pub signed_by: Option<String>,
    pub signed_on: Option<NaiveDate>,
}

/// Whether a side has still to sign a paper.
const IS_UNSIGNED: &str =
    "((SELECT COUNT(*) FROM paper_signatures q WHERE q.document_id = signing_papers.document_id) < 2)";

/// Records what is to be signed.
pub fn insert_paper(tx: &mut Tx, row: &PaperRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(signing_papers::table).values(row)).execute(conn))?;
    Ok(())
}

/// The papers of a grant that nothing has replaced, oldest first.
pub fn papers_of(conn: &mut Conn, id: GrantId) -> Result<Vec<PaperRow>, StoreError> {
    let rows = signing_papers::table.filter(signing_papers::grant_id.eq(id));
    let rows = rows.filter(signing_papers::replaced_at.is_null()).order(signing_papers::document_id);
    Ok(on!(conn, |conn| rows.select(PaperRow::as_select()).load(conn))?)
}

/// Those of these grants that have a paper both should have signed before `today`, with the day it was expected.
pub fn late_of(conn: &mut Conn, ids: &[GrantId], today: NaiveDate) -> Result<Vec<(GrantId, NaiveDate)>, StoreError> {
    let rows = signing_papers::table.filter(signing_papers::grant_id.eq_any(ids));
    let rows = rows.filter(signing_papers::replaced_at.is_null()).filter(signing_papers::sign_by.lt(today));
    let rows = rows.filter(sql::<Bool>(IS_UNSIGNED)).order((signing_papers::sign_by, signing_papers::document_id));
    Ok(on!(conn, |conn| rows.select((signing_papers::grant_id, signing_papers::sign_by)).load(conn))?)
}

/// Puts a paper aside: it is not signed any more.
pub fn replace_paper(tx: &mut Tx, id: DocumentId, now: Moment) -> Result<(), StoreError> {
    let row = signing_papers::table.find(id).filter(signing_papers::replaced_at.is_null());
    one(on!(tx.conn(), |conn| fixed!(diesel::update(row).set(signing_papers::replaced_at.eq(now))).execute(conn))?)
}

/// The signatures under these papers.
pub fn signatures_under(conn: &mut Conn, ids: &[DocumentId]) -> Result<Vec<SignatureRow>, StoreError> {
    let rows = paper_signatures::table.filter(paper_signatures::document_id.eq_any(ids));
    let rows = rows.order((paper_signatures::document_id, paper_signatures::side));
    Ok(on!(conn, |conn| rows.select(SignatureRow::as_select()).load(conn))?)
}

/// Records a signature.
pub fn insert_signature(tx: &mut Tx, row: &SignatureRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(paper_signatures::table).values(row)).execute(conn))?;
    Ok(())
}

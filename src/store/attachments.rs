//! Attachments: which file belongs to what. The bytes are in [`super::files`].

use super::{
    Conn, StoreError, Tx, one,
    schema::{attachments, bank_accounts},
};
use crate::domain::{
    attachments::AttachmentOwner,
    ids::{AttachmentId, BankAccountId, OrganisationId, PersonId},
    time::Moment,
};
use diesel::prelude::*;

/// A file somebody attached. `document_code` says which document of the list it is; `size` is in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = attachments, treat_none_as_default_value = false)]
pub struct AttachmentRow {
    pub id: AttachmentId,
    pub owner_kind: AttachmentOwner,
    pub owner_id: String,
    pub document_code: String,
    pub file_name: String,
    pub content_type: String,
    pub size: i64,
    pub sha256: String,
    pub uploaded_by: PersonId,
    pub uploaded_at: Moment,
    pub removed_at: Option<Moment>,
}

/// One attachment that has not been removed.
pub fn find(conn: &mut Conn, id: AttachmentId) -> Result<AttachmentRow, StoreError> {
    let row = attachments::table.find(id).filter(attachments::removed_at.is_null());
    Ok(on!(conn, |conn| row.select(AttachmentRow::as_select()).first(conn))?)
}

/// One attachment, even when it has been removed.
pub fn find_kept(conn: &mut Conn, id: AttachmentId) -> Result<AttachmentRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(attachments::table.find(id).select(AttachmentRow::as_select())).get_result(conn))?)
}

/// The files with these bytes that are attached to something.
pub fn of_bytes(conn: &mut Conn, sha256: &str) -> Result<Vec<AttachmentRow>, StoreError> {
    let rows = attachments::table.filter(attachments::sha256.eq(sha256)).filter(attachments::removed_at.is_null());
    let rows = rows.order(attachments::id);
    Ok(on!(conn, |conn| rows.select(AttachmentRow::as_select()).load(conn))?)
}

/// Everything ever attached to one object, by document and date.
pub fn ever_of_owner(conn: &mut Conn, owner_id: &str) -> Result<Vec<AttachmentRow>, StoreError> {
    let rows = attachments::table.filter(attachments::owner_id.eq(owner_id));
    let rows = rows.order((attachments::document_code, attachments::uploaded_at, attachments::id));
    Ok(on!(conn, |conn| rows.select(AttachmentRow::as_select()).load(conn))?)
}

/// What is attached to one object, by document and date.
pub fn of_owner(conn: &mut Conn, owner_id: &str) -> Result<Vec<AttachmentRow>, StoreError> {
    let rows = attachments::table.filter(attachments::owner_id.eq(owner_id)).filter(attachments::removed_at.is_null());
    let rows = rows.order((attachments::document_code, attachments::uploaded_at, attachments::id));
    Ok(on!(conn, |conn| rows.select(AttachmentRow::as_select()).load(conn))?)
}

/// What is attached to these objects, by date.
pub fn of_owners(conn: &mut Conn, owners: &[String]) -> Result<Vec<AttachmentRow>, StoreError> {
    let rows =
        attachments::table.filter(attachments::owner_id.eq_any(owners)).filter(attachments::removed_at.is_null());
    let rows = rows.order((attachments::uploaded_at, attachments::document_code, attachments::id));
    Ok(on!(conn, |conn| rows.select(AttachmentRow::as_select()).load(conn))?)
}

/// Adds an attachment.
pub fn insert(tx: &mut Tx, row: &AttachmentRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(attachments::table).values(row)).execute(conn))?;
    Ok(())
}

/// Takes one attachment away; its row stays.
pub fn remove(tx: &mut Tx, id: AttachmentId, now: Moment) -> Result<(), StoreError> {
    let row = attachments::table.find(id).filter(attachments::removed_at.is_null());
    one(on!(tx.conn(), |conn| fixed!(diesel::update(row).set(attachments::removed_at.eq(now))).execute(conn))?)
}

/// Takes away what was attached as this document.
pub fn remove_document(tx: &mut Tx, owner_id: &str, document_code: &str, now: Moment) -> Result<usize, StoreError> {
    let rows = attachments::table
        .filter(attachments::owner_id.eq(owner_id))
        .filter(attachments::document_code.eq(document_code))
        .filter(attachments::removed_at.is_null());
    Ok(on!(tx.conn(), |conn| fixed!(diesel::update(rows).set(attachments::removed_at.eq(now))).execute(conn))?)
}

/// The same for what one person sent.
pub fn remove_document_of(
    tx: &mut Tx,
    (owner_id, document_code): (&str, &str),
    by: PersonId,
    now: Moment,
) -> Result<usize, StoreError> {
    let rows = attachments::table
        .filter(attachments::owner_id.eq(owner_id))
        .filter(attachments::document_code.eq(document_code))
        .filter(attachments::uploaded_by.eq(by))
        .filter(attachments::removed_at.is_null());
    Ok(on!(tx.conn(), |conn| fixed!(diesel::update(rows).set(attachments::removed_at.eq(now))).execute(conn))?)
}

/// The organisation whose bank account this is.
pub fn organisation_of_bank_account(conn: &mut Conn, id: BankAccountId) -> Result<OrganisationId, StoreError> {
    Ok(on!(conn, |conn| bank_accounts::table.find(id).select(bank_accounts::organisation_id).first(conn))?)
}

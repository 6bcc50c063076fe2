//! The papers of an organisation's vault: attachments of the organisation itself, with the day they end.

use super::{
    Conn, StoreError, Tx,
    attachments::AttachmentRow,
    schema::{attachments, vault_papers},
};
use crate::domain::ids::{AttachmentId, OrganisationId};
use chrono::NaiveDate;
use diesel::prelude::*;

/// What the vault adds to an attachment: whose it is, and the last day on which it is valid.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = vault_papers, treat_none_as_default_value = false)]
pub struct PaperRow {
    pub attachment_id: AttachmentId,
    pub organisation_id: OrganisationId,
    pub expires_on: Option<NaiveDate>,
}

/// The papers these organisations keep, by code.
pub fn of_organisations(conn: &mut Conn, ids: &[OrganisationId]) -> Result<Vec<(AttachmentRow, PaperRow)>, StoreError> {
    let rows = attachments::table
        .inner_join(vault_papers::table)
        .filter(vault_papers::organisation_id.eq_any(ids))
        .filter(attachments::removed_at.is_null())
        .order((attachments::document_code, attachments::id));
    Ok(on!(conn, |conn| rows.select((AttachmentRow::as_select(), PaperRow::as_select())).load(conn))?)
}

/// Notes whose paper an attachment is, and until when it is valid.
pub fn insert(tx: &mut Tx, row: &PaperRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(vault_papers::table).values(row)).execute(conn))?;
    Ok(())
}

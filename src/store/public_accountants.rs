//! Why accounts in another name than their organisation's are its own: a public accountant (comptable public) holds them.
//! One row each time such an account is verified, never edited.

use super::{Conn, StoreError, Tx, schema::public_accountants};
use crate::domain::{
    ids::{BankAccountId, PersonId},
    organisations::LegalForm,
    time::Moment,
};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// What whoever verified an account, which then had this version, wrote about its holder.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = public_accountants)]
pub struct PublicAccountantRow {
    pub bank_account_id: BankAccountId,
    pub account_version: i32,
    /// What the organisation then was.
    pub legal_form: LegalForm,
    /// Who the holder is, and by what paper one knows.
    pub reason: String,
    pub written_by: PersonId,
    pub written_at: Moment,
}

/// Adds what was written.
pub fn insert(tx: &mut Tx, row: &PublicAccountantRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(public_accountants::table).values(row)).execute(conn))?;
    Ok(())
}

/// What was written last of each of these accounts, where anything was.
pub fn latest_of(
    conn: &mut Conn,
    ids: &[BankAccountId],
) -> Result<BTreeMap<BankAccountId, PublicAccountantRow>, StoreError> {
    let rows = public_accountants::table.filter(public_accountants::bank_account_id.eq_any(ids));
    let rows = rows.order((public_accountants::bank_account_id, public_accountants::account_version));
    let rows: Vec<PublicAccountantRow> = on!(conn, |conn| rows.select(PublicAccountantRow::as_select()).load(conn))?;
    Ok(rows.into_iter().map(|row| (row.bank_account_id, row)).collect())
}

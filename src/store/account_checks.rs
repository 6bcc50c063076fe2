//! How bank accounts were verified: one row each time.

use super::{Conn, StoreError, Tx, schema::account_checks};
use crate::domain::{
    account_checks::{Confirmation, PayeeAnswer},
    ids::{BankAccountId, PersonId},
    time::Moment,
};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// What was noted when an account, which then had this version, was verified.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = account_checks)]
pub struct AccountCheckRow {
    pub bank_account_id: BankAccountId,
    pub account_version: i32,
    pub answer: PayeeAnswer,
    /// The name the bank gave; empty when it gave none.
    pub name_given: String,
    pub confirmation: Confirmation,
    /// Why the account is right all the same; often empty.
    pub reason: String,
    pub checked_by: PersonId,
    pub checked_at: Moment,
}

/// Adds what was noted.
pub fn insert(tx: &mut Tx, row: &AccountCheckRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(account_checks::table).values(row)).execute(conn))?;
    Ok(())
}

/// How each of these accounts was verified last, where it was.
pub fn latest_of(
    conn: &mut Conn,
    ids: &[BankAccountId],
) -> Result<BTreeMap<BankAccountId, AccountCheckRow>, StoreError> {
    let rows = account_checks::table.filter(account_checks::bank_account_id.eq_any(ids));
    let rows = rows.order((account_checks::bank_account_id, account_checks::account_version));
    let rows: Vec<AccountCheckRow> = on!(conn, |conn| rows.select(AccountCheckRow::as_select()).load(conn))?;
    Ok(rows.into_iter().map(|row| (row.bank_account_id, row)).collect())
}

//! Accounting entries as they left for the accountant, and the movements that have not left yet.

use super::{
    Conn, StoreError, Tx,
    journal::TransferRow,
    schema::{accounting_entries, accounting_exports, accounts, funding_sources, grants, transfers},
};
use crate::domain::{
    ids::{AccountId, AccountingExportId, CallId, FunderId, OrganisationId, PersonId},
    journal::TransferKind,
    money::Euros,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Nullable},
};

/// One file: its period in Paris days, both included, its entries by their numbers, and the digest of its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = accounting_exports, treat_none_as_default_value = false)]
pub struct AccountingExportRow {
    pub id: AccountingExportId,
    pub number: i32,
    pub file_name: String,
    pub from_on: NaiveDate,
    pub until_on: NaiveDate,
    pub first_entry: i64,
    pub entry_count: i64,
    /// What the debits add up to, and so the credits.
    pub total_cents: Euros,
    pub sha256: String,
    /// Nobody when it was made by the command line.
    pub made_by: Option<PersonId>,
    pub made_at: Moment,
}

/// One entry, made of one movement.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = accounting_entries)]
pub struct AccountingEntryRow {
    pub number: i64,
    pub export_id: AccountingExportId,
    pub transfer_seq: i64,
    pub journal_code: String,
    pub journal_label: String,
    pub entry_on: NaiveDate,
    pub piece: String,
    pub piece_on: NaiveDate,
    pub label: String,
    pub amount_cents: Euros,
    pub debit_account: String,
    pub debit_label: String,
    pub credit_account: String,
    pub credit_label: String,
    pub third_account: String,
    pub third_number: String,
    pub third_name: String,
}

/// Every export, the newest first.
pub fn exports(conn: &mut Conn) -> Result<Vec<AccountingExportRow>, StoreError> {
    let rows = accounting_exports::table.order(accounting_exports::number.desc());
    Ok(on!(conn, |conn| rows.select(AccountingExportRow::as_select()).load(conn))?)
}

/// One export.
pub fn find(conn: &mut Conn, id: AccountingExportId) -> Result<AccountingExportRow, StoreError> {
    let row = accounting_exports::table.find(id);
    Ok(on!(conn, |conn| row.select(AccountingExportRow::as_select()).first(conn))?)
}

/// The last export, by number.
pub fn last(conn: &mut Conn) -> Result<Option<AccountingExportRow>, StoreError> {
    let row = accounting_exports::table.order(accounting_exports::number.desc());
    Ok(on!(conn, |conn| row.select(AccountingExportRow::as_select()).first(conn)).optional()?)
}

/// Records an export.
pub fn insert_export(tx: &mut Tx, row: &AccountingExportRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(accounting_exports::table).values(row)).execute(conn))?;
    Ok(())
}

/// Records an entry; `Taken` when its movement is one already.
pub fn insert_entry(tx: &mut Tx, row: &AccountingEntryRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(accounting_entries::table).values(row)).execute(conn))?;
    Ok(())
}

/// The entries of an export after `after`, by number.
pub fn entries(
    conn: &mut Conn,
    id: AccountingExportId,
    after: i64,
    limit: i64,
) -> Result<Vec<AccountingEntryRow>, StoreError> {
    let rows = accounting_entries::table.filter(accounting_entries::export_id.eq(id));
    let rows = rows.filter(accounting_entries::number.gt(after)).order(accounting_entries::number).limit(limit);
    Ok(on!(conn, |conn| rows.select(AccountingEntryRow::as_select()).load(conn))?)
}

/// The exports with an entry of a movement that touches one of these accounts.
pub fn touching(conn: &mut Conn, hidden: &[AccountId]) -> Result<Vec<AccountingExportId>, StoreError> {
    let rows = accounting_entries::table.inner_join(transfers::table);
    let rows = rows.filter(transfers::from_account.eq_any(hidden).or(transfers::to_account.eq_any(hidden)));
    Ok(on!(conn, |conn| rows.select(accounting_entries::export_id).distinct().load(conn))?)
}

/// Which movements wait to be entered.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub kinds: &'a [TransferKind],
    /// Before this moment.
    pub until: Moment,
    /// Not those that touch one of these accounts.
    pub hidden: &'a [AccountId],
    /// Nor those of the grants of these calls.
    pub quiet: &'a [CallId],
}

/// The movements that are wanted and no entries yet.
macro_rules! pending {
    ($wanted:expr) => {{
        let quiet = || {
            let of_grants = accounts::table.filter(accounts::grant_id.is_not_null());
            of_grants.filter(accounts::call_id.eq_any($wanted.quiet)).select(accounts::id)
        };
        transfers::table
            .filter(transfers::kind.eq_any($wanted.kinds))
            .filter(transfers::at.lt($wanted.until))
            .filter(transfers::from_account.ne_all($wanted.hidden).and(transfers::to_account.ne_all($wanted.hidden)))
            .filter(transfers::from_account.ne_all(quiet()).and(transfers::to_account.ne_all(quiet())))
            .filter(transfers::seq.ne_all(accounting_entries::table.select(accounting_entries::transfer_seq)))
    }};
}

/// How many of the wanted movements of each kind are no entries yet, and what they add up to.
pub fn pending_totals(conn: &mut Conn, wanted: Wanted<'_>) -> Result<Vec<(TransferKind, i64, Euros)>, StoreError> {
    let rows = pending!(wanted).group_by(transfers::kind);
    let sum = sql::<Nullable<BigInt>>("CAST(SUM(amount_cents) AS BIGINT)");
    let count = sql::<BigInt>("CAST(COUNT(*) AS BIGINT)");
    let found: Vec<(TransferKind, i64, Option<i64>)> =
        on!(conn, |conn| rows.select((transfers::kind, count, sum)).load(conn))?;
    let total = |(kind, count, cents): (_, _, Option<i64>)| (kind, count, Euros::from_cents(cents.unwrap_or_default()));
    Ok(found.into_iter().map(total).collect())
}

/// The wanted movements that are no entries yet, after `after`, oldest number first.
pub fn pending(
    conn: &mut Conn,
    wanted: Wanted<'_>,
    (after, limit): (i64, i64),
) -> Result<Vec<TransferRow>, StoreError> {
    let rows = pending!(wanted).filter(transfers::seq.gt(after)).order(transfers::seq).limit(limit);
    Ok(on!(conn, |conn| rows.select(TransferRow::as_select()).load(conn))?)
}

/// Whose an account is: the convention and its funder, the call, the grant and its organisation.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct OwnerLine {
    pub account: AccountId,
    pub source: String,
    pub funder: FunderId,
    pub call: Option<CallId>,
    pub grant: Option<String>,
    pub organisation: Option<OrganisationId>,
}

/// Whose these accounts are.
pub fn owners(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<OwnerLine>, StoreError> {
    let rows = accounts::table.inner_join(funding_sources::table).left_join(grants::table);
    let rows = rows.filter(accounts::id.eq_any(ids));
    let columns = (
        accounts::id,
        funding_sources::reference,
        funding_sources::funder_id,
        accounts::call_id,
        grants::reference.nullable(),
        grants::organisation_id.nullable(),
    );
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

//! Bank statements: imports, their lines, what confirmed lines did; all append-only. And the columns of each bank's table.

use super::{
    Conn, StoreError, Tx, kept, one,
    schema::{
        bank_accounts, instalment_lines, statement_effects, statement_imports, statement_lines, statement_mappings,
    },
};
use crate::domain::{
    identity::IbanMark,
    ids::{BankAccountId, DisbursementId, PayerAccountId, PersonId, RecoveryId, StatementImportId, StatementLineId},
    money::Euros,
    statements::{Doing, StatementFormat, StatementSide, matching::Echo},
    time::Moment,
};
use chrono::NaiveDate;
use diesel::{dsl::exists, prelude::*};

/// One file that brought new lines. `line_count` is what the file holds, of which `known_count` were there before.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = statement_imports)]
pub struct StatementImportRow {
    pub id: StatementImportId,
    pub payer_account_id: PayerAccountId,
    /// Of the text of the file.
    pub sha256: String,
    pub format: StatementFormat,
    pub file_name: String,
    /// How the bank calls the statement; empty when it does not.
    pub reference: String,
    pub from_on: NaiveDate,
    pub until_on: NaiveDate,
    pub line_count: i32,
    pub known_count: i32,
    pub imported_by: PersonId,
    pub imported_at: Moment,
}

/// One line. `line_key` tells it apart from every other line of the account; `bank_account_id` is an account of this
/// number that the house knew when the line came.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = statement_lines, treat_none_as_default_value = false)]
pub struct StatementLineRow {
    pub id: StatementLineId,
    pub import_id: StatementImportId,
    pub payer_account_id: PayerAccountId,
    pub position: i32,
    pub line_key: String,
    /// Whether the same line stands higher in the same file.
    pub is_double: bool,
    pub booked_on: NaiveDate,
    pub side: StatementSide,
    pub amount_cents: Euros,
    pub currency: String,
    pub end_to_end_id: Option<String>,
    pub batch_id: Option<String>,
    pub bank_reference: Option<String>,
    pub counterpart: String,
    /// The number on the other side, never whole.
    pub masked_account: String,
    pub bank_account_id: Option<BankAccountId>,
    pub label: String,
    pub return_reason: Option<String>,
}

/// What a confirmed line did to one payment or debt, named by `subject_id` too.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = statement_effects, treat_none_as_default_value = false)]
pub struct StatementEffectRow {
    pub line_id: StatementLineId,
    pub subject_id: String,
    pub doing: Doing,
    pub disbursement_id: Option<DisbursementId>,
    pub recovery_id: Option<RecoveryId>,
    pub amount_cents: Euros,
    pub done_by: PersonId,
    pub done_at: Moment,
}

/// The columns of a bank's table, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = statement_mappings)]
pub struct StatementMappingRow {
    pub payer_account_id: PayerAccountId,
    pub mapping: String,
    pub kept_by: PersonId,
    pub kept_at: Moment,
}

/// Records an import.
pub fn insert_import(tx: &mut Tx, row: &StatementImportRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::insert_into(statement_imports::table).values(row).execute(conn))?;
    Ok(())
}

/// Records a line.
pub fn insert_line(tx: &mut Tx, row: &StatementLineRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::insert_into(statement_lines::table).values(row).execute(conn))?;
    Ok(())
}

/// Records what a line did.
pub fn insert_effect(tx: &mut Tx, row: &StatementEffectRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::insert_into(statement_effects::table).values(row).execute(conn))?;
    Ok(())
}

/// One import.
pub fn find(conn: &mut Conn, id: StatementImportId) -> Result<StatementImportRow, StoreError> {
    Ok(on!(conn, |conn| statement_imports::table.find(id).select(StatementImportRow::as_select()).first(conn))?)
}

/// The import of exactly this file for an account.
pub fn of_file(conn: &mut Conn, payer: PayerAccountId, sha256: &str) -> Result<Option<StatementImportId>, StoreError> {
    let rows = statement_imports::table.filter(statement_imports::payer_account_id.eq(payer));
    let rows = rows.filter(statement_imports::sha256.eq(sha256)).select(statement_imports::id);
    Ok(on!(conn, |conn| rows.first(conn)).optional()?)
}

/// The import that brought a line of an account.
pub fn of_key(conn: &mut Conn, payer: PayerAccountId, key: &str) -> Result<Option<StatementImportId>, StoreError> {
    let rows = statement_lines::table.filter(statement_lines::payer_account_id.eq(payer));
    let rows = rows.filter(statement_lines::line_key.eq(key)).select(statement_lines::import_id);
    Ok(on!(conn, |conn| rows.first(conn)).optional()?)
}

/// The imports before `key`, newest first.
pub fn page(
    conn: &mut Conn,
    key: Option<StatementImportId>,
    limit: i64,
) -> Result<Vec<StatementImportRow>, StoreError> {
    let query = statement_imports::table.order(statement_imports::id.desc()).limit(limit);
    let mut query = query.select(StatementImportRow::as_select()).into_boxed();
    if let Some(key) = key {
        query = query.filter(statement_imports::id.lt(key));
    }
    Ok(query.load(conn)?)
}

/// The lines of these imports, those of each in the order of its file.
pub fn lines(conn: &mut Conn, imports: &[StatementImportId]) -> Result<Vec<StatementLineRow>, StoreError> {
    let rows = statement_lines::table.filter(statement_lines::import_id.eq_any(imports));
    let rows = rows.order((statement_lines::import_id, statement_lines::position));
    Ok(on!(conn, |conn| rows.select(StatementLineRow::as_select()).load(conn))?)
}

/// Which of these keys an account has lines for.
pub fn known_keys(conn: &mut Conn, payer: PayerAccountId, keys: &[String]) -> Result<Vec<String>, StoreError> {
    let rows = statement_lines::table.filter(statement_lines::payer_account_id.eq(payer));
    let rows = rows.filter(statement_lines::line_key.eq_any(keys)).select(statement_lines::line_key);
    Ok(on!(conn, |conn| rows.load(conn))?)
}

/// What the lines of these imports did.
pub fn effects(conn: &mut Conn, imports: &[StatementImportId]) -> Result<Vec<StatementEffectRow>, StoreError> {
    let rows = statement_effects::table.inner_join(statement_lines::table);
    let rows = rows.filter(statement_lines::import_id.eq_any(imports)).order(statement_effects::subject_id);
    Ok(on!(conn, |conn| rows.select(StatementEffectRow::as_select()).load(conn))?)
}

/// The lines of these imports that were confirmed, each once.
pub fn confirmed(
    conn: &mut Conn,
    imports: &[StatementImportId],
) -> Result<Vec<(StatementImportId, StatementLineId)>, StoreError> {
    let rows = statement_effects::table.inner_join(statement_lines::table);
    let rows = rows.filter(statement_lines::import_id.eq_any(imports));
    let rows = rows.select((statement_lines::import_id, statement_effects::line_id)).distinct();
    Ok(on!(conn, |conn| rows.load(conn))?)
}

/// The imports whose lines acted on a payment or a debt, with the day of the line, oldest first.
pub fn of_subject(conn: &mut Conn, subject: &str) -> Result<Vec<(StatementImportId, NaiveDate)>, StoreError> {
    let rows = statement_effects::table.inner_join(statement_lines::table);
    let rows = rows.filter(statement_effects::subject_id.eq(subject)).order(statement_lines::id);
    Ok(on!(conn, |conn| rows.select((statement_lines::import_id, statement_lines::booked_on)).load(conn))?)
}

/// A line that was confirmed, by its import and by what it told.
pub type ConfirmedLine = (StatementImportId, Echo);

/// Import, day, side, amount and mark of the account on the other side.
type EchoLine = (StatementImportId, NaiveDate, StatementSide, Euros, Option<IbanMark>);

/// What a line told.
fn echo((import, booked_on, side, amount, account): EchoLine) -> ConfirmedLine {
    (import, Echo { booked_on, side, amount, account })
}

/// The lines of an account between two days that acted on payments or debts, or brought an instalment: each once.
pub fn confirmed_between(
    conn: &mut Conn,
    payer: PayerAccountId,
    (from, until): (NaiveDate, NaiveDate),
) -> Result<Vec<ConfirmedLine>, StoreError> {
    let acted = statement_effects::table.filter(statement_effects::line_id.eq(statement_lines::id));
    let brought = instalment_lines::table.filter(instalment_lines::line_id.eq(statement_lines::id));
    let rows = statement_lines::table.left_join(bank_accounts::table).filter(exists(acted).or(exists(brought)));
    let rows = rows.filter(statement_lines::payer_account_id.eq(payer));
    let rows = rows.filter(statement_lines::booked_on.ge(from)).filter(statement_lines::booked_on.le(until));
    let columns = (
        statement_lines::import_id,
        statement_lines::booked_on,
        statement_lines::side,
        statement_lines::amount_cents,
        bank_accounts::iban_mark.nullable(),
    );
    let found: Vec<EchoLine> = on!(conn, |conn| rows.select(columns).load(conn))?;
    Ok(found.into_iter().map(echo).collect())
}

/// The columns kept for an account.
pub fn mapping(conn: &mut Conn, payer: PayerAccountId) -> Result<Option<StatementMappingRow>, StoreError> {
    let row = statement_mappings::table.find(payer);
    Ok(on!(conn, |conn| row.select(StatementMappingRow::as_select()).first(conn)).optional()?)
}

/// Keeps the columns of an account in place of earlier ones.
pub fn keep_mapping(tx: &mut Tx, row: &StatementMappingRow) -> Result<(), StoreError> {
    if mapping(tx.conn(), row.payer_account_id)?.is_none() {
        on!(tx.conn(), |conn| diesel::insert_into(statement_mappings::table).values(row).execute(conn))?;
        return Ok(());
    }
    let changes = (
        statement_mappings::mapping.eq(&row.mapping),
        statement_mappings::kept_by.eq(row.kept_by),
        statement_mappings::kept_at.eq(row.kept_at),
    );
    let old = statement_mappings::table.find(row.payer_account_id);
    one(on!(tx.conn(), |conn| kept(diesel::update(old).set(changes)).execute(conn))?)
}

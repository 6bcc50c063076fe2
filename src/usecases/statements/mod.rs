//! Bank statements: a file comes in once, its lines are matched with what is awaited, somebody confirms them.

mod confirming;
mod hiding;
mod readings;

pub use confirming::{Chosen, Confirmed, confirm, mark, sure};
pub use readings::{Reading, Waiting, read, waiting, waiting_in_all};

use super::{Actor, FieldError, Outcome, UseCaseError, access};
use crate::{
    domain::{
        identity::{Iban, IbanMark, masked_account, without_accounts},
        ids::{BankAccountId, DisbursementId, InstalmentId, PayerAccountId, StatementImportId, StatementLineId},
        roles::Role,
        statements::{Mapping, Statement, StatementFormat, StatementLine},
        text::cut,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, bank_accounts as accounts,
        digests::sha256,
        instalment_lines,
        payment_runs::{self, PayerAccountRow},
        people,
        statements::{self, StatementImportRow, StatementLineRow, StatementMappingRow},
    },
};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// Who reads statements.
const READERS: [Role; 3] = [Role::Finance, Role::Director, Role::Auditor];
/// Values asked about at once.
const AT_ONCE: usize = 500;
/// Most characters of a label and of a name that are kept.
const LONGEST: usize = 300;

/// A file that has been read and wants in.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The account chosen on the page; a message names its own.
    pub payer: Option<PayerAccountId>,
    pub file_name: String,
    /// Of its text.
    pub sha256: String,
    pub format: StatementFormat,
    pub statement: Statement,
    /// Which column of a table says what, to be kept for the account.
    pub mapping: Option<Mapping>,
}

/// Where a file's lines are, and how many of them it brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrived {
    pub id: StatementImportId,
    pub new: usize,
    pub known: usize,
}

/// Takes in the lines that the account does not have yet. A file without any changes nothing and leads to the import
/// that brought its first line.
pub fn import(tx: &mut Tx, actor: &Actor, arrival: &Arrival, now: Moment) -> Outcome<Arrived> {
    access::require(actor, &[Role::Finance])?;
    let payer = payer_of(tx, arrival)?.id;
    if let Some(mapping) = &arrival.mapping {
        keep_mapping(tx, actor, payer, mapping, now)?;
    }
    let lines = &arrival.statement.lines;
    if let Some(id) = statements::of_file(tx.conn(), payer, &arrival.sha256)? {
        return Ok(Arrived { id, new: 0, known: lines.len() });
    }
    let keyed = keyed(lines);
    let Some((first, ..)) = keyed.first() else {
        let empty = FieldError::new("fichier", "Ce relevé ne contient aucune opération.");
        return Err(UseCaseError::Invalid(vec![empty]));
    };
    let known = known(tx.conn(), payer, &keyed)?;
    if keyed.iter().all(|(key, ..)| known.contains(key)) {
        let id = statements::of_key(tx.conn(), payer, first)?.ok_or(StoreError::NotFound)?;
        return Ok(Arrived { id, new: 0, known: keyed.len() });
    }
    let accounts = known_accounts(tx, lines)?;
    let row = import_row(tx, actor, arrival, payer, now)?;
    let fresh: Vec<_> = keyed.iter().enumerate().filter(|(_, (key, ..))| !known.contains(key)).collect();
    let known_count = keyed.len() - fresh.len();
    statements::insert_import(tx, &StatementImportRow { known_count: known_count as i32, ..row.clone() })?;
    for (place, (key, is_double, line)) in &fresh {
        let account = mark_of(tx, line)?.and_then(|mark| accounts.get(&mark).copied());
        let id = tx.mint(now)?;
        statements::insert_line(
            tx,
            &line_row((id, &row), (*place as i32 + 1, key.as_str(), *is_double), line, account),
        )?;
    }
    Ok(Arrived { id: row.id, new: fresh.len(), known: known_count })
}

/// The account of a statement, which must be one that runs may be paid from.
fn payer_of(tx: &mut Tx, arrival: &Arrival) -> Outcome<PayerAccountRow> {
    let refused = |field: &str, sentence: String| UseCaseError::Invalid(vec![FieldError::new(field, sentence)]);
    let payers = payment_runs::payers(tx.conn())?;
    let Some(iban) = &arrival.statement.iban else {
        let chosen = payers.into_iter().find(|row| Some(row.id) == arrival.payer);
        return chosen.ok_or_else(|| refused("compte", "Choisissez le compte de ce relevé.".into()));
    };
    let (told, mark) = (iban.masked(), tx.seals()?.mark(iban));
    let found = payers.into_iter().find(|row| row.iban_mark == mark).ok_or_else(|| {
        refused("fichier", format!("Ce relevé est celui du compte {told}, qui n’est pas un compte payeur confirmé."))
    })?;
    match arrival.payer {
        Some(chosen) if chosen != found.id => {
            Err(refused("compte", format!("Ce relevé est celui d’un autre compte\u{a0}: {told}.")))
        }
        _ => Ok(found),
    }
}

/// Each line with its key, and whether the same one stands before it.
fn keyed(lines: &[StatementLine]) -> Vec<(String, bool, &StatementLine)> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let key = |line| {
        let content = StatementLine::content(line);
        let times = seen.entry(content.clone()).or_default();
        *times += 1;
        (sha256(format!("{content}\n{times}")), *times > 1, line)
    };
    lines.iter().map(key).collect()
}

fn known(
    conn: &mut Conn,
    payer: PayerAccountId,
    keyed: &[(String, bool, &StatementLine)],
) -> Outcome<BTreeSet<String>> {
    let mut known = BTreeSet::new();
    for some in keyed.chunks(AT_ONCE) {
        let keys: Vec<String> = some.iter().map(|(key, ..)| key.clone()).collect();
        known.extend(statements::known_keys(conn, payer, &keys)?);
    }
    Ok(known)
}

/// By what the number on the other side is found again, if it is one.
fn mark_of(tx: &Tx, line: &StatementLine) -> Outcome<Option<IbanMark>> {
    let seals = tx.seals()?;
    Ok(line.account.parse::<Iban>().ok().map(|iban| seals.mark(&iban)))
}

/// The accounts on the other side that the house knows, by the marks of their numbers.
fn known_accounts(tx: &mut Tx, lines: &[StatementLine]) -> Outcome<BTreeMap<IbanMark, BankAccountId>> {
    let mut told = BTreeSet::new();
    for line in lines {
        told.extend(mark_of(tx, line)?);
    }
    let told: Vec<IbanMark> = told.into_iter().collect();
    let mut known = BTreeMap::new();
    for some in told.chunks(AT_ONCE) {
        known.extend(accounts::marked(tx.conn(), some)?);
    }
    Ok(known)
}

fn import_row(
    tx: &mut Tx,
    actor: &Actor,
    arrival: &Arrival,
    payer: PayerAccountId,
    now: Moment,
) -> Outcome<StatementImportRow> {
    let lines = &arrival.statement.lines;
    let days = || lines.iter().map(|line| line.booked_on);
    let today = now.paris_date();
    Ok(StatementImportRow {
        id: tx.mint(now)?,
        payer_account_id: payer,
        sha256: arrival.sha256.clone(),
        format: arrival.format,
        file_name: cut(&without_accounts(&arrival.file_name), LONGEST),
        reference: cut(&without_accounts(&arrival.statement.reference), LONGEST),
        from_on: days().min().unwrap_or(today),
        until_on: days().max().unwrap_or(today),
        line_count: lines.len() as i32,
        known_count: 0,
        imported_by: access::person(actor)?,
        imported_at: now,
    })
}

/// A line as it is kept: of a number on the other side, only its ends.
fn line_row(
    (id, import): (StatementLineId, &StatementImportRow),
    (position, key, is_double): (i32, &str, bool),
    line: &StatementLine,
    account: Option<BankAccountId>,
) -> StatementLineRow {
    let short = |text: &str| cut(&text.split_whitespace().collect::<Vec<_>>().join(" "), LONGEST);
    StatementLineRow {
        id,
        import_id: import.id,
        payer_account_id: import.payer_account_id,
        position,
        line_key: key.to_owned(),
        is_double,
        booked_on: line.booked_on,
        side: line.side,
        amount_cents: line.amount,
        currency: short(&line.currency),
        end_to_end_id: line.end_to_end_id.as_deref().map(short),
        batch_id: line.batch_id.as_deref().map(short),
        bank_reference: line.bank_reference.as_deref().map(short),
        counterpart: short(&without_accounts(&line.counterpart)),
        masked_account: masked_account(&line.account),
        bank_account_id: account,
        label: short(&without_accounts(&line.label)),
        return_reason: line.return_reason.as_deref().map(short),
    }
}

/// The columns kept for an account.
pub fn mapping(conn: &mut Conn, actor: &Actor, payer: PayerAccountId) -> Outcome<Option<Mapping>> {
    access::require(actor, &[Role::Finance])?;
    let kept = statements::mapping(conn, payer)?;
    Ok(kept.map(|row| serde_json::from_str(&row.mapping)).transpose()?)
}

fn keep_mapping(tx: &mut Tx, actor: &Actor, payer: PayerAccountId, mapping: &Mapping, now: Moment) -> Outcome<()> {
    let row = StatementMappingRow {
        payer_account_id: payer,
        mapping: serde_json::to_string(mapping)?,
        kept_by: access::person(actor)?,
        kept_at: now,
    };
    Ok(statements::keep_mapping(tx, &row)?)
}

/// An import in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub row: StatementImportRow,
    pub payer: Option<PayerAccountRow>,
    pub imported_by: String,
    /// How many of its lines were confirmed.
    pub confirmed: usize,
}

/// The imports before `key`, newest first.
pub fn page(conn: &mut Conn, actor: &Actor, key: Option<StatementImportId>, limit: i64) -> Outcome<Vec<Listed>> {
    access::require(actor, &READERS)?;
    let rows = statements::page(conn, key, limit)?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let authors: Vec<_> = rows.iter().map(|row| row.imported_by).collect();
    let names: BTreeMap<_, _> = people::of_ids(conn, &authors)?.into_iter().map(|row| (row.id, row.name)).collect();
    let payers = payment_runs::all_payers(conn)?;
    let mut confirmed = statements::confirmed(conn, &ids)?;
    confirmed.extend(instalment_lines::confirmed(conn, &ids)?);
    let listed = |row: StatementImportRow| Listed {
        payer: payers.iter().find(|payer| payer.id == row.payer_account_id).cloned(),
        imported_by: names.get(&row.imported_by).cloned().unwrap_or_default(),
        confirmed: confirmed.iter().filter(|(import, _)| *import == row.id).count(),
        row,
    };
    Ok(rows.into_iter().map(listed).collect())
}

/// The imports whose lines told of a payment, with the day of the line, oldest first.
pub fn of_disbursement(
    conn: &mut Conn,
    actor: &Actor,
    id: DisbursementId,
) -> Outcome<Vec<(StatementImportId, NaiveDate)>> {
    access::require(actor, &READERS)?;
    Ok(statements::of_subject(conn, id.as_str())?)
}

/// The imports whose lines brought these instalments of funders; none for whoever reads no statement.
pub fn of_instalments(
    conn: &mut Conn,
    actor: &Actor,
    ids: &[InstalmentId],
) -> Outcome<Vec<(InstalmentId, StatementImportId)>> {
    match READERS.iter().any(|role| actor.is(*role)) {
        true => Ok(instalment_lines::imports(conn, ids)?),
        false => Ok(Vec::new()),
    }
}

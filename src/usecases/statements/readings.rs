//! A statement as it stands: each line with what is thought of it now. Nothing of that is stored: what was matched
//! yesterday may have been paid by hand since.

use super::{READERS, access, hiding::Hidden};
use crate::{
    domain::{
        ids::{BankAccountId, DisbursementId, InstalmentId, PayerAccountId, PersonId, StatementImportId},
        lifecycles::recoveries::RecoveryState,
        money::Euros,
        statements::{
            MOST_LINES, StatementSide,
            matching::{Awaited, Debt, Due, Echo, Payment, Told, Verdict, judge},
        },
        time::Moment,
    },
    store::{
        Conn,
        bank_accounts::{self as accounts, BankAccountRow},
        disbursements::{self, DisbursementFile},
        instalment_lines::{self, InstalmentLineRow, NamedInstalment},
        journal,
        payment_runs::{self, PayerAccountRow, PaymentRunRow},
        people,
        recoveries::{self, RecoveryFile},
        run_lines,
        statements::{self, ConfirmedLine, StatementEffectRow, StatementImportRow, StatementLineRow},
    },
    usecases::{Actor, Outcome},
};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// Days after its file within which money that comes back without our reference is looked for: banks send a payment that was
/// not authorised back for thirteen months (SEPA credit transfer rulebook, recall for fraud).
const COMES_BACK_DAYS: i64 = 400;
/// Debts looked at.
const MOST_DEBTS: i64 = 500;
/// Instalments of funders looked at.
const MOST_DUES: i64 = 500;

/// A statement with what is thought of each of its lines.
#[derive(Debug, Clone)]
pub struct Reading {
    pub import: StatementImportRow,
    pub payer: PayerAccountRow,
    pub lines: Vec<(StatementLineRow, Verdict)>,
    /// What confirmed lines did.
    pub effects: Vec<StatementEffectRow>,
    /// What confirmed lines brought from funders.
    pub brought: Vec<InstalmentLineRow>,
    /// Every payment, every debt and every instalment that a line or an effect names.
    pub payments: Vec<DisbursementFile>,
    pub debts: Vec<RecoveryFile>,
    pub dues: Vec<NamedInstalment>,
    /// Who imported and who confirmed.
    pub names: BTreeMap<PersonId, String>,
    kept_back: Vec<(DisbursementId, Euros)>,
}

impl Reading {
    /// What leaves the bank for a payment: its amount less what is kept back.
    pub fn net(&self, file: &DisbursementFile) -> Euros {
        net(file, &self.kept_back)
    }

    /// A payment by its identifier.
    pub fn payment(&self, id: DisbursementId) -> Option<&DisbursementFile> {
        self.payments.iter().find(|file| file.disbursement.id == id)
    }

    /// An instalment of a funder by its identifier.
    pub fn due(&self, id: InstalmentId) -> Option<&NamedInstalment> {
        self.dues.iter().find(|(row, ..)| row.id == id)
    }
}

fn net(file: &DisbursementFile, kept_back: &[(DisbursementId, Euros)]) -> Euros {
    let row = &file.disbursement;
    let kept_back = kept_back.iter().filter(|(id, _)| *id == row.id);
    row.amount_cents - kept_back.map(|(_, amount)| *amount).sum::<Euros>()
}

/// Reads a statement, without the lines about files hidden from the actor: a fixed number of look-ups, whatever its length.
pub fn read(conn: &mut Conn, actor: &Actor, id: StatementImportId, now: Moment) -> Outcome<Reading> {
    access::require(actor, &READERS)?;
    let import = statements::find(conn, id)?;
    let payer = payment_runs::payer(conn, import.payer_account_id)?;
    let Table { lines, effects, brought, payments, debts, dues, kept_back } =
        lay(conn, actor, (import.payer_account_id, std::slice::from_ref(&import)), now)?;
    let mut authors: Vec<_> = effects.iter().map(|effect| effect.done_by).collect();
    authors.extend(brought.iter().map(|row| row.done_by));
    authors.push(import.imported_by);
    authors.sort_unstable();
    authors.dedup();
    let names = people::of_ids(conn, &authors)?.into_iter().map(|row| (row.id, row.name)).collect();
    Ok(Reading { import, payer, lines, effects, brought, payments, debts, dues, names, kept_back })
}

/// Lines of a statement that wait for somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    pub to_confirm: usize,
    pub to_examine: usize,
}

/// What waits for somebody in these statements, as the page of each says it: a fixed number of look-ups for each account
/// that pays. Statements beyond the lines of the longest one that may be imported are left uncounted.
pub fn waiting(
    conn: &mut Conn,
    actor: &Actor,
    imports: &[StatementImportRow],
    now: Moment,
) -> Outcome<BTreeMap<StatementImportId, Waiting>> {
    access::require(actor, &READERS)?;
    let mut room = MOST_LINES as i32;
    let mut by_payer: BTreeMap<PayerAccountId, Vec<StatementImportRow>> = BTreeMap::new();
    for import in imports {
        room -= import.line_count - import.known_count;
        if room >= 0 {
            by_payer.entry(import.payer_account_id).or_default().push(import.clone());
        }
    }
    let mut waiting: BTreeMap<StatementImportId, Waiting> = BTreeMap::new();
    for (payer, theirs) in by_payer {
        waiting.extend(theirs.iter().map(|import| (import.id, Waiting::default())));
        for (row, verdict) in lay(conn, actor, (payer, &theirs), now)?.lines {
            let count = waiting.entry(row.import_id).or_default();
            match verdict {
                Verdict::Sure(_) | Verdict::Proposed(..) | Verdict::Choice(..) => count.to_confirm += 1,
                Verdict::Unknown(_) | Verdict::Double => count.to_examine += 1,
                Verdict::NotOurs(_) | Verdict::Done => {}
            }
        }
    }
    Ok(waiting)
}

/// The same of all of these statements, however many lines they have together: as many at a time as one may have.
pub fn waiting_in_all(
    conn: &mut Conn,
    actor: &Actor,
    imports: &[StatementImportRow],
    now: Moment,
) -> Outcome<BTreeMap<StatementImportId, Waiting>> {
    let (mut found, mut left) = (BTreeMap::new(), imports);
    while !left.is_empty() {
        let mut room = MOST_LINES as i32;
        let fitting = left.iter().take_while(|import| {
            room -= import.line_count - import.known_count;
            room >= 0
        });
        let (some, rest) = left.split_at(fitting.count().max(1));
        found.extend(waiting(conn, actor, some, now)?);
        left = rest;
    }
    Ok(found)
}

/// Statements of one account with what each line would do and everything that is named.
struct Table {
    lines: Vec<(StatementLineRow, Verdict)>,
    effects: Vec<StatementEffectRow>,
    brought: Vec<InstalmentLineRow>,
    payments: Vec<DisbursementFile>,
    debts: Vec<RecoveryFile>,
    dues: Vec<NamedInstalment>,
    kept_back: Vec<(DisbursementId, Euros)>,
}

/// Judges statements of one account, each by itself, without the lines hidden from the actor.
fn lay(
    conn: &mut Conn,
    actor: &Actor,
    (payer, imports): (PayerAccountId, &[StatementImportRow]),
    now: Moment,
) -> Outcome<Table> {
    let ids: Vec<_> = imports.iter().map(|import| import.id).collect();
    let (lines, effects) = (statements::lines(conn, &ids)?, statements::effects(conn, &ids)?);
    let from = imports.iter().map(|import| import.from_on).min().unwrap_or_default();
    let until = imports.iter().map(|import| import.until_on).max().unwrap_or_default();
    let payments = payments(conn, (payer, &ids, from), (&lines, &effects))?;
    let paid: Vec<_> = payments.iter().map(|file| file.disbursement.id).collect();
    let kept_back = journal::kept_back(conn, &paid)?;
    let debts = debts(conn, &effects)?;
    let brought = instalment_lines::of_imports(conn, &ids)?;
    let dues = dues(conn, &brought)?;
    let known = known_accounts(conn, &lines, &payments)?;
    let mut awaited = Awaited {
        payments: told_payments(conn, payer, &payments, &known, &kept_back)?,
        debts: told_debts(conn, &debts)?,
        dues: told_dues(&dues),
        noted: instalment_lines::by_hand(conn, from, until)?.into_iter().collect(),
        echoes: Vec::new(),
        today: now.paris_date(),
    };
    let confirmed = statements::confirmed_between(conn, payer, (from, until))?;
    let acted = effects.iter().map(|effect| effect.line_id);
    let done: BTreeSet<_> = acted.chain(brought.iter().map(|row| row.line_id)).collect();
    let hidden = Hidden::from(conn, actor, &payments, &debts)?;
    let whose = |row: &StatementLineRow| row.bank_account_id.and_then(|id| known.get(&id)).map(|a| a.organisation_id);
    let mut of_import: BTreeMap<StatementImportId, Vec<StatementLineRow>> = BTreeMap::new();
    for line in lines {
        of_import.entry(line.import_id).or_default().push(line);
    }
    let mut judged = Vec::new();
    for import in imports {
        let lines = of_import.remove(&import.id).unwrap_or_default();
        awaited.echoes = echoes(import, &confirmed);
        let told: Vec<_> = lines.iter().map(|line| told(line, &known, done.contains(&line.id))).collect();
        let verdicts = judge(&told, &awaited);
        let shown = lines.into_iter().zip(verdicts);
        judged.extend(shown.filter(|(row, verdict)| !hidden.covers((row, verdict), whose(row), &effects)));
    }
    Ok(Table { lines: judged, effects, brought, payments, debts, dues, kept_back })
}

/// What those of other statements told that fall into the days of one.
fn echoes(import: &StatementImportRow, confirmed: &[ConfirmedLine]) -> Vec<Echo> {
    let days = import.from_on..=import.until_on;
    let others = confirmed.iter().filter(|(other, echo)| *other != import.id && days.contains(&echo.booked_on));
    others.map(|(_, echo)| echo.clone()).collect()
}

/// The instalments awaited and those that came by a line, each once.
fn dues(conn: &mut Conn, brought: &[InstalmentLineRow]) -> Outcome<Vec<NamedInstalment>> {
    let came: Vec<_> = brought.iter().map(|row| row.instalment_id).collect();
    let mut found = instalment_lines::awaited(conn, MOST_DUES)?;
    found.extend(instalment_lines::of_ids(conn, &came)?);
    Ok(found)
}

fn told_dues(dues: &[NamedInstalment]) -> Vec<Due> {
    let awaited = dues.iter().filter(|(row, ..)| row.received_on.is_none());
    let told = |(row, reference, funder, code): &NamedInstalment| {
        Due::new(row.id, row.expected_cents, &[reference.as_str(), funder.as_str(), code.as_str()])
    };
    awaited.map(told).collect()
}

/// The payments a line names, those awaited from the account, those a credit may bring back and those acted on, each once.
fn payments(
    conn: &mut Conn,
    (payer, imports, from): (PayerAccountId, &[StatementImportId], NaiveDate),
    (lines, effects): (&[StatementLineRow], &[StatementEffectRow]),
) -> Outcome<Vec<DisbursementFile>> {
    let credits = lines.iter().filter(|line| line.side == StatementSide::Credit);
    let amounts: BTreeSet<Euros> = credits.map(|line| line.amount_cents).collect();
    let amounts: Vec<Euros> = amounts.into_iter().collect();
    let since = Moment::start_of_day(from).plus_days(-COMES_BACK_DAYS);
    let mut others = run_lines::left_in(conn, (payer, since), &amounts)?;
    others.extend(effects.iter().filter_map(|effect| effect.disbursement_id));
    others.sort_unstable();
    others.dedup();
    let mut found = disbursements::named_by_statements(conn, imports)?;
    found.extend(disbursements::awaited_from(conn, payer)?);
    found.extend(disbursements::files_of(conn, &others)?);
    let mut seen = BTreeSet::new();
    found.retain(|file| seen.insert(file.disbursement.id));
    Ok(found)
}

/// The debts awaited and those acted on, each once.
fn debts(conn: &mut Conn, effects: &[StatementEffectRow]) -> Outcome<Vec<RecoveryFile>> {
    let acted_on: Vec<_> = effects.iter().filter_map(|effect| effect.recovery_id).collect();
    let mut found = recoveries::awaited(conn, MOST_DEBTS)?;
    found.extend(recoveries::files_of(conn, &acted_on)?);
    let mut seen = BTreeSet::new();
    found.retain(|file| seen.insert(file.recovery.id));
    Ok(found)
}

type Accounts = BTreeMap<BankAccountId, BankAccountRow>;

fn known_accounts(conn: &mut Conn, lines: &[StatementLineRow], payments: &[DisbursementFile]) -> Outcome<Accounts> {
    let of_lines = lines.iter().filter_map(|line| line.bank_account_id);
    let of_payments = payments.iter().filter_map(|file| file.disbursement.bank_account_id);
    let ids: BTreeSet<_> = of_lines.chain(of_payments).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    Ok(accounts::find_all(conn, &ids)?.into_iter().map(|row| (row.id, row)).collect())
}

fn told_payments(
    conn: &mut Conn,
    payer: PayerAccountId,
    payments: &[DisbursementFile],
    known: &Accounts,
    kept_back: &[(DisbursementId, Euros)],
) -> Outcome<Vec<Payment>> {
    let ids: BTreeSet<_> = payments.iter().filter_map(|file| file.disbursement.payment_run_id).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    let runs: BTreeMap<_, _> = payment_runs::find_all(conn, &ids)?.into_iter().map(|run| (run.id, run)).collect();
    let told = |file: &DisbursementFile| {
        let row = &file.disbursement;
        let run = row.payment_run_id.and_then(|id| runs.get(&id));
        Some(Payment {
            id: row.id,
            state: row.state,
            end_to_end_id: row.end_to_end_id.clone()?,
            net: net(file, kept_back),
            account: row.bank_account_id.and_then(|id| known.get(&id)).map(|account| account.iban_mark.clone()),
            run_reference: run.map(|run| run.reference.clone()).unwrap_or_default(),
            is_from_here: run.is_none_or(|run| run.payer_account_id == payer),
            exported_on: run.and_then(|run: &PaymentRunRow| run.exported_at).map(Moment::paris_date),
            paid_on: row.paid_on,
        })
    };
    Ok(payments.iter().filter_map(told).collect())
}

fn told_debts(conn: &mut Conn, debts: &[RecoveryFile]) -> Outcome<Vec<Debt>> {
    let awaited = || debts.iter().filter(|file| file.recovery.state == RecoveryState::Requested);
    let organisations: Vec<_> = awaited().map(|file| file.grant.organisation_id).collect();
    let open = accounts::open_of_all(conn, &organisations)?;
    let told = |file: &RecoveryFile| {
        let theirs = open.iter().filter(|row| row.organisation_id == file.grant.organisation_id);
        Debt {
            id: file.recovery.id,
            amount: file.recovery.amount_cents,
            requested_on: file.recovery.requested_on,
            accounts: theirs.map(|row| row.iban_mark.clone()).collect(),
            grant_reference: file.grant.grant_reference.clone(),
        }
    };
    Ok(awaited().map(told).collect())
}

fn told<'a>(line: &'a StatementLineRow, known: &'a Accounts, is_done: bool) -> Told<'a> {
    Told {
        booked_on: line.booked_on,
        side: line.side,
        amount: line.amount_cents,
        currency: &line.currency,
        end_to_end_id: line.end_to_end_id.as_deref(),
        batch_id: line.batch_id.as_deref(),
        account: line.bank_account_id.and_then(|id| known.get(&id)).map(|account| &account.iban_mark),
        label: &line.label,
        counterpart: &line.counterpart,
        is_return: line.return_reason.is_some(),
        is_double: line.is_double,
        is_done,
    }
}

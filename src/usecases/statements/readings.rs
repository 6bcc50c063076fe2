//! A statement as it stands: each line with what is thought of it now. Nothing of that is stored: what was matched
//! yesterday may have been paid by hand since.

use super::{READERS, access, hiding::Hidden};
use crate::{
    domain::{
        ids::{BankAccountId, DisbursementId, PersonId, StatementImportId},
        lifecycles::recoveries::RecoveryState,
        money::Euros,
        statements::{
            StatementSide,
            matching::{Awaited, Debt, Payment, Told, Verdict, judge},
        },
        time::Moment,
    },
    store::{
        Conn,
        bank_accounts::{self as accounts, BankAccountRow},
        disbursements::{self, DisbursementFile},
        journal,
        payment_runs::{self, PayerAccountRow, PaymentRunRow},
        people,
        recoveries::{self, RecoveryFile},
        run_lines,
        statements::{self, StatementEffectRow, StatementImportRow, StatementLineRow},
    },
    usecases::{Actor, Outcome},
};
use std::collections::{BTreeMap, BTreeSet};

/// Days after its file within which money that comes back without our reference is looked for: banks send a payment that was
/// not authorised back for thirteen months (SEPA credit transfer rulebook, recall for fraud).
const COMES_BACK_DAYS: i64 = 400;
/// Debts looked at.
const MOST_DEBTS: i64 = 500;

/// A statement with what is thought of each of its lines.
#[derive(Debug, Clone)]
pub struct Reading {
    pub import: StatementImportRow,
    pub payer: PayerAccountRow,
    pub lines: Vec<(StatementLineRow, Verdict)>,
    /// What confirmed lines did.
    pub effects: Vec<StatementEffectRow>,
    /// Every payment and every debt that a line or an effect names.
    pub payments: Vec<DisbursementFile>,
    pub debts: Vec<RecoveryFile>,
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
    let lines = statements::lines(conn, id)?;
    let effects = statements::effects(conn, id)?;
    let payments = payments(conn, &import, (&lines, &effects))?;
    let ids: Vec<_> = payments.iter().map(|file| file.disbursement.id).collect();
    let kept_back = journal::kept_back(conn, &ids)?;
    let debts = debts(conn, &effects)?;
    let known = known_accounts(conn, &lines, &payments)?;
    let awaited = Awaited {
        payments: told_payments(conn, &import, &payments, &known, &kept_back)?,
        debts: told_debts(conn, &debts)?,
        echoes: statements::confirmed_elsewhere(conn, &import)?,
        today: now.paris_date(),
    };
    let done: BTreeSet<_> = effects.iter().map(|effect| effect.line_id).collect();
    let told: Vec<_> = lines.iter().map(|line| told(line, &known, done.contains(&line.id))).collect();
    let verdicts = judge(&told, &awaited);
    let mut authors: Vec<_> = effects.iter().map(|effect| effect.done_by).collect();
    authors.push(import.imported_by);
    authors.sort_unstable();
    authors.dedup();
    let names = people::of_ids(conn, &authors)?.into_iter().map(|row| (row.id, row.name)).collect();
    let hidden = Hidden::from(conn, actor, &payments, &debts)?;
    let whose = |row: &StatementLineRow| row.bank_account_id.and_then(|id| known.get(&id)).map(|a| a.organisation_id);
    let mut lines: Vec<_> = lines.into_iter().zip(verdicts).collect();
    lines.retain(|(row, verdict)| !hidden.covers((row, verdict), whose(row), &effects));
    Ok(Reading { import, payer, lines, effects, payments, debts, names, kept_back })
}

/// The payments a line names, those awaited from the account, those a credit may bring back and those acted on, each once.
fn payments(
    conn: &mut Conn,
    import: &StatementImportRow,
    (lines, effects): (&[StatementLineRow], &[StatementEffectRow]),
) -> Outcome<Vec<DisbursementFile>> {
    let credits = lines.iter().filter(|line| line.side == StatementSide::Credit);
    let amounts: BTreeSet<Euros> = credits.map(|line| line.amount_cents).collect();
    let amounts: Vec<Euros> = amounts.into_iter().collect();
    let since = Moment::start_of_day(import.from_on).plus_days(-COMES_BACK_DAYS);
    let mut others = run_lines::left_in(conn, (import.payer_account_id, since), &amounts)?;
    others.extend(effects.iter().filter_map(|effect| effect.disbursement_id));
    others.sort_unstable();
    others.dedup();
    let mut found = disbursements::named_by_statement(conn, import.id)?;
    found.extend(disbursements::awaited_from(conn, import.payer_account_id)?);
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
    import: &StatementImportRow,
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
            is_from_here: run.is_none_or(|run| run.payer_account_id == import.payer_account_id),
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
        is_return: line.return_reason.is_some(),
        is_double: line.is_double,
        is_done,
    }
}

//! Payment runs: prepared by one person, approved by another, one bank file.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::{Cause, Object, advance, advance_now, record_birth, step},
    approved_lines, bank_accounts, disbursements as payments,
    eligible_days::{self, EligibleDays},
    payers as houses, reasons,
};
use crate::{
    domain::{
        bank_files::{account_reference, references, unveiled, veiled},
        holidays::day_to_ask,
        iban_readings::ReadingPurpose,
        identity::{Bic, Iban},
        ids::{BankAccountId, DisbursementId, PayerAccountId, PaymentRunId},
        lifecycle::Refusal,
        lifecycles::{
            disbursements::{Disbursement, DisbursementEvent, DisbursementState},
            payment_runs::{PaymentRun, PaymentRunEvent, PaymentRunState},
        },
        money::Euros,
        roles::Role,
        run_lines::RunLineOutcome,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, bank_accounts as accounts,
        digests::sha256,
        disbursements::{self, DisbursementFile, DisbursementRow},
        iban_readings::{self, Reading},
        journal, organisation_erasures,
        payment_runs::{self, PayerAccountRow, PaymentFileRow, PaymentRunRow},
        run_lines::{self, RunLineRow},
    },
};
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// The state in which lines join a run.
pub(super) const OPEN: PaymentRunState = PaymentRunState::Open;

/// One run. It is approved and sent whole: whoever is recused from the file of one of its lines leaves it to others, and
/// it does not exist for them.
pub(super) fn find(conn: &mut Conn, actor: &Actor, id: PaymentRunId) -> Outcome<PaymentRunRow> {
    match actor.person {
        Some(person) if payment_runs::pays_hidden(conn, id, person)? => Err(StoreError::NotFound.into()),
        _ => Ok(payment_runs::find(conn, id)?),
    }
}

/// A run with its lines, for those who pay.
#[derive(Debug, Clone)]
pub struct RunFile {
    pub run: PaymentRunRow,
    pub payer: PayerAccountRow,
    pub lines: Vec<DisbursementFile>,
    /// What is kept back from lines because their grantee owes it from elsewhere.
    pub kept_back: Vec<(DisbursementId, Euros)>,
    /// How each line went, once the run is approved: its amount, its account and its reference then stay what they were.
    pub approved: Vec<RunLineRow>,
}

impl RunFile {
    /// What leaves the bank for a line: its amount less what is kept back.
    pub fn net(&self, row: &DisbursementRow) -> Euros {
        let kept_back = self.kept_back.iter().filter(|(id, _)| *id == row.id);
        row.amount_cents - kept_back.map(|(_, amount)| *amount).sum::<Euros>()
    }

    /// How a line went, once the run is approved.
    pub fn approved(&self, id: DisbursementId) -> Option<&RunLineRow> {
        self.approved.iter().find(|line| line.disbursement_id == id)
    }

    /// The lines that leave, or left, for the bank: not those withdrawn before the file was made.
    pub fn leaving(&self) -> impl Iterator<Item = &DisbursementFile> {
        let is_withdrawn = move |id| self.approved(id).is_some_and(|line| line.outcome == RunLineOutcome::Withdrawn);
        self.lines.iter().filter(move |line| !is_withdrawn(line.disbursement.id))
    }

    /// Whether the bank is still to tell of a line.
    pub fn waits_for(&self, row: &DisbursementRow) -> bool {
        row.state == DisbursementState::InRun && row.payment_run_id == Some(self.run.id)
    }

    /// What leaves with it.
    pub fn total(&self) -> Euros {
        self.leaving().map(|line| self.net(&line.disbursement)).sum()
    }
}

/// One run with its lines.
pub fn file(conn: &mut Conn, actor: &Actor, id: PaymentRunId) -> Outcome<RunFile> {
    access::require(actor, &[Role::Finance, Role::Director, Role::Auditor])?;
    let run = find(conn, actor, id)?;
    let approved = run_lines::of_run(conn, id)?;
    let lines = match approved.is_empty() {
        true => disbursements::of_run(conn, id)?,
        false => approved_lines::payments(conn, &approved)?,
    };
    with(conn, run, lines, approved)
}

/// The same with some of its lines: so many after `key`, in their order.
pub fn part(
    conn: &mut Conn,
    actor: &Actor,
    id: PaymentRunId,
    key: Option<DisbursementId>,
    limit: usize,
) -> Outcome<RunFile> {
    access::require(actor, &[Role::Finance, Role::Director, Role::Auditor])?;
    let run = find(conn, actor, id)?;
    let mut approved = run_lines::of_run(conn, id)?;
    if approved.is_empty() {
        let lines = disbursements::page_of_run(conn, id, key, i64::try_from(limit).unwrap_or(i64::MAX))?;
        return with(conn, run, lines, approved);
    }
    approved.retain(|line| key.is_none_or(|key| line.disbursement_id > key));
    approved.truncate(limit);
    let lines = approved_lines::payments(conn, &approved)?;
    with(conn, run, lines, approved)
}

/// A run with these lines, and what is kept back from them: as it was when they were approved.
fn with(
    conn: &mut Conn,
    run: PaymentRunRow,
    lines: Vec<DisbursementFile>,
    approved: Vec<RunLineRow>,
) -> Outcome<RunFile> {
    let payer = payment_runs::payer(conn, run.payer_account_id)?;
    let kept_back = match approved.is_empty() {
        true => {
            let ids: Vec<_> = lines.iter().map(|line| line.disbursement.id).collect();
            journal::kept_back(conn, &ids)?
        }
        false => approved.iter().map(|line| (line.disbursement_id, line.kept_back_cents)).collect(),
    };
    Ok(RunFile { payer, kept_back, lines, run, approved })
}

/// The runs before `key`, newest first.
pub fn page(conn: &mut Conn, actor: &Actor, key: Option<PaymentRunId>, limit: i64) -> Outcome<Vec<PaymentRunRow>> {
    access::require(actor, &[Role::Finance, Role::Director, Role::Auditor])?;
    Ok(payment_runs::page(conn, actor.person, key, limit)?)
}

/// The accounts the house pays from.
pub fn payers(conn: &mut Conn) -> Outcome<Vec<PayerAccountRow>> {
    Ok(payment_runs::payers(conn)?)
}

/// Records an account the house pays from.
pub fn add_payer(tx: &mut Tx, holder: &str, iban: Iban, bic: Option<Bic>, now: Moment) -> Outcome<PayerAccountId> {
    let id = tx.mint(now)?;
    houses::insert(tx, (id, holder.to_owned()), &iban, bic, now)?;
    Ok(id)
}

/// What a run is prepared from: payments with the version each was shown in, paid from this account on that day.
#[derive(Debug, Clone)]
pub struct Preparation {
    pub lines: Vec<(DisbursementId, i32)>,
    pub payer: PayerAccountId,
    pub execution_on: NaiveDate,
}

/// Prepares a run of authorised payments.
pub fn prepare(tx: &mut Tx, actor: &Actor, wanted: &Preparation, now: Moment) -> Outcome<PaymentRunId> {
    access::require(actor, &[Role::Finance])?;
    let prepared_by = access::person(actor)?;
    let mut errors = Vec::new();
    if wanted.lines.is_empty() {
        errors.push(FieldError::new("lignes", "Choisissez au moins un versement."));
    }
    if wanted.execution_on < now.paris_date() {
        errors.push(FieldError::new(
            "execution",
            "La date d’exécution est passée\u{a0}: choisissez aujourd’hui ou plus tard.",
        ));
    }
    if !payment_runs::payers(tx.conn())?.iter().any(|row| row.id == wanted.payer) {
        errors.push(FieldError::new("payeur", "Choisissez un compte payeur confirmé."));
    }
    if !errors.is_empty() {
        return Err(UseCaseError::Invalid(errors));
    }
    let id: PaymentRunId = tx.mint(now)?;
    let beginning = format!("LOT-{}-", now.paris_date().year());
    let number = payment_runs::count_referenced(tx.conn(), &beginning)? + 1;
    let row = PaymentRunRow {
        id,
        reference: format!("{beginning}{number:04}"),
        payer_account_id: payment_runs::payer(tx.conn(), wanted.payer)?.id,
        execution_on: wanted.execution_on,
        prepared_by,
        approved_by: None,
        approved_at: None,
        exported_at: None,
        reason: None,
        state: OPEN,
        version: 0,
        state_at: now,
        created_at: now,
    };
    payment_runs::insert(tx, &row)?;
    record_birth::<PaymentRun>(tx, actor, &[Role::Finance], id, now)?;
    let ids: Vec<_> = wanted.lines.iter().map(|(line, _)| *line).collect();
    let paid_on = bank_accounts::paid_on(tx.conn(), &ids)?;
    // Asked once for all of them: they leave on one day.
    let refused = eligible_days::refused(tx.conn(), &ids, wanted.execution_on)?;
    for (line, version) in &wanted.lines {
        if let Some(account) = paid_on.get(line) {
            disbursements::set_run(tx, *line, id, *account)?;
        }
        let mut standing = payments::look_any_day(tx.conn(), *line, actor, now)?;
        if standing.version != *version {
            return Err(StoreError::Stale.into());
        }
        standing.facts.outside_days = refused.get(line).and_then(|days| days.first()).map(EligibleDays::refusal);
        step::<Disbursement>(tx, actor, *line, standing, DisbursementEvent::PutInRun, now)?;
    }
    Ok(id)
}

/// Approves a run that somebody else prepared and authorised, once their code was right.
pub(super) fn approve(tx: &mut Tx, actor: &Actor, id: PaymentRunId, version: i32, now: Moment) -> Outcome<Cause> {
    access::require(actor, &[Role::Director, Role::Finance])?;
    find(tx.conn(), actor, id)?;
    payment_runs::set_approved(tx, id, access::person(actor)?, now)?;
    let cause = advance::<PaymentRun>(tx, actor, id, version, PaymentRunEvent::Approve, now)?;
    approved_lines::keep(tx, id)?;
    Ok(cause)
}

/// Cancels a run that has not left; its payments are authorised again.
pub fn cancel(tx: &mut Tx, actor: &Actor, id: PaymentRunId, version: i32, reason: &str, now: Moment) -> Outcome<Cause> {
    access::require(actor, &[Role::Director, Role::Finance])?;
    find(tx.conn(), actor, id)?;
    payment_runs::set_reason(tx, id, &reasons::written(reason)?)?;
    advance::<PaymentRun>(tx, actor, id, version, PaymentRunEvent::Cancel, now)
}

/// What the bank is asked to do: everything the bank file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankOrder {
    /// Names both the message and its batch; unique for ever.
    pub reference: String,
    pub made_at: Moment,
    pub payer_holder: String,
    pub payer_iban: Iban,
    pub payer_bic: Option<Bic>,
    pub execution_on: NaiveDate,
    pub transfers: Vec<BankTransfer>,
}

/// One payment of a bank order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankTransfer {
    pub end_to_end_id: String,
    pub amount: Euros,
    pub holder: String,
    pub iban: Iban,
    pub bic: Option<Bic>,
    /// What the payee reads.
    pub remittance: String,
}

/// A copy of the database started elsewhere would have the bank pay twice.
fn refuse_copy(tx: &Tx) -> Outcome<()> {
    let sentence = "Ce site est une copie qui n’a pas encore été confirmée\u{a0}: aucun fichier de paiement n’en sort.";
    if tx.is_copy() { Err(Refusal::because(sentence).into()) } else { Ok(()) }
}

/// Makes the bank file, once: its content and hash are kept with the run. `render` writes an order as the bank reads it.
pub fn export(
    tx: &mut Tx,
    actor: &Actor,
    id: PaymentRunId,
    version: i32,
    render: impl Fn(&BankOrder) -> Result<String, String>,
    now: Moment,
) -> Outcome<Cause> {
    refuse_copy(tx)?;
    let file = file(tx.conn(), actor, id)?;
    if file.run.version != version {
        return Err(StoreError::Stale.into());
    }
    let (order, numbers) = order(tx, actor, &file, now)?;
    let content = render(&order)
        .map_err(|reason| Refusal::because(format!("Le fichier bancaire n’a pas pu être généré\u{a0}: {reason}")))?;
    let kept = veiled(&content, |number| numbers.get(number).cloned());
    let (whole, kept_sha256) = (sha256(&content), sha256(&kept));
    let row = PaymentFileRow { payment_run_id: id, sha256: whole, content: kept, made_at: now, kept_sha256 };
    payment_runs::insert_file(tx, &row)?;
    payment_runs::set_exported(tx, id, order.execution_on, now)?;
    advance::<PaymentRun>(tx, actor, id, version, PaymentRunEvent::Export, now)
}

/// What stands in the kept file for each number of an order.
type References = BTreeMap<String, String>;

/// What the bank is to do. Every number is opened, which is written down.
fn order(tx: &mut Tx, actor: &Actor, file: &RunFile, now: Moment) -> Outcome<(BankOrder, References)> {
    let detail = file.run.reference.as_str();
    let reading = Reading { person: actor.person, purpose: ReadingPurpose::PaymentFile, detail, at: now };
    let ids: Vec<_> = file.lines.iter().filter_map(|line| line.disbursement.bank_account_id).collect();
    let known = accounts::find_all(tx.conn(), &ids)?;
    let mut kept_as = References::new();
    let mut transfers = Vec::with_capacity(file.lines.len());
    for line in file.leaving() {
        let row = &line.disbursement;
        let account = known.iter().find(|account| Some(account.id) == row.bank_account_id);
        let account = account.ok_or(StoreError::NotFound)?;
        let iban = iban_readings::open_account(tx, account, reading)?;
        kept_as.insert(iban.electronic().to_owned(), account_reference(account.id.as_str()));
        transfers.push(BankTransfer {
            end_to_end_id: row.end_to_end_id.clone().unwrap_or_default(),
            amount: file.net(row),
            holder: account.holder.clone(),
            iban,
            bic: account.bic.clone(),
            remittance: format!("{} {} {}", line.fund.fund_name, line.grant.grant_reference, row.kind.label()),
        });
    }
    let payer_iban = iban_readings::open_payer(tx, &file.payer, reading)?;
    kept_as.insert(payer_iban.electronic().to_owned(), account_reference(file.payer.id.as_str()));
    let order = BankOrder {
        reference: file.run.reference.clone(),
        made_at: now,
        payer_holder: file.payer.holder.clone(),
        payer_iban,
        payer_bic: file.payer.bic.clone(),
        execution_on: day_to_ask(file.run.execution_on, now.paris_date()),
        transfers,
    };
    Ok((order, kept_as))
}

const ERASED: &str = "Ce fichier ne peut plus être refait\u{a0}: le compte d’un bénéficiaire a été effacé, sa durée de conservation \
                      est passée.";

/// The bank file of a run, once it is made, byte for byte as the bank had it. Its numbers are read, which is written down.
pub fn bank_file(
    tx: &mut Tx,
    actor: &Actor,
    id: PaymentRunId,
    now: Moment,
) -> Outcome<(PaymentRunRow, PaymentFileRow)> {
    access::require(actor, &[Role::Finance, Role::Auditor, Role::System])?;
    let run = find(tx.conn(), actor, id)?;
    refuse_copy(tx)?;
    let mut file = payment_runs::file(tx.conn(), id)?.ok_or(StoreError::NotFound)?;
    let detail = run.reference.as_str();
    let reading = Reading { person: actor.person, purpose: ReadingPurpose::FileCopy, detail, at: now };
    if organisation_erasures::had_account(tx.conn(), &accounts_of(&file.content))? {
        return Err(Refusal::because(ERASED).into());
    }
    let payer = payment_runs::payer(tx.conn(), run.payer_account_id)?;
    let mut numbers = References::new();
    numbers.insert(payer.id.to_string(), iban_readings::open_payer(tx, &payer, reading)?.electronic().to_owned());
    for account in accounts::find_all(tx.conn(), &accounts_of(&file.content))? {
        let number = iban_readings::open_account(tx, &account, reading)?;
        numbers.insert(account.id.to_string(), number.electronic().to_owned());
    }
    file.content = unveiled(&file.content, |id| numbers.get(id).cloned());
    match sha256(&file.content) == file.sha256 {
        true => Ok((run, file)),
        false => Err(StoreError::Sealed(format!("the file of {} is not the one the bank had", run.reference)).into()),
    }
}

/// The accounts a kept file refers to.
fn accounts_of(kept: &str) -> Vec<BankAccountId> {
    let ids: BTreeSet<BankAccountId> = references(kept).filter_map(|id| id.parse().ok()).collect();
    ids.into_iter().collect()
}

/// Records that the bank executed every line of a run that waits for it.
pub fn mark_paid(
    tx: &mut Tx,
    actor: &Actor,
    id: PaymentRunId,
    version: i32,
    paid_on: NaiveDate,
    now: Moment,
) -> Outcome<()> {
    mark_some_paid(tx, actor, (id, version), |_| true, paid_on, now)
}

/// The same for the chosen lines.
pub fn mark_some_paid(
    tx: &mut Tx,
    actor: &Actor,
    (id, version): (PaymentRunId, i32),
    is_chosen: impl Fn(DisbursementId) -> bool,
    paid_on: NaiveDate,
    now: Moment,
) -> Outcome<()> {
    let file = file(tx.conn(), actor, id)?;
    if file.run.version != version {
        return Err(StoreError::Stale.into());
    }
    let lines = file.lines.iter().map(|line| &line.disbursement);
    let waiting: Vec<_> = lines.filter(|row| file.waits_for(row)).collect();
    if waiting.is_empty() {
        return Err(Refusal::because("Tous les virements de ce lot sont déjà constatés.").into());
    }
    let chosen: Vec<_> = waiting.into_iter().filter(|row| is_chosen(row.id)).collect();
    if chosen.is_empty() {
        return Err(UseCaseError::Invalid(vec![FieldError::new("lignes", "Choisissez au moins un virement.")]));
    }
    for row in chosen {
        payments::mark_paid(tx, actor, row.id, row.version, paid_on, now)?;
    }
    Ok(())
}

pub(super) fn empty_run(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    for line in disbursements::of_run(tx.conn(), cause.subject()?)? {
        pull(tx, line.disbursement.id, cause.now)?;
    }
    Ok(())
}

/// Takes a payment out of its run, whoever put it there.
pub(super) fn pull(tx: &mut Tx, id: DisbursementId, now: Moment) -> Outcome<()> {
    advance_now::<Disbursement>(tx, &Actor::system(), id, DisbursementEvent::LeaveRun, now)?;
    approved_lines::left(tx, id)
}

pub(super) fn settle_run_when_paid(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let Some(run) = disbursements::find(tx.conn(), cause.subject()?)?.payment_run_id else { return Ok(()) };
    // The line that is paid last is the only one for which the whole run is read.
    if disbursements::awaits_bank(tx.conn(), run)? {
        return Ok(());
    }
    let system = Actor::system();
    let standing = PaymentRun::look(tx.conn(), run, &system, cause.now)?;
    if standing.state == PaymentRunState::Exported && standing.facts.unpaid == 0 {
        advance_now::<PaymentRun>(tx, &system, run, PaymentRunEvent::Settle, cause.now)?;
    }
    Ok(())
}

//! The money's side of a made-up story: acceptance, bank account, payments by two people, report, balance.

use super::{
    applying::Dossier,
    cast::{Cast, Player},
    year::Stage,
};
use crate::{
    domain::{
        attachments::AttachmentOwner,
        definitions::{DocumentNeed, Question, QuestionKind},
        ids::{BankAccountId, DisbursementId, GrantId, PayerAccountId, PaymentRunId, ReportId},
        lifecycle::Machine,
        lifecycles::{
            disbursements::DisbursementState,
            grants::{Grant, GrantEvent},
            recoveries::RecoveryState,
        },
        money::Rate,
        reports::ReportKind,
        time::Moment,
    },
    exports::credit_transfers::bank_file,
    store::{Tx, grants as rows, reports::ReportLineRow, states},
    usecases::{
        Outcome, UseCaseError,
        account_checks::{self, CheckForm},
        advance::advance_now,
        approvals,
        attachments::{self, FitFile},
        bank_accounts::{self, AccountForm},
        disbursements, grants,
        payment_runs::{self, Preparation},
        recoveries,
        report_judgements::{self, LineForm},
        reports::{self, ReportForm, ReportPaper},
        signing,
    },
};

fn version(tx: &mut Tx, machine: Machine, id: &str) -> Outcome<i32> {
    Ok(states::current(tx.conn(), machine, id)?.version)
}

/// The account the house pays from.
pub(crate) fn open_payer(tx: &mut Tx, now: Moment) -> Outcome<PayerAccountId> {
    let iban = "FR1420041010050500013M02606".parse();
    let iban = iban.map_err(|_| UseCaseError::Unreadable("the payer's IBAN".into()))?;
    payment_runs::add_payer(tx, "Lianes coopération", iban, None, now)
}

/// The grantee accepts and gives its bank account; where an agreement is needed, both sign it. The grant then runs.
/// Nothing for a file that was not awarded.
pub(crate) fn accept(
    tx: &mut Tx,
    cast: &Cast,
    dossier: &Dossier,
    rib: &FitFile,
    now: Moment,
) -> Outcome<Option<GrantId>> {
    let Some(grant) = rows::of_application(tx.conn(), dossier.id)? else { return Ok(None) };
    grants::accept(tx, &dossier.applicant.actor(), grant.id, grant.version, now)?;
    let account = enter_account(tx, dossier, rib, now)?;
    verify_account(tx, cast, account, now)?;
    sign(tx, cast, dossier, &grant, Signed::Both, now)?;
    Ok(Some(grant.id))
}

/// Who signs an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signed {
    Nobody,
    Holder,
    Both,
}

/// The agreement is sent and signed, where one is needed.
pub(crate) fn sign(
    tx: &mut Tx,
    cast: &Cast,
    dossier: &Dossier,
    grant: &rows::GrantRow,
    signed: Signed,
    now: Moment,
) -> Outcome<()> {
    let count = match signed {
        Signed::Nobody => 0,
        Signed::Holder => 1,
        Signed::Both => 2,
    };
    let holder = dossier.applicant.actor();
    // With what was accepted before in the year, its acceptance may have made it need one.
    if rows::find(tx.conn(), grant.id)?.is_agreement_required {
        advance_now::<Grant>(tx, &cast.officer.actor(), grant.id, GrantEvent::SendAgreement, now)?;
        let sides = [(holder, &dossier.applicant.name), (cast.director.actor(), &cast.director.name)];
        for (actor, name) in sides.into_iter().take(count) {
            signing::sign_at_once(tx, &actor, grant.id, name, now)?;
        }
    }
    Ok(())
}

/// The grantee gives its bank account.
pub(crate) fn enter_account(tx: &mut Tx, dossier: &Dossier, rib: &FitFile, now: Moment) -> Outcome<BankAccountId> {
    let holder = dossier.applicant.actor();
    let iban = dossier.made_up.iban.parse().map_err(|_| UseCaseError::Unreadable(dossier.made_up.iban.clone()))?;
    let form = AccountForm {
        holder: dossier.made_up.form.nom.clone(),
        iban,
        bic: None,
        bank_name: "Banque du Beffroi".into(),
        rib: Some(rib.clone()),
    };
    bank_accounts::enter(tx, &holder, dossier.organisation, &form, now)
}

/// Finance verifies it.
pub(crate) fn verify_account(tx: &mut Tx, cast: &Cast, account: BankAccountId, now: Moment) -> Outcome<()> {
    let seen = version(tx, Machine::BankAccount, account.as_str())?;
    account_checks::verify(tx, &cast.finance.actor(), (account, seen), &CheckForm::agreed(), now)?;
    Ok(())
}

/// The grants that are paid or asked; every grant when none are named.
pub(crate) type Of<'a> = Option<&'a [GrantId]>;

fn is_of(of: Of<'_>, grant: GrantId) -> bool {
    of.is_none_or(|grants| grants.contains(&grant))
}

/// Authorises every payment of these grants that is due; gives how many.
pub(crate) fn authorise(tx: &mut Tx, cast: &Cast, of: Of<'_>, now: Moment) -> Outcome<usize> {
    let due = due(tx, cast, of, now)?;
    for (id, version) in &due {
        disbursements::authorise(tx, &cast.finance.actor(), *id, *version, now)?;
    }
    Ok(due.len())
}

/// The payments nothing stands in the way of, each with its version.
pub(crate) fn due(tx: &mut Tx, cast: &Cast, of: Of<'_>, now: Moment) -> Outcome<Vec<(DisbursementId, i32)>> {
    let (finance, mut last, mut due) = (cast.finance.actor(), None, Vec::new());
    loop {
        let page = disbursements::to_pay(tx.conn(), &finance, (DisbursementState::Planned, last, 500), now)?;
        let Some(end) = page.last() else { return Ok(due) };
        last = Some(end.file.disbursement.id);
        let free = page.iter().filter(|payment| payment.obstacles.is_empty()).map(|payment| &payment.file.disbursement);
        due.extend(free.filter(|row| is_of(of, row.grant_id)).map(|row| (row.id, row.version)));
    }
}

/// Puts every authorised payment of these grants in a run, which finance prepares and the direction approves; finance then makes the
/// bank file. Nothing when nothing waits.
pub(crate) fn run(
    tx: &mut Tx,
    cast: &Cast,
    payer: PayerAccountId,
    of: Of<'_>,
    now: Moment,
) -> Outcome<Option<PaymentRunId>> {
    let Some(id) = prepare(tx, cast, payer, of, now)? else { return Ok(None) };
    let seen = version(tx, Machine::PaymentRun, id.as_str())?;
    approvals::approve_by_mail(tx, &cast.director.actor(), id, seen, now)?;
    let seen = version(tx, Machine::PaymentRun, id.as_str())?;
    payment_runs::export(tx, &cast.finance.actor(), id, seen, bank_file, now)?;
    Ok(Some(id))
}

/// Finance puts every authorised payment of these grants in a run, which waits to be approved.
pub(crate) fn prepare(
    tx: &mut Tx,
    cast: &Cast,
    payer: PayerAccountId,
    of: Of<'_>,
    now: Moment,
) -> Outcome<Option<PaymentRunId>> {
    let finance = cast.finance.actor();
    let ready = disbursements::to_pay(tx.conn(), &finance, (DisbursementState::Authorised, None, 500), now)?;
    let ready = ready.iter().map(|payment| &payment.file.disbursement).filter(|row| is_of(of, row.grant_id));
    let lines: Vec<_> = ready.map(|row| (row.id, row.version)).collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let execution_on = now.plus_days(1).paris_date();
    Ok(Some(payment_runs::prepare(tx, &finance, &Preparation { lines, payer, execution_on }, now)?))
}

/// Each line of a run, in words: to whom, what for, how much.
pub(crate) fn told(tx: &mut Tx, cast: &Cast, id: PaymentRunId) -> Outcome<Vec<String>> {
    let file = payment_runs::file(tx.conn(), &cast.finance.actor(), id)?;
    let line = |line: &crate::store::disbursements::DisbursementFile| {
        let row = &line.disbursement;
        let (amount, reference) = (file.net(row), &file.run.reference);
        format!("{} {}: {} to {} ({reference})", line.grant.grant_reference, row.kind, amount, line.holder.name)
    };
    Ok(file.lines.iter().map(line).collect())
}

/// The bank executed a run.
pub(crate) fn executed(tx: &mut Tx, cast: &Cast, id: PaymentRunId, now: Moment) -> Outcome<()> {
    let seen = version(tx, Machine::PaymentRun, id.as_str())?;
    payment_runs::mark_paid(tx, &cast.finance.actor(), id, seen, now.paris_date(), now)
}

/// Which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bilan {
    Interim,
    Final,
}

impl Bilan {
    fn kind(self) -> ReportKind {
        match self {
            Bilan::Interim => ReportKind::Interim,
            Bilan::Final => ReportKind::Final,
        }
    }
}

/// The grantee reports having spent this part of every planned expense; the officer accepts it. Gives how many reports
/// that was: none when the call asks for no report of this kind.
pub(crate) fn report(
    tx: &mut Tx,
    stage: &Stage<'_>,
    dossier: &Dossier,
    grant: GrantId,
    (bilan, spent, retained): (Bilan, Rate, Retained),
    now: Moment,
) -> Outcome<usize> {
    let holder = dossier.applicant.actor();
    let mine = reports::of_grant(tx.conn(), &holder, grant)?;
    let Some(report) = mine.into_iter().find(|report| report.kind == bilan.kind()) else { return Ok(0) };
    write_report(tx, &dossier.applicant, (report.id, report.version), spent, stage.paper, now)?;
    file_report(tx, &dossier.applicant, report.id, now)?;
    accept_report(tx, stage.cast, report.id, retained, now)?;
    Ok(1)
}

/// The grantee begins a report and writes everything it asks.
pub(crate) fn write_report(
    tx: &mut Tx,
    applicant: &Player,
    (id, seen): (ReportId, i32),
    spent: Rate,
    file: &FitFile,
    now: Moment,
) -> Outcome<()> {
    let holder = applicant.actor();
    reports::start(tx, &holder, id, seen, now)?;
    let paper = reports::paper(tx.conn(), &holder, id)?;
    reports::save(tx, &holder, id, &spending(&paper, spent))?;
    let owner = (AttachmentOwner::Report, id.as_str());
    for document in paper.template.documents.iter().filter(|document| document.need == DocumentNeed::Required) {
        attachments::attach(tx, &holder, owner, &document.code, file, now)?;
    }
    Ok(())
}

/// The grantee files a report.
pub(crate) fn file_report(tx: &mut Tx, applicant: &Player, id: ReportId, now: Moment) -> Outcome<()> {
    let seen = version(tx, Machine::Report, id.as_str())?;
    reports::submit(tx, &applicant.actor(), id, seen, now)?;
    Ok(())
}

/// What the officer retains of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retained {
    /// Everything the fund may share in.
    Everything,
    /// Less than that of the largest line.
    LessOfOneLine,
}

/// The officer accepts a report.
pub(crate) fn accept_report(tx: &mut Tx, cast: &Cast, id: ReportId, retained: Retained, now: Moment) -> Outcome<()> {
    let officer = cast.officer.actor();
    let paper = reports::paper(tx.conn(), &officer, id)?;
    let version = paper.report.version;
    match retained {
        Retained::Everything => reports::accept(tx, &officer, id, version, paper.eligible(), now)?,
        Retained::LessOfOneLine => report_judgements::accept(tx, &officer, id, version, &less(&paper), now)?,
    };
    Ok(())
}

/// Nine tenths of the largest line, and why.
fn less(paper: &ReportPaper) -> Vec<LineForm> {
    let counted = paper.lines.iter().filter(|line| paper.counts(line));
    let largest = counted.max_by_key(|line| reports::proposed(line));
    let form = largest.map(|line| LineForm {
        position: line.position,
        accepted: reports::proposed(line).at(Rate::percent(90)),
        reason: "Une facture est au nom d’une autre association\u{a0}: elle n’est pas retenue.".into(),
    });
    form.into_iter().collect()
}

fn spending(paper: &ReportPaper, spent: Rate) -> ReportForm {
    let answer = |question: &Question| {
        let text = match question.kind {
            QuestionKind::Number => "42",
            QuestionKind::ShortText | QuestionKind::LongText => {
                "Les ateliers ont eu lieu comme prévu. Deux familles du quartier continuent l’action."
            }
            // What the application aimed at is what was done.
            _ => paper.planned.get(&question.code).map_or("", String::as_str),
        };
        (question.code.clone(), text.to_owned())
    };
    let answers = paper.template.sections.iter().flat_map(|section| &section.questions).map(answer);
    let line = |line: &ReportLineRow| {
        let why = "Moins de déplacements que prévu.".to_owned();
        (line.position, line.planned_cents.at(spent), why)
    };
    ReportForm { answers: answers.collect(), lines: paper.lines.iter().map(line).collect(), ..ReportForm::default() }
}

/// Every recovery asked for comes in; gives how many.
pub(crate) fn recover(tx: &mut Tx, cast: &Cast, of: Of<'_>, now: Moment) -> Outcome<usize> {
    let finance = cast.finance.actor();
    let mut asked = recoveries::in_state(tx.conn(), &finance, RecoveryState::Requested, None, 500)?;
    asked.retain(|file| is_of(of, file.recovery.grant_id));
    for file in &asked {
        let row = &file.recovery;
        recoveries::receive(tx, &finance, row.id, row.version, now.paris_date(), now)?;
    }
    Ok(asked.len())
}

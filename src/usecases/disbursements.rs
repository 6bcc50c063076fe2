//! Disbursements: planned from the schedule, authorised when due, paid by a run.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::{Cause, Object, Standing, advance, advance_now, record_birth},
    approved_lines, bank_accounts, documents,
    eligible_days::{self, EligibleDays},
    grants, journal, reasons, terms,
};
use crate::{
    domain::{
        correspondence::{
            disbursements::{self as letters, Payment},
            grants::ScheduledPayment,
        },
        disbursements::{Condition, PieceOutcome, PlannedPayment, Progress, conditions_of_grant, waits_for},
        ids::{CallId, DisbursementId},
        journal::{Stage, TransferKind},
        lifecycle::Refusal,
        lifecycles::{
            disbursements::{Disbursement, DisbursementEvent, DisbursementFacts, DisbursementState},
            grants::GrantState,
        },
        money::Euros,
        organisations::may_be_paid,
        roles::Role,
        run_lines::RunLineOutcome,
        schedules::GrantDates,
        text::latin_sepa,
        time::{Moment, french_date},
    },
    store::{
        Conn, Tx, bank_accounts as accounts,
        disbursements::{self, DisbursementFile, DisbursementRow},
        grant_pieces::{self, GrantPieceRow},
        grants::{self as store_grants, GrantRow, HolderPart},
        journal as ledger, money_sources, payment_runs, run_lines,
    },
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

impl Object for Disbursement {
    type Id = DisbursementId;

    fn look(conn: &mut Conn, id: DisbursementId, actor: &Actor, now: Moment) -> Outcome<Standing<Self>> {
        let mut standing = look_any_day(conn, id, actor, now)?;
        if standing.state.is_to_leave() {
            standing.facts.outside_days = eligible_days::refusal(conn, &[id], now.paris_date())?;
        }
        Ok(standing)
    }
}

type Seen = Standing<Disbursement>;

/// The same but for what agreements say of the day on which it leaves.
pub(super) fn look_any_day(conn: &mut Conn, id: DisbursementId, actor: &Actor, now: Moment) -> Outcome<Seen> {
    let row = disbursements::find(conn, id)?;
    let file = store_grants::file(conn, row.grant_id)?;
    let roles = grants::visible_to(conn, actor, &file)?;
    let run = row.payment_run_id.map(|run| payment_runs::find(conn, run)).transpose()?;
    let facts = DisbursementFacts {
        is_grant_running: matches!(file.grant.state, GrantState::Active | GrantState::Closing),
        is_grant_closed: file.grant.state == GrantState::Closed,
        waits_for: waits_for(&conditions(&row)?, &progress(conn, &file.grant, now)?),
        is_grantee_registered: may_be_paid(&file.holder.country_code, file.holder.siret.as_ref()),
        is_bank_verified: bank_accounts::payable(conn, file.grant.organisation_id)?.is_some(),
        is_run_open: run.as_ref().is_some_and(|run| run.state == super::payment_runs::OPEN),
        is_run_exported: run.as_ref().is_some_and(|run| run.exported_at.is_some()),
        is_paid_on_known: row.paid_on.is_some(),
        is_partly_recovered: row.state == DisbursementState::Paid && is_partly_recovered(conn, &row)?,
        outside_days: None,
        reason: row.reason.clone(),
    };
    Ok(Standing { state: row.state, version: row.version, roles, facts, reason: row.reason.unwrap_or_default() })
}

/// Whether some source of a payment no longer has its whole part among what the grant has been paid.
fn is_partly_recovered(conn: &mut Conn, row: &DisbursementRow) -> Outcome<bool> {
    for split in money_sources::splits_of_disbursement(conn, row.id)? {
        let scope = ledger::Scope::GrantSource(row.grant_id, split.funding_source_id);
        if split.amount_cents > ledger::balance(conn, Stage::Paid, scope)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a disbursement waits for, as stored with it.
pub fn conditions(row: &DisbursementRow) -> Outcome<Vec<Condition>> {
    Ok(serde_json::from_str(&row.conditions)?)
}

fn progress(conn: &mut Conn, grant: &GrantRow, now: Moment) -> Outcome<Progress> {
    let is_signed = grant.holder_signed_at.is_some() && grant.issuer_signed_at.is_some();
    Ok(Progress {
        is_agreement_settled: grant.accepted_at.is_some() && (!grant.is_agreement_required || is_signed),
        judged_reports: grants::judged_reports(conn, grant.id)?,
        pieces: pieces_of(&grant_pieces::of_grants(conn, &[grant.id])?, grant),
        today: now.paris_date(),
    })
}

/// The papers of a grant among these.
fn pieces_of(given: &[GrantPieceRow], grant: &GrantRow) -> Vec<(String, PieceOutcome)> {
    let theirs = given.iter().filter(|row| row.grant_id == grant.id);
    theirs.map(|row| (row.code.clone(), row.outcome)).collect()
}

/// A payment in the eyes of finance: what stands in its way, and whether it may leave.
#[derive(Debug, Clone)]
pub struct ToPay {
    pub file: DisbursementFile,
    /// What it waits for, and from whom, in French; empty when it is due.
    pub obstacles: Vec<String>,
    /// What deserves a second look before it leaves, French sentences; often none.
    pub cautions: Vec<String>,
}

/// Roles that read the payments.
const READERS: [Role; 4] = [Role::Finance, Role::Director, Role::Auditor, Role::Officer];

/// The payments in one state after `key`, oldest first, each with what stands in its way.
pub fn to_pay(
    conn: &mut Conn,
    actor: &Actor,
    (state, key, limit): (DisbursementState, Option<DisbursementId>, i64),
    now: Moment,
) -> Outcome<Vec<ToPay>> {
    to_pay_of(conn, actor, (state, None), (key, limit), now)
}

/// The same for one call or for all.
pub fn to_pay_of(
    conn: &mut Conn,
    actor: &Actor,
    wanted: (DisbursementState, Option<CallId>),
    (key, limit): (Option<DisbursementId>, i64),
    now: Moment,
) -> Outcome<Vec<ToPay>> {
    access::require(actor, &READERS)?;
    let files = disbursements::in_state(conn, wanted, actor.person, key, limit)?;
    with_obstacles(conn, files, now)
}

/// One payment, with what stands in its way.
pub fn find(conn: &mut Conn, actor: &Actor, id: DisbursementId, now: Moment) -> Outcome<ToPay> {
    access::require(actor, &READERS)?;
    let file = disbursements::file(conn, id)?;
    access::require_unrecused(conn, actor, file.grant.application_id)?;
    with_obstacles(conn, vec![file], now)?.pop().ok_or_else(|| crate::store::StoreError::NotFound.into())
}

fn with_obstacles(conn: &mut Conn, files: Vec<DisbursementFile>, now: Moment) -> Outcome<Vec<ToPay>> {
    let grant_ids: Vec<_> = files.iter().map(|file| file.disbursement.grant_id).collect();
    let organisation_ids: Vec<_> = files.iter().map(|file| file.grant.organisation_id).collect();
    let grants = store_grants::of_ids(conn, &grant_ids)?;
    let reports = crate::store::reports::of_grants(conn, &grant_ids)?;
    let pieces = grant_pieces::of_grants(conn, &grant_ids)?;
    let open_accounts = accounts::open_of_all(conn, &organisation_ids)?;
    // What is refused today waits; what is expected on a day that is not eligible is said long before.
    let today = now.paris_date();
    let rows = files.iter().map(|file| &file.disbursement);
    let days: BTreeMap<_, _> = rows.map(|row| (row.id, row.due_on.map_or(today, |due| due.max(today)))).collect();
    let outside = eligible_days::of_days(conn, &days)?;
    let refused = eligible_days::refused(conn, &days.into_keys().collect::<Vec<_>>(), today)?;
    files
        .into_iter()
        .map(|file| {
            let grant = grants.iter().find(|grant| grant.id == file.disbursement.grant_id);
            let theirs = open_accounts.iter().filter(|row| row.organisation_id == file.grant.organisation_id);
            let payee = (&file.holder, &theirs.cloned().collect::<Vec<_>>()[..]);
            let mut obstacles = obstacles(&file.disbursement, grant, (&reports, &pieces), payee, now)?;
            let id = file.disbursement.id;
            obstacles.extend(refused.get(&id).into_iter().flatten().map(EligibleDays::obstacle));
            let cautions = if refused.contains_key(&id) { Vec::new() } else { eligible_days::cautions(&outside, id) };
            Ok(ToPay { file, obstacles, cautions })
        })
        .collect()
}

/// Authorises several payments at once: all of them or none. A refusal names the payment.
pub fn authorise_all(tx: &mut Tx, actor: &Actor, chosen: &[(DisbursementId, i32)], now: Moment) -> Outcome<()> {
    if chosen.is_empty() {
        return Err(UseCaseError::Invalid(vec![FieldError::new("versements", "Choisissez au moins un versement.")]));
    }
    for (id, version) in chosen {
        authorise(tx, actor, *id, *version, now).map_err(|error| match error {
            UseCaseError::Refused(refusal) => match disbursements::file(tx.conn(), *id) {
                Ok(file) => Refusal::because(format!(
                    "{}, versement nº\u{a0}{}\u{a0}: {refusal}",
                    file.holder.name, file.disbursement.number
                ))
                .into(),
                Err(error) => error.into(),
            },
            error => error,
        })?;
    }
    Ok(())
}

/// What stands in the way of a payment of this grant, each a short French phrase; empty when it is due.
pub(super) fn obstacles(
    row: &DisbursementRow,
    grant: Option<&GrantRow>,
    (reports, pieces): (&[crate::store::reports::ReportRow], &[GrantPieceRow]),
    (holder, open_accounts): (&HolderPart, &[accounts::BankAccountRow]),
    now: Moment,
) -> Outcome<Vec<String>> {
    let Some(grant) = grant else { return Ok(Vec::new()) };
    let is_signed = grant.holder_signed_at.is_some() && grant.issuer_signed_at.is_some();
    let theirs = reports.iter().filter(|row| row.grant_id == grant.id);
    let progress = Progress {
        is_agreement_settled: grant.accepted_at.is_some() && (!grant.is_agreement_required || is_signed),
        judged_reports: theirs.filter(|row| super::reports::is_judged(row.state)).map(|row| row.kind).collect(),
        pieces: pieces_of(pieces, grant),
        today: now.paris_date(),
    };
    let mut obstacles = waits_for(&conditions(row)?, &progress);
    if grant.state == GrantState::Suspended {
        obstacles.push("la levée de la suspension".into());
    }
    if !may_be_paid(&holder.country_code, holder.siret.as_ref()) {
        obstacles.push("le numéro SIRET de l’organisation, à écrire sur sa fiche".into());
    }
    obstacles.extend(bank_accounts::obstacle(open_accounts, now));
    Ok(obstacles)
}

/// The schedule of a grant as letters show it: each payment with what it waits for, or when it was paid.
pub(super) fn schedule(conn: &mut Conn, grant: &GrantRow) -> Outcome<Vec<ScheduledPayment>> {
    let rows = disbursements::of_grant(conn, grant.id)?;
    let is_shown = |row: &&DisbursementRow| row.state != DisbursementState::Cancelled;
    rows.iter().filter(is_shown).map(|row| line(row, grant)).collect()
}

fn line(row: &DisbursementRow, grant: &GrantRow) -> Outcome<ScheduledPayment> {
    let condition = match (row.state, row.paid_on) {
        (DisbursementState::Paid, Some(day)) => format!("versé le {}", french_date(day)),
        _ => conditions_of_grant(&conditions(row)?, grant.is_agreement_required),
    };
    Ok(ScheduledPayment { label: capitalised(row.kind.label()), condition, amount: row.amount_cents })
}

/// What will be planned once an offer is accepted on `accepted_on`; for the award letter and the offer's page.
pub fn foreseen(conn: &mut Conn, grant: &GrantRow, accepted_on: NaiveDate) -> Outcome<Vec<PlannedPayment>> {
    let terms = terms::of_call(conn, grant.call_id)?;
    Ok(terms.call.schedule.plan(grant.amount_cents, &dates(grant, accepted_on)))
}

/// The dates from which others follow.
pub(super) fn dates(grant: &GrantRow, accepted_on: NaiveDate) -> GrantDates {
    GrantDates::of(accepted_on, grant.starts_on, grant.ends_on)
}

pub(super) fn plan_disbursements(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let grant = store_grants::find(tx.conn(), cause.subject()?)?;
    let accepted_on = cause.now.paris_date();
    let payments = foreseen(tx.conn(), &grant, accepted_on)?;
    plan_all(tx, &grant, &payments, cause.now)?;
    super::reports::expect_all(tx, &grant, accepted_on, cause.now)
}

/// Plans payments after those the grant already has, each drawn from the sources of its commitment: no source gives
/// more than was committed from it.
pub(super) fn plan_all(tx: &mut Tx, grant: &GrantRow, payments: &[PlannedPayment], now: Moment) -> Outcome<()> {
    let mut left = journal::committed_parts(tx.conn(), grant.call_id, grant.id)?;
    let mut number = disbursements::of_grant(tx.conn(), grant.id)?.last().map_or(0, |row| row.number);
    for payment in payments {
        number += 1;
        let parts = journal::split(payment.amount, &left);
        for (rest, part) in left.iter_mut().zip(&parts) {
            rest.amount -= part.amount;
        }
        insert(tx, grant, (number, payment), &parts, now)?;
    }
    Ok(())
}

fn insert(
    tx: &mut Tx,
    grant: &GrantRow,
    (number, payment): (i32, &PlannedPayment),
    parts: &[journal::Part],
    now: Moment,
) -> Outcome<()> {
    let id: DisbursementId = tx.mint(now)?;
    let row = DisbursementRow {
        id,
        grant_id: grant.id,
        call_id: grant.call_id,
        number,
        kind: payment.kind,
        amount_cents: payment.amount,
        due_on: Some(payment.due_on),
        conditions: serde_json::to_string(&payment.conditions)?,
        authorised_by: None,
        authorised_on: None,
        bank_account_id: None,
        payment_run_id: None,
        end_to_end_id: None,
        paid_on: None,
        reason: None,
        state: DisbursementState::Planned,
        version: 0,
        state_at: now,
        created_at: now,
    };
    disbursements::insert(tx, &row)?;
    let split = |part: &journal::Part| money_sources::SplitRow {
        disbursement_id: id,
        funding_source_id: part.source,
        amount_cents: part.amount,
    };
    let splits: Vec<_> = parts.iter().filter(|part| part.amount.is_positive()).map(split).collect();
    money_sources::set_splits(tx, id, &splits)?;
    let system = Actor::system();
    record_birth::<Disbursement>(tx, &system, &system.roles, id, now)?;
    Ok(())
}

/// Cancels payments that have not been authorised.
pub(super) fn cancel_all(tx: &mut Tx, rows: &[DisbursementRow], now: Moment) -> Outcome<()> {
    for row in rows {
        disbursements::set_reason(tx, row.id, None)?;
        advance_now::<Disbursement>(tx, &Actor::system(), row.id, DisbursementEvent::Cancel, now)?;
    }
    Ok(())
}

/// Authorises a payment that is due, to the account verified today; or again one that the bank returned.
pub fn authorise(tx: &mut Tx, actor: &Actor, id: DisbursementId, version: i32, now: Moment) -> Outcome<Cause> {
    access::require(actor, &[Role::Finance])?;
    let by = access::person(actor)?;
    let file = disbursements::file(tx.conn(), id)?;
    let event = match file.disbursement.state {
        DisbursementState::Returned => DisbursementEvent::AuthoriseAgain,
        _ => DisbursementEvent::Authorise,
    };
    // Without an account nothing is written, and the guard says why.
    if let Some(account) = bank_accounts::payable(tx.conn(), file.grant.organisation_id)? {
        let reference = end_to_end_id(tx.conn(), &file)?;
        disbursements::set_authorised(tx, id, (by, now.paris_date()), account.id, &reference)?;
    }
    advance::<Disbursement>(tx, actor, id, version, event, now)
}

/// What follows the money to the bank and back: at most 35 characters a bank takes, another one after each return.
fn end_to_end_id(conn: &mut Conn, file: &DisbursementFile) -> Outcome<String> {
    let row = &file.disbursement;
    let transfers = ledger::of_disbursement(conn, row.id)?;
    let mut returns: Vec<_> =
        transfers.iter().filter(|t| t.kind == TransferKind::Return).filter_map(|t| t.transition_seq).collect();
    returns.dedup();
    let again = if returns.is_empty() { String::new() } else { format!("-R{}", returns.len()) };
    let readable = format!("{}-{}{again}", file.grant.grant_reference, row.number);
    if readable.len() <= 35 && latin_sepa(&readable) == readable {
        return Ok(readable);
    }
    let compact: String = row.id.as_str().chars().filter(|c| *c != '-').take(24).collect();
    Ok(format!("{compact}{again}"))
}

/// Holds a planned payment back, for a reason.
pub fn withhold(
    tx: &mut Tx,
    actor: &Actor,
    id: DisbursementId,
    version: i32,
    reason: &str,
    now: Moment,
) -> Outcome<Cause> {
    access::require(actor, &[Role::Finance, Role::Officer])?;
    disbursements::set_reason(tx, id, Some(&reasons::written(reason)?))?;
    advance::<Disbursement>(tx, actor, id, version, DisbursementEvent::Withhold, now)
}

/// Lets a payment that was held back go on.
pub fn restore(tx: &mut Tx, actor: &Actor, id: DisbursementId, version: i32, now: Moment) -> Outcome<Cause> {
    access::require(actor, &[Role::Finance, Role::Officer])?;
    disbursements::set_reason(tx, id, None)?;
    advance::<Disbursement>(tx, actor, id, version, DisbursementEvent::Restore, now)
}

/// Takes a payment out of a run whose file has not been made.
pub fn leave_run(tx: &mut Tx, actor: &Actor, id: DisbursementId, version: i32, now: Moment) -> Outcome<Cause> {
    let cause = advance::<Disbursement>(tx, actor, id, version, DisbursementEvent::LeaveRun, now)?;
    approved_lines::left(tx, id)?;
    Ok(cause)
}

/// Records that the bank executed the payment on `paid_on`.
pub fn mark_paid(
    tx: &mut Tx,
    actor: &Actor,
    id: DisbursementId,
    version: i32,
    paid_on: NaiveDate,
    now: Moment,
) -> Outcome<Cause> {
    access::require(actor, &[Role::Finance])?;
    not_in_future("paye_le", paid_on, now)?;
    not_before_file(tx.conn(), id, paid_on)?;
    disbursements::set_paid_on(tx, id, paid_on)?;
    let cause = advance::<Disbursement>(tx, actor, id, version, DisbursementEvent::MarkPaid, now)?;
    run_lines::turn(tx, id, RunLineOutcome::Waiting, RunLineOutcome::Paid)?;
    Ok(cause)
}

/// A bank operation is told once it has happened.
pub(super) fn not_in_future(field: &str, day: NaiveDate, now: Moment) -> Outcome<()> {
    if day <= now.paris_date() {
        return Ok(());
    }
    let error = FieldError::new(field, "Cette date est dans le futur\u{a0}: indiquez celle du relevé de banque.");
    Err(UseCaseError::Invalid(vec![error]))
}

/// A bank pays nothing before it is asked to.
fn not_before_file(conn: &mut Conn, id: DisbursementId, paid_on: NaiveDate) -> Outcome<()> {
    let Some(run) = disbursements::find(conn, id)?.payment_run_id else { return Ok(()) };
    let made_on = payment_runs::find(conn, run)?.exported_at.map(Moment::paris_date);
    let Some(made_on) = made_on.filter(|made_on| paid_on < *made_on) else { return Ok(()) };
    let day = french_date(made_on);
    let sentence =
        format!("Le fichier bancaire date du {day}\u{a0}: la banque n’a pas pu payer avant. Vérifiez le relevé.");
    Err(UseCaseError::Invalid(vec![FieldError::new("paye_le", sentence)]))
}

/// Records that the bank sent the money back: the journal reverses it, and the payment can be authorised again.
pub fn mark_returned(
    tx: &mut Tx,
    actor: &Actor,
    id: DisbursementId,
    version: i32,
    reason: &str,
    now: Moment,
) -> Outcome<Cause> {
    access::require(actor, &[Role::Finance])?;
    disbursements::set_reason(tx, id, Some(&reasons::written(reason)?))?;
    let cause = advance::<Disbursement>(tx, actor, id, version, DisbursementEvent::MarkReturned, now)?;
    run_lines::turn(tx, id, RunLineOutcome::Paid, RunLineOutcome::Returned)?;
    Ok(cause)
}

pub(super) fn notice_payment(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = disbursements::find(tx.conn(), cause.subject()?)?;
    let about = terms::subject(tx.conn(), row.grant_id, cause.now)?;
    let account = row.bank_account_id.map(|id| accounts::find(tx.conn(), id)).transpose()?;
    let run = row.payment_run_id.map(|id| payment_runs::find(tx.conn(), id)).transpose()?;
    let kept_back = ledger::kept_back(tx.conn(), &[row.id])?.into_iter().map(|(_, amount)| amount).sum();
    let grant = &about.file.grant;
    let others: Vec<_> =
        disbursements::of_grant(tx.conn(), grant.id)?.into_iter().filter(|other| other.id != row.id).collect();
    let is_paid = |other: &&DisbursementRow| other.state == DisbursementState::Paid;
    let is_open =
        |other: &&DisbursementRow| !matches!(other.state, DisbursementState::Paid | DisbursementState::Cancelled);
    let payment = Payment {
        granted: grant.amount_cents,
        paid_before: others.iter().filter(is_paid).map(|other| other.amount_cents).sum(),
        settled: grant.accepted_cost_cents.map(|cost| (cost, grant.rate_points)),
        next: others.iter().find(is_open).map(|other| line(other, grant)).transpose()?,
        number: row.number,
        kind: row.kind.label().to_owned(),
        amount: row.amount_cents - kept_back,
        kept_back,
        paid_on: row.paid_on.unwrap_or(cause.now.paris_date()),
        account: account.as_ref().map_or(String::new(), |account| account.iban.masked()),
        holder: account.map_or(String::new(), |account| account.holder),
        end_to_end_id: row.end_to_end_id.unwrap_or_default(),
        run_reference: run.map_or(String::new(), |run| run.reference),
    };
    let letter = letters::payment_notice(&about.project, &payment);
    let mail = letters::payment_mail(&about.project, &payment);
    documents::issue_and_send(tx, cause, &about.settings, letter, &about.recipients, &mail)?;
    Ok(())
}

pub(super) fn tell_payment_returned(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = disbursements::find(tx.conn(), cause.subject()?)?;
    let about = terms::subject(tx.conn(), row.grant_id, cause.now)?;
    // What the bank sends back is what it had been asked for.
    let kept_back: Euros = ledger::kept_back(tx.conn(), &[row.id])?.into_iter().map(|(_, amount)| amount).sum();
    let sent = row.amount_cents - kept_back;
    let mail = letters::returned_mail(&about.project, sent, row.reason.as_deref().unwrap_or_default());
    terms::tell(tx, cause, &about.recipients, &mail)
}

/// With a capital, as a cell of a table begins.
pub(super) fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

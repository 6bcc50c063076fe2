//! How a grant ends: the balance, what is paid back, the closing.

use super::{
    Actor, Outcome, UseCaseError,
    advance::{Cause, Object, advance_now},
    disbursements, journal, recoveries, revocations, terms,
};
use crate::{
    domain::{
        balances::Balance,
        budgets::{SurplusRule, balance_due},
        definitions::CallDefinition,
        disbursements::{Condition, DisbursementKind, PlannedPayment},
        ids::{DisbursementId, GrantId, RecoveryId, ReportId},
        journal::Stage,
        lifecycle::Machine,
        lifecycles::{
            disbursements::DisbursementState,
            grants::{Grant, GrantEvent, GrantState},
            reports::ReportState,
        },
        money::Euros,
        reports::ReportKind,
        time::Moment,
    },
    store::{
        Conn, Tx,
        balances::{self, BalanceRow},
        disbursements::{self as payments, DisbursementRow},
        grants::{self, GrantRow},
        journal as ledger, money_sources, recoveries as store_recoveries, reports,
    },
};

/// What a grant has paid and not got back.
pub fn kept(conn: &mut Conn, id: GrantId) -> Outcome<Euros> {
    Ok(ledger::balance(conn, Stage::Paid, ledger::Scope::Grant(id))?)
}

/// What is still owed to the holder of a grant once `accepted_cost` is retained; negative when too much was paid.
/// Without an accepted cost (a report that was waived) the whole award is owed.
pub(super) fn owed(grant: &GrantRow, accepted_cost: Option<Euros>, paid: Euros) -> Euros {
    match accepted_cost {
        Some(cost) => balance_due(grant.amount_cents, grant.rate_points, cost, paid),
        None => grant.amount_cents - paid,
    }
}

/// What a grant comes to with this cost retained, under the rule of its call.
pub(super) fn balance_with(conn: &mut Conn, grant: &GrantRow, call: &CallDefinition, cost: Euros) -> Outcome<Balance> {
    let paid = kept(conn, grant.id)?;
    Ok(Balance::compute((grant.amount_cents, grant.rate_points), cost, paid, &call.surplus))
}

/// Keeps how the balance comes about: the amount of the grant is revised to its end.
fn keep_balance(tx: &mut Tx, grant: &GrantRow, cost: Euros, now: Moment) -> Outcome<()> {
    let call = terms::of_call(tx.conn(), grant.call_id)?.call;
    let balance = balance_with(tx.conn(), grant, &call, cost)?;
    keep(tx, grant.id, &balance, now)
}

fn keep(tx: &mut Tx, id: GrantId, balance: &Balance, now: Moment) -> Outcome<()> {
    let row = BalanceRow {
        grant_id: id,
        cost_cents: balance.cost,
        rate_points: balance.rate,
        award_cents: balance.award,
        paid_cents: balance.paid,
        to_return_cents: balance.to_return,
        computed_at: now,
    };
    Ok(balances::set(tx, &row)?)
}

/// How the balance of a grant came about, once its final report was accepted.
pub(super) fn computed(conn: &mut Conn, id: GrantId) -> Outcome<Option<Balance>> {
    let balance = |row: BalanceRow| Balance {
        cost: row.cost_cents,
        rate: row.rate_points,
        award: row.award_cents,
        paid: row.paid_cents,
        to_return: row.to_return_cents,
    };
    Ok(balances::find(conn, id)?.map(balance))
}

/// Settles the balance = min(award, rate × accepted cost) − paid.
///
/// What is planned is replaced by one payment of exactly what is owed; what is not needed any more goes back to the
/// envelope; what was paid too much becomes a recovery. The grant's amount is revised down to what has been and will be
/// paid, so that its disbursements still add up to it.
pub(super) fn settle_balance(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let grant = grants::find(tx.conn(), cause.subject()?)?;
    if let Some(cost) = grant.accepted_cost_cents {
        keep_balance(tx, &grant, cost, cause.now)?;
    }
    let paid = kept(tx.conn(), grant.id)?;
    let owed = owed(&grant, grant.accepted_cost_cents, paid);
    let to_pay = owed.max(Euros::ZERO);
    let open = open_payments(tx.conn(), grant.id)?;
    let is_planned_so = matches!(open.as_slice(), [one] if one.amount_cents == to_pay);
    if !is_planned_so {
        disbursements::cancel_all(tx, &open, cause.now)?;
    }
    let committed = ledger::balance(tx.conn(), Stage::Committed, ledger::Scope::Grant(grant.id))?;
    journal::release(tx, cause, grant.call_id, grant.id, committed - to_pay)?;
    grants::set_amount(tx, grant.id, paid + to_pay)?;
    if to_pay.is_positive() && !is_planned_so {
        let conditions = vec![Condition::AgreementSettled, Condition::ReportAccepted(ReportKind::Final)];
        let due_on = cause.now.paris_date();
        let payment = PlannedPayment { kind: DisbursementKind::Balance, amount: to_pay, due_on, conditions };
        disbursements::plan_all(tx, &grant, &[payment], cause.now)?;
    }
    if owed < Euros::ZERO {
        let terms = terms::of_call(tx.conn(), grant.call_id)?;
        recoveries::request(tx, &grant, -owed, &terms.call.surplus, cause.now)?;
    }
    Ok(())
}

/// Planned and withheld payments.
fn open_payments(conn: &mut Conn, id: GrantId) -> Outcome<Vec<DisbursementRow>> {
    let rows = payments::of_grant(conn, id)?;
    let is_open = |row: &DisbursementRow| matches!(row.state, DisbursementState::Planned | DisbursementState::Withheld);
    Ok(rows.into_iter().filter(is_open).collect())
}

/// What is accepted of the cost of a grant that ended before its time: that of its last accepted report, nothing without
/// one. None when its final report is waived: whoever waives it lets what was paid be kept.
fn cost_accepted(conn: &mut Conn, id: GrantId) -> Outcome<Option<Euros>> {
    let rows = reports::of_grant(conn, id)?;
    let of = |kind: ReportKind, state: ReportState| rows.iter().find(|row| row.kind == kind && row.state == state);
    if of(ReportKind::Final, ReportState::Waived).is_some() {
        return Ok(None);
    }
    let last = of(ReportKind::Final, ReportState::Accepted).or_else(|| of(ReportKind::Interim, ReportState::Accepted));
    Ok(Some(last.and_then(|row| row.accepted_cost_cents).unwrap_or(Euros::ZERO)))
}

/// What a grant that ended before its time comes to: whatever accepted cost does not cover comes back, without the part
/// that the call leaves to those who carry their project out. None when its final report is waived.
pub(super) fn balance_of_terminated(conn: &mut Conn, grant: &GrantRow) -> Outcome<Option<Balance>> {
    // The grant itself was revised to what it had been paid.
    let award = balances::find(conn, grant.id)?.map_or(grant.amount_cents, |row| row.award_cents);
    balance_of_ended(conn, grant, award)
}

fn balance_of_ended(conn: &mut Conn, grant: &GrantRow, award: Euros) -> Outcome<Option<Balance>> {
    let Some(cost) = cost_accepted(conn, grant.id)? else { return Ok(None) };
    let paid = kept(conn, grant.id)?;
    Ok(Some(Balance::compute((award, grant.rate_points), cost, paid, &SurplusRule::NOTHING_KEPT)))
}

/// Keeps what a terminated grant comes to, or forgets it when nothing is to come back.
pub(super) fn keep_terminated(tx: &mut Tx, id: GrantId, balance: Option<&Balance>, now: Moment) -> Outcome<()> {
    match balance {
        Some(balance) => keep(tx, id, balance, now),
        None => Ok(balances::forget(tx, id)?),
    }
}

/// Takes back what is authorised and cancels what is planned when a grant is terminated; its amount becomes what was paid,
/// and what of it no accepted cost covers is kept, to be asked back.
pub(super) fn cancel_disbursements(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let id: GrantId = cause.subject()?;
    let reason = grants::find(tx.conn(), id)?.reason;
    revocations::revoke_all(tx, id, reason.as_deref(), cause.now)?;
    let open = open_payments(tx.conn(), id)?;
    disbursements::cancel_all(tx, &open, cause.now)?;
    let grant = grants::find(tx.conn(), id)?;
    let balance = balance_of_ended(tx.conn(), &grant, grant.amount_cents)?;
    keep_terminated(tx, id, balance.as_ref(), cause.now)?;
    let paid = kept(tx.conn(), id)?;
    Ok(grants::set_amount(tx, id, paid)?)
}

/// Cancels a payment of a grant that has ended already, once its authorisation is taken back: its money goes back to the
/// envelope, and the grant comes to what was paid otherwise, whatever of it has been paid back since.
pub(super) fn drop_of_ended(tx: &mut Tx, cause: &Cause, id: DisbursementId) -> Outcome<()> {
    let row = payments::find(tx.conn(), id)?;
    let grant = grants::find(tx.conn(), row.grant_id)?;
    if grant.state != GrantState::Terminated {
        return Ok(());
    }
    let amount = row.amount_cents;
    disbursements::cancel_all(tx, &[row], cause.now)?;
    journal::release(tx, cause, grant.call_id, grant.id, amount)?;
    grants::set_amount(tx, grant.id, grant.amount_cents - amount)?;
    judge_terminated(tx, &grant, cause.now)
}

/// Takes the accepted cost over from a final report and starts closing the grant, unless a payment is on its way: then
/// the closing starts when it has arrived.
pub(super) fn close_after_final_report(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let report = reports::find(tx.conn(), cause.subject::<ReportId>()?)?;
    let grant = grants::find(tx.conn(), report.grant_id)?;
    if grant.state == GrantState::Terminated {
        return judge_terminated(tx, &grant, cause.now);
    }
    if report.kind != ReportKind::Final {
        return Ok(());
    }
    grants::set_accepted_cost(tx, report.grant_id, report.accepted_cost_cents)?;
    if let Some(cost) = report.accepted_cost_cents {
        let grant = grants::find(tx.conn(), report.grant_id)?;
        keep_balance(tx, &grant, cost, cause.now)?;
    }
    go_on(tx, report.grant_id, cause)
}

/// What a report accepted or waived changes in a grant that has ended; what was asked back stays asked.
fn judge_terminated(tx: &mut Tx, grant: &GrantRow, now: Moment) -> Outcome<()> {
    if !store_recoveries::of_grant(tx.conn(), grant.id)?.is_empty() {
        return Ok(());
    }
    let balance = balance_of_terminated(tx.conn(), grant)?;
    keep_terminated(tx, grant.id, balance.as_ref(), now)
}

/// Closes the grant of what has just been paid or recovered, when nothing is owed either way.
pub(super) fn close_grant_when_settled(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let id = match cause.machine {
        Machine::Grant => cause.subject()?,
        Machine::Disbursement => money_sources::owner_of_disbursement(tx.conn(), cause.subject::<DisbursementId>()?)?.1,
        Machine::Recovery => store_recoveries::find(tx.conn(), cause.subject::<RecoveryId>()?)?.grant_id,
        _ => return Err(UseCaseError::Unreadable(cause.subject_id.clone())),
    };
    go_on(tx, id, cause)
}

/// Takes the next step towards the end that nothing stands in the way of.
fn go_on(tx: &mut Tx, id: GrantId, cause: &Cause) -> Outcome<()> {
    let system = Actor::system();
    let standing = Grant::look(tx.conn(), id, &system, cause.now)?;
    let facts = &standing.facts;
    let event = match standing.state {
        GrantState::Active if facts.is_final_report_judged && facts.disbursements_under_way == 0 => {
            GrantEvent::StartClosing
        }
        GrantState::Closing if facts.open_disbursements == 0 && facts.open_recoveries == 0 => GrantEvent::Close,
        _ => return Ok(()),
    };
    advance_now::<Grant>(tx, &system, id, event, cause.now)?;
    Ok(())
}

//! Recoveries of what was paid too much.

use super::{
    Actor, Outcome, access,
    advance::{Cause, Object, Standing, advance, advance_now, record_birth},
    disbursements::not_in_future,
    documents, grants, reasons, settlements, terms,
};
use crate::{
    domain::{
        balances::Balance,
        bank_files::account_reference,
        budgets::SurplusRule,
        correspondence::recoveries::{self as letters, Ground, Request, Settled},
        ids::{DisbursementId, FundingSourceId, GrantId, RecoveryId},
        lifecycle::Refusal,
        lifecycles::{
            grants::{GrantEvent, GrantState},
            recoveries::{Recovery, RecoveryEvent, RecoveryFacts, RecoveryState},
            reports::ReportState,
        },
        money::Euros,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        disbursements::{self, DisbursementFile, DisbursementRow},
        funding_sources,
        grants::{self as store_grants, GrantFile, GrantRow},
        history, journal, money_sources, payment_runs,
        recoveries::{self, RecoveryFile, RecoveryRow},
        reports,
    },
};
use chrono::{Duration, NaiveDate};

/// How long the holder has to pay back.
pub(super) const DAYS_TO_PAY: i64 = 60;

impl Object for Recovery {
    type Id = RecoveryId;

    fn look(conn: &mut Conn, id: RecoveryId, actor: &Actor, now: Moment) -> Outcome<Standing<Self>> {
        let row = recoveries::find(conn, id)?;
        let file = store_grants::file(conn, row.grant_id)?;
        let roles = grants::visible_to(conn, actor, &file)?;
        let facts = RecoveryFacts {
            is_received_on_known: row.received_on.is_some(),
            has_payment_to_offset: payment_to_offset(conn, &row, &file.grant, actor)?.is_some(),
            is_beyond_paid: row.state == RecoveryState::Requested
                && row.amount_cents > settlements::kept(conn, row.grant_id)?,
            is_due_ahead: row.due_on >= now.paris_date(),
            reason: row.reason.clone(),
        };
        Ok(Standing { state: row.state, version: row.version, roles, facts, reason: row.reason.unwrap_or_default() })
    }
}

/// The payment from which a recovery can be kept back (Code civil, art. 1347): authorised, so that nothing but the bank
/// stands between it and the grantee, of another grant, and larger than what is owed, so that something is left to pay. Of
/// a file the actor is recused from, nothing.
fn payment_to_offset(
    conn: &mut Conn,
    row: &RecoveryRow,
    grant: &GrantRow,
    actor: &Actor,
) -> Outcome<Option<(DisbursementId, Euros)>> {
    if row.state != RecoveryState::Requested {
        return Ok(None);
    }
    let payments = disbursements::authorised_of_organisation(conn, grant.organisation_id, actor.person)?;
    let ids: Vec<_> = payments.iter().map(|payment| payment.id).collect();
    let kept_back = journal::kept_back(conn, &ids)?;
    let leaving = |payment: &DisbursementRow| {
        let before: Euros = kept_back.iter().filter(|(id, _)| *id == payment.id).map(|(_, amount)| *amount).sum();
        payment.amount_cents - before
    };
    let mut others = payments.iter().filter(|payment| payment.grant_id != grant.id);
    let enough = others.find(|payment| leaving(payment) > row.amount_cents);
    Ok(enough.map(|payment| (payment.id, leaving(payment))))
}

/// The payment from which a debt would be kept back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offset {
    pub payment: DisbursementFile,
    /// What would leave the bank for it now, and what would once the debt is kept back.
    pub before: Euros,
    pub after: Euros,
    /// The agreements to which the debt comes back, and those that pay, by their references.
    pub regains: Vec<String>,
    pub pays: Vec<String>,
}

/// From which payment a debt would be kept back, and whose money that moves; nothing where there is none.
pub fn offset_of(conn: &mut Conn, actor: &Actor, id: RecoveryId) -> Outcome<Option<Offset>> {
    let file = file(conn, actor, id)?;
    let grant = store_grants::find(conn, file.recovery.grant_id)?;
    let Some((payment, before)) = payment_to_offset(conn, &file.recovery, &grant, actor)? else { return Ok(None) };
    let paying = money_sources::splits_of_disbursement(conn, payment)?;
    let paying: Vec<_> = paying.iter().map(|split| split.funding_source_id).collect();
    let paid = super::journal::paid_parts(conn, grant.call_id, grant.id)?;
    let paid: Vec<_> = paid.iter().filter(|part| part.amount.is_positive()).map(|part| part.source).collect();
    let references = |conn: &mut Conn, ids: Vec<FundingSourceId>| -> Outcome<Vec<String>> {
        ids.into_iter().map(|id| Ok(funding_sources::find(conn, id)?.reference)).collect()
    };
    Ok(Some(Offset {
        payment: disbursements::file(conn, payment)?,
        before,
        after: before - file.recovery.amount_cents,
        regains: references(conn, paid)?,
        pays: references(conn, paying)?,
    }))
}

/// Keeps the money back from the payment that is large enough: on the way back it counts as received, and the bank is
/// asked for so much less.
pub(super) fn offset(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = RecoveryRow { state: RecoveryState::Requested, ..recoveries::find(tx.conn(), cause.subject()?)? };
    let grant = store_grants::find(tx.conn(), row.grant_id)?;
    let payment = payment_to_offset(tx.conn(), &row, &grant, &cause.actor)?;
    super::journal::recover(tx, cause, Some(payment.ok_or(StoreError::NotFound)?.0))
}

/// Asks back what the rule of the call does not let the holder keep. What it does is written off at once, so that the
/// recoveries of a grant always add up to what was paid too much.
pub(super) fn request(tx: &mut Tx, grant: &GrantRow, over: Euros, rule: &SurplusRule, now: Moment) -> Outcome<()> {
    let asked = rule.to_return(grant.amount_cents, over);
    let system = Actor::system();
    let by = (&system, system.roles.as_slice());
    if asked < over {
        let id = insert(tx, grant, Asked::today(over - asked, now), by, now)?.1;
        recoveries::set_reason(tx, id, "Le règlement de l’appel laisse cette somme à la structure.")?;
        advance_now::<Recovery>(tx, &Actor::system(), id, RecoveryEvent::WriteOff, now)?;
    }
    if asked.is_positive() {
        let (birth, _) = insert(tx, grant, Asked::today(asked, now), by, now)?;
        send_request(tx, &birth, grant, Ground::FinalReport)?;
    }
    Ok(())
}

/// Roles that ask back what a terminated grant was paid and did not spend.
const CLAIMANTS: [Role; 2] = [Role::Director, Role::Finance];

/// How what may be asked back of a terminated grant comes about, or why it cannot be asked. `None` when the grant is not
/// terminated, or when this is not for the actor to ask.
pub(super) fn claim_of(conn: &mut Conn, actor: &Actor, file: &GrantFile) -> Outcome<Option<Result<Balance, Refusal>>> {
    if file.grant.state != GrantState::Terminated {
        return Ok(None);
    }
    let roles = grants::visible_to(conn, actor, file)?;
    if !roles.iter().any(|role| CLAIMANTS.contains(role)) || !recoveries::of_grant(conn, file.grant.id)?.is_empty() {
        return Ok(None);
    }
    let balance = settlements::balance_of_terminated(conn, &file.grant)?;
    let Some(balance) = balance.filter(|balance| balance.to_return.is_positive()) else { return Ok(None) };
    Ok(Some(match reports::of_grant(conn, file.grant.id)?.iter().find(|row| row.state == ReportState::Submitted) {
        Some(row) => {
            let kind = row.kind.label();
            Err(Refusal::because(format!("Le {kind} est déposé et pas encore lu\u{a0}: ses dépenses peuvent compter.")))
        }
        None => Ok(balance),
    }))
}

/// What may be asked back of a terminated grant, for whoever may ask.
pub fn claim_for(conn: &mut Conn, actor: &Actor, id: GrantId) -> Outcome<(GrantFile, Balance)> {
    access::require(actor, &CLAIMANTS)?;
    let file = grants::file(conn, actor, id)?;
    let nothing = || Refusal::because("Rien n’est à demander pour cette subvention, ou la demande est déjà partie.");
    let balance = claim_of(conn, actor, &file)?.ok_or_else(nothing)??;
    Ok((file, balance))
}

/// Asks back what a terminated grant, whose page showed `version`, was paid and no accepted cost covers.
pub fn claim(tx: &mut Tx, actor: &Actor, id: GrantId, version: i32, now: Moment) -> Outcome<RecoveryId> {
    let (file, balance) = claim_for(tx.conn(), actor, id)?;
    if file.grant.version != version {
        return Err(StoreError::Stale.into());
    }
    settlements::keep_terminated(tx, id, Some(&balance), now)?;
    let roles = grants::visible_to(tx.conn(), actor, &file)?;
    let asked = Asked::today(balance.to_return, now);
    let (birth, recovery) = insert(tx, &file.grant, asked, (actor, roles.as_slice()), now)?;
    let moves = history::of_subject(tx.conn(), id.as_str())?;
    let end = moves.into_iter().rev().find(|row| row.event == GrantEvent::Terminate.code());
    let reason = end.map(|row| row.reason).unwrap_or_default();
    send_request(tx, &birth, &file.grant, Ground::Termination { reason, lines: balance.lines_to_request() })?;
    Ok(recovery)
}

/// A terminated grant of which nothing was asked back yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclaimed {
    pub grant: GrantId,
    pub reference: String,
    pub holder: String,
    /// What no accepted cost covered when it was last computed.
    pub amount: Euros,
}

/// The terminated grants of which something is still to be asked back, the oldest first, so many at most.
pub fn unclaimed(conn: &mut Conn, actor: &Actor, most: i64) -> Outcome<Vec<Unclaimed>> {
    access::require(actor, &[Role::Finance, Role::Director, Role::Auditor])?;
    let found = recoveries::unclaimed(conn, actor.person, most)?;
    let told = |(grant, reference, holder, amount)| Unclaimed { grant, reference, holder, amount };
    Ok(found.into_iter().map(told).collect())
}

/// How much is asked back, since when, and by when it is expected.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub amount: Euros,
    pub on: NaiveDate,
    pub due_on: NaiveDate,
}

impl Asked {
    fn today(amount: Euros, now: Moment) -> Self {
        let today = now.paris_date();
        Asked { amount, on: today, due_on: today + Duration::days(DAYS_TO_PAY) }
    }
}

pub(super) fn insert(
    tx: &mut Tx,
    grant: &GrantRow,
    asked: Asked,
    (actor, roles): (&Actor, &[Role]),
    now: Moment,
) -> Outcome<(Cause, RecoveryId)> {
    let id: RecoveryId = tx.mint(now)?;
    let row = RecoveryRow {
        id,
        grant_id: grant.id,
        amount_cents: asked.amount,
        requested_on: asked.on,
        due_on: asked.due_on,
        received_on: None,
        reason: None,
        state: RecoveryState::Requested,
        version: 0,
        state_at: now,
        created_at: now,
    };
    recoveries::insert(tx, &row)?;
    Ok((record_birth::<Recovery>(tx, actor, roles, id, now)?, id))
}

fn send_request(tx: &mut Tx, birth: &Cause, grant: &GrantRow, ground: Ground) -> Outcome<()> {
    let row = recoveries::find(tx.conn(), birth.subject()?)?;
    let about = terms::subject(tx.conn(), grant.id, birth.now)?;
    let paid = settlements::kept(tx.conn(), grant.id)?;
    let payer = payment_runs::payers(tx.conn())?.into_iter().next();
    let due =
        grant.accepted_cost_cents.map_or(grant.amount_cents, |cost| grant.amount_cents.min(cost.at(grant.rate_points)));
    let request = Request {
        ground,
        amount: row.amount_cents,
        paid,
        due,
        due_on: row.due_on,
        account: payer.map(|payer| (payer.holder, account_reference(payer.id.as_str()))),
    };
    let letter = letters::request_letter(&about.project, &request);
    let mail = letters::request_mail(&about.project, &request);
    documents::issue_and_send(tx, birth, &about.settings, letter, &about.recipients, &mail)?;
    Ok(())
}

/// The recoveries in one state, by due date.
pub fn in_state(
    conn: &mut Conn,
    actor: &Actor,
    state: RecoveryState,
    key: Option<RecoveryId>,
    limit: i64,
) -> Outcome<Vec<RecoveryFile>> {
    access::require(actor, &[Role::Finance, Role::Director, Role::Auditor])?;
    let key = key.map(|id| recoveries::find(conn, id)).transpose()?.map(|row| (row.due_on, row.id));
    Ok(recoveries::in_state(conn, (state, actor.person), key, limit)?)
}

/// What the recoveries in one state add up to.
pub fn total_in_state(conn: &mut Conn, actor: &Actor, state: RecoveryState) -> Outcome<Euros> {
    access::require(actor, &[Role::Finance, Role::Director, Role::Auditor])?;
    Ok(recoveries::total_in_state(conn, (state, actor.person))?)
}

/// How many recoveries are in one state.
pub fn count_in_state(conn: &mut Conn, actor: &Actor, state: RecoveryState) -> Outcome<i64> {
    access::require(actor, &[Role::Finance, Role::Director, Role::Auditor])?;
    Ok(recoveries::count_in_state(conn, (state, actor.person))?)
}

/// One recovery with what surrounds it, for those who pay and those who check.
pub fn file(conn: &mut Conn, actor: &Actor, id: RecoveryId) -> Outcome<RecoveryFile> {
    access::require(actor, &[Role::Finance, Role::Director, Role::Auditor])?;
    let file = recoveries::file(conn, id)?;
    access::require_unrecused(conn, actor, file.grant.application_id)?;
    Ok(file)
}

/// What of the same grant is asked back besides this.
pub fn asked_besides(conn: &mut Conn, row: &RecoveryRow) -> Outcome<Vec<RecoveryRow>> {
    let mut all = recoveries::of_grant(conn, row.grant_id)?;
    all.retain(|other| other.id != row.id && other.state == RecoveryState::Requested);
    Ok(all)
}

/// Records that the money came back on `received_on`.
pub fn receive(
    tx: &mut Tx,
    actor: &Actor,
    id: RecoveryId,
    version: i32,
    received_on: NaiveDate,
    now: Moment,
) -> Outcome<Cause> {
    access::require(actor, &[Role::Finance])?;
    not_in_future("recu_le", received_on, now)?;
    recoveries::set_received_on(tx, id, received_on)?;
    advance::<Recovery>(tx, actor, id, version, RecoveryEvent::Receive, now)
}

/// Ends a recovery without money: offset against another payment (finance) or written off (management), for a reason.
pub fn give_up(
    tx: &mut Tx,
    actor: &Actor,
    id: RecoveryId,
    version: i32,
    (event, reason): (RecoveryEvent, &str),
    now: Moment,
) -> Outcome<Cause> {
    access::require(actor, &[Role::Finance, Role::Director])?;
    recoveries::set_reason(tx, id, &reasons::written(reason)?)?;
    advance::<Recovery>(tx, actor, id, version, event, now)
}

pub(super) fn tell_recovery_settled(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = recoveries::find(tx.conn(), cause.subject()?)?;
    let about = terms::subject(tx.conn(), row.grant_id, cause.now)?;
    let settled = match (row.state, row.received_on) {
        // What the rule of the call leaves is told with the report.
        (RecoveryState::WrittenOff, _) if cause.actor.person.is_none() => return Ok(()),
        (RecoveryState::WrittenOff, _) => Settled::GivenUp,
        (_, Some(on)) => Settled::Received(on),
        (_, None) => Settled::Offset,
    };
    let all = recoveries::of_grant(tx.conn(), row.grant_id)?;
    let open = all.into_iter().find(|other| other.state == RecoveryState::Requested);
    let left = open.map(|other| (other.amount_cents, other.due_on));
    let mail = letters::settled_mail(&about.project, (row.amount_cents, settled), left, cause.now.paris_date());
    terms::tell(tx, cause, &about.recipients, &mail)
}

//! Grants: offer, acceptance, agreement, suspension. How they end is told in `settlements`.

use super::{
    Actor, Outcome, access,
    advance::{Cause, Object, Standing, advance, advance_now, record_birth},
    agreements, journal, organisations, reasons, revocations, settings,
    terms::{self, Subject},
};
use crate::{
    domain::{
        correspondence::grants as letters,
        decisions::is_announced as is_told,
        ids::{ApplicationId, GrantId},
        lifecycle::Refusal,
        lifecycles::{
            disbursements::DisbursementState,
            grants::{Grant, GrantEvent, GrantFacts, GrantState},
            recoveries::RecoveryState,
            reports::ReportState,
        },
        money::Euros,
        organisations::Right,
        reports::ReportKind,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        disbursements::DisbursementRow,
        grants::{self, GrantFile, GrantRow},
        history, recoveries, reports,
    },
};

impl Object for Grant {
    type Id = GrantId;

    fn look(conn: &mut Conn, id: GrantId, actor: &Actor, now: Moment) -> Outcome<Standing<Self>> {
        let file = grants::file(conn, id)?;
        let roles = visible_to(conn, actor, &file)?;
        let facts = facts(conn, &file, now)?;
        let GrantFile { grant, .. } = file;
        let reason = grant.reason.unwrap_or_default();
        Ok(Standing { state: grant.state, version: grant.version, roles, facts, reason })
    }
}

/// What the actor is to the grant. Before the results are announced it exists for the staff alone, and never for staff
/// who are recused from its file; then for whoever may read all of what its organisations do.
pub(super) fn visible_to(conn: &mut Conn, actor: &Actor, file: &GrantFile) -> Outcome<Vec<Role>> {
    let mut roles = access::staff_roles_on(conn, actor, file.grant.application_id)?;
    let seats = if is_announced(file) { organisations::seats(conn, actor, &file.parties())? } else { Vec::new() };
    if seats.iter().any(|seat| seat.may(Right::Write)) {
        roles.push(Role::Applicant);
    }
    // Of what an organisation does, whoever keeps its money alone knows the budget of its files.
    if roles.is_empty() && !seats.iter().any(|seat| seat.may(Right::Read)) {
        return Err(StoreError::NotFound.into());
    }
    Ok(roles)
}

/// Whether the decision is told: before, the grant exists for the staff alone.
pub(super) fn is_announced(file: &GrantFile) -> bool {
    is_told(file.call.call_state, file.call.decision_pace)
}

fn facts(conn: &mut Conn, file: &GrantFile, now: Moment) -> Outcome<GrantFacts> {
    let grant = &file.grant;
    let payments = crate::store::disbursements::of_grant(conn, grant.id)?;
    let recoveries = recoveries::of_grant(conn, grant.id)?;
    Ok(GrantFacts {
        is_announced: is_announced(file),
        is_answer_overdue: grant.confirm_by.is_some_and(|day| day < now.paris_date()),
        is_agreement_required: grant.is_agreement_required,
        is_signatory_missing: is_signatory_missing(conn, grant)?,
        is_signed_by_holder: grant.holder_signed_at.is_some(),
        is_signed_by_issuer: grant.issuer_signed_at.is_some(),
        is_final_report_judged: judged_reports(conn, grant.id)?.contains(&ReportKind::Final),
        open_disbursements: count(&payments, |state| {
            !matches!(state, DisbursementState::Paid | DisbursementState::Cancelled)
        }),
        disbursements_under_way: count(&payments, DisbursementState::is_under_way),
        out_of_reach: revocations::out_of_reach(conn, &payments)?,
        open_recoveries: recoveries.iter().filter(|row| row.state == RecoveryState::Requested).count() as i64,
        reason: grant.reason.clone(),
    })
}

/// Whether nobody is named who could sign the agreement that comes next.
fn is_signatory_missing(conn: &mut Conn, grant: &GrantRow) -> Outcome<bool> {
    if grant.state != GrantState::Accepted || !grant.is_agreement_required {
        return Ok(false);
    }
    let fund = terms::of_call(conn, grant.call_id)?.fund;
    Ok(!terms::names_signatory(&settings::load(conn)?, &fund))
}

fn count(rows: &[DisbursementRow], is_counted: impl Fn(DisbursementState) -> bool) -> i64 {
    rows.iter().filter(|row| is_counted(row.state)).count() as i64
}

/// The kinds of reports that are accepted or waived.
pub(super) fn judged_reports(conn: &mut Conn, id: GrantId) -> Outcome<Vec<ReportKind>> {
    let rows = reports::of_grant(conn, id)?;
    let judged = rows.iter().filter(|row| matches!(row.state, ReportState::Accepted | ReportState::Waived));
    Ok(judged.map(|row| row.kind).collect())
}

/// A grant with what surrounds it, for whoever may see it.
pub fn file(conn: &mut Conn, actor: &Actor, id: GrantId) -> Outcome<GrantFile> {
    let file = grants::file(conn, id)?;
    visible_to(conn, actor, &file)?;
    Ok(file)
}

/// The grants of the organisations whose files the actor may read, once announced.
pub fn mine(conn: &mut Conn, actor: &Actor) -> Outcome<Vec<GrantFile>> {
    let ids = organisations::read_by(conn, actor)?;
    Ok(grants::of_organisations(conn, &ids)?.into_iter().filter(is_announced).collect())
}

/// Those of them that came of these files.
pub fn mine_of(conn: &mut Conn, actor: &Actor, ids: &[ApplicationId]) -> Outcome<Vec<GrantFile>> {
    let organisations = organisations::read_by(conn, actor)?;
    let mut found = grants::files_of_applications(conn, ids)?;
    found.retain(|file| is_announced(file) && file.parties().iter().any(|party| organisations.contains(party)));
    Ok(found)
}

/// The grants before `key`, newest first, for the staff.
pub fn page(
    conn: &mut Conn,
    actor: &Actor,
    filter: grants::Filter<'_>,
    key: Option<GrantId>,
    limit: i64,
) -> Outcome<Vec<GrantFile>> {
    access::require(actor, &[Role::Officer, Role::Finance, Role::Director, Role::Auditor])?;
    Ok(grants::page(conn, (filter, actor.person), key, limit)?)
}

/// Accepts the offer; with what was accepted before in the year it may take an agreement.
pub fn accept(tx: &mut Tx, actor: &Actor, id: GrantId, version: i32, now: Moment) -> Outcome<Cause> {
    let offer = file(tx.conn(), actor, id)?.grant;
    if agreements::is_owed(tx.conn(), &offer)? && !offer.is_agreement_required {
        grants::require_agreement(tx, id)?;
    }
    grants::set_accepted(tx, id, access::person(actor)?, now)?;
    advance::<Grant>(tx, actor, id, version, GrantEvent::Accept, now)
}

/// Moves a grant by an event that needs no words: a refusal of the offer, the sending of the agreement, the closing.
pub fn step(tx: &mut Tx, actor: &Actor, id: GrantId, version: i32, event: GrantEvent, now: Moment) -> Outcome<Cause> {
    file(tx.conn(), actor, id)?;
    advance::<Grant>(tx, actor, id, version, event, now)
}

/// Suspends, resumes or terminates: whatever changes for a reason that is kept.
pub fn change_with_reason(
    tx: &mut Tx,
    actor: &Actor,
    id: GrantId,
    version: i32,
    (event, reason): (GrantEvent, &str),
    now: Moment,
) -> Outcome<Cause> {
    let reason = reasons::written(reason)?;
    file(tx.conn(), actor, id)?;
    grants::set_reason(tx, id, Some(&reason))?;
    let cause = advance::<Grant>(tx, actor, id, version, event, now)?;
    // The history keeps it; left here it would explain the next change too.
    grants::set_reason(tx, id, None)?;
    Ok(cause)
}

/// Opens the grant of an awarded application and commits its amount. `confirm_by` is set when the call is announced.
pub(super) fn open_grant(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let application = cause.subject()?;
    let awarded = grants::awarded(tx.conn(), application)?;
    let amount = awarded.decided_cents.ok_or_else(|| Refusal::because("Indiquez d’abord le montant attribué."))?;
    let terms = terms::of_call(tx.conn(), awarded.call_id)?;
    let id: GrantId = tx.mint(cause.now)?;
    let row = GrantRow {
        id,
        application_id: application,
        call_id: awarded.call_id,
        organisation_id: awarded.organisation_id,
        reference: format!("{}-S", awarded.reference),
        amount_cents: amount,
        rate_points: terms.call.amount.rate,
        accepted_cost_cents: None,
        decided_on: cause.now.paris_date(),
        confirm_by: None,
        starts_on: awarded.starts_on,
        ends_on: awarded.ends_on,
        is_agreement_required: false,
        accepted_by: None,
        accepted_at: None,
        holder_signed_by: None,
        holder_signed_at: None,
        issuer_signed_by: None,
        issuer_signed_at: None,
        reason: None,
        state: GrantState::Offered,
        version: 0,
        state_at: cause.now,
        created_at: cause.now,
    };
    let threshold = terms.call.agreement_threshold;
    let is_agreement_required = agreements::is_required(tx.conn(), (&row, amount), threshold)?;
    grants::insert(tx, &GrantRow { is_agreement_required, ..row })?;
    let system = Actor::system();
    let birth = record_birth::<Grant>(tx, &system, &system.roles, id, cause.now)?;
    journal::commit(tx, &birth, awarded.call_id, id, amount)
}

pub(super) fn activate_if_settled(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let id = cause.subject()?;
    if !grants::find(tx.conn(), id)?.is_agreement_required {
        advance_now::<Grant>(tx, &Actor::system(), id, GrantEvent::Activate, cause.now)?;
    }
    Ok(())
}

fn subject(tx: &mut Tx, cause: &Cause) -> Outcome<Subject> {
    terms::subject(tx.conn(), cause.subject()?, cause.now)
}

pub(super) fn tell_grant_accepted(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let about = subject(tx, cause)?;
    let grant = &about.file.grant;
    let mail = letters::accepted_mail(&about.project, grant.amount_cents, grant.is_agreement_required);
    terms::tell(tx, cause, &about.recipients, &mail)
}

pub(super) fn tell_grant_declined(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let about = subject(tx, cause)?;
    let amount = about.file.grant.amount_cents;
    terms::tell(tx, cause, &about.recipients, &letters::declined_mail(&about.project, amount))?;
    let officers = terms::staff_told_of(tx.conn(), Role::Officer, about.file.grant.application_id)?;
    let others: Vec<_> = officers
        .into_iter()
        .filter(|officer| about.recipients.iter().all(|told| told.address != officer.address))
        .collect();
    terms::tell(tx, cause, &others, &letters::declined_mail_to_team(&about.project, amount))
}

pub(super) fn tell_grant_lapsed(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let about = subject(tx, cause)?;
    let (amount, by) = (about.file.grant.amount_cents, about.file.grant.confirm_by);
    terms::tell(tx, cause, &about.recipients, &letters::lapsed_mail(&about.project, amount, by))
}

pub(super) fn tell_grant_active(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let about = subject(tx, cause)?;
    let moves = history::of_subject(tx.conn(), &cause.subject_id)?;
    let was_suspended = moves.last().is_some_and(|last| last.event == GrantEvent::Resume.code());
    let resumption = match was_suspended {
        true => letters::Resumption::AfterSuspension,
        false if about.file.grant.is_agreement_required => letters::Resumption::Signed,
        false => letters::Resumption::First,
    };
    let mail = letters::active_mail(&about.project, resumption);
    if resumption == letters::Resumption::Signed {
        return agreements::send_signed(tx, cause, &about, &mail);
    }
    terms::tell(tx, cause, &about.recipients, &mail)
}

pub(super) fn tell_grant_suspended(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let about = subject(tx, cause)?;
    let mail = letters::suspended_mail(&about.project, about.file.grant.reason.as_deref().unwrap_or_default());
    terms::tell(tx, cause, &about.recipients, &mail)
}

pub(super) fn tell_grant_terminated(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let about = subject(tx, cause)?;
    let grant = &about.file.grant;
    let reason = grant.reason.as_deref().unwrap_or_default();
    let balance = super::settlements::computed(tx.conn(), grant.id)?;
    let uncovered = balance.map_or(Euros::ZERO, |balance| balance.to_return);
    let mail = letters::terminated_mail(&about.project, reason, grant.amount_cents, uncovered);
    terms::tell(tx, cause, &about.recipients, &mail)
}

pub(super) fn tell_grant_closed(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let about = subject(tx, cause)?;
    let mail = letters::closed_mail(&about.project, super::settlements::kept(tx.conn(), about.file.grant.id)?);
    terms::tell(tx, cause, &about.recipients, &mail)
}

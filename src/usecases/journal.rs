//! Money moves: what each transition does to the journal, split by funding source.

use super::{Outcome, UseCaseError, advance::Cause};
use crate::{
    domain::{
        ids::{CallId, DisbursementId, FundingSourceId, GrantId, RecoveryId},
        journal::{Stage, TransferKind},
        lifecycle::{Machine, Refusal},
        money::{Euros, share},
    },
    store::{
        Conn, Tx,
        journal::{self, Scope, Voucher},
        money_sources,
    },
};

/// An amount drawn from one funding source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub source: FundingSourceId,
    pub amount: Euros,
}

fn voucher(kind: TransferKind, cause: &Cause) -> Voucher {
    Voucher { kind, disbursement: None, reverses: None, cause: Some(cause.seq), at: cause.now }
}

/// Where the two ends of a transfer hang: accounts from the envelope on belong to a call, from the commitment on to a
/// grant too.
struct Owner {
    call: Option<CallId>,
    grant: Option<GrantId>,
}

impl Owner {
    fn at(&self, stage: Stage) -> (Option<CallId>, Option<GrantId>) {
        match stage {
            Stage::Funder | Stage::Source => (None, None),
            Stage::Envelope => (self.call, None),
            Stage::Committed | Stage::Authorised | Stage::Paid | Stage::Recovered => (self.call, self.grant),
        }
    }
}

/// Moves one part along the path of its kind. Nothing moves for nothing.
fn move_part(tx: &mut Tx, part: Part, owner: &Owner, voucher: Voucher) -> Outcome<Option<i64>> {
    if !part.amount.is_positive() {
        return Ok(None);
    }
    let (from, to) = voucher.kind.path();
    let (call, grant) = owner.at(from);
    let from = journal::account(tx, from, part.source, call, grant, voucher.at)?;
    let (call, grant) = owner.at(to);
    let to = journal::account(tx, to, part.source, call, grant, voucher.at)?;
    Ok(Some(journal::transfer(tx, from, to, part.amount, voucher)?))
}

/// Splits an amount among parts in proportion to what each has, never beyond it, by the largest remainder.
pub fn split(amount: Euros, available: &[Part]) -> Vec<Part> {
    let weights: Vec<i64> = available.iter().map(|part| part.amount.cents()).collect();
    let shares = share(amount, &weights);
    available.iter().zip(shares).map(|(part, amount)| Part { source: part.source, amount }).collect()
}

/// What lies at one stage of a call or a grant, by source, in the order of the call's sources.
fn parts(conn: &mut Conn, stage: Stage, call: CallId, grant: Option<GrantId>) -> Outcome<Vec<Part>> {
    let sources = money_sources::of_call(conn, call)?;
    let scope = |source| match grant {
        Some(grant) => Scope::GrantSource(grant, source),
        None => Scope::CallSource(call, source),
    };
    let mut parts = Vec::with_capacity(sources.len());
    for source in sources {
        let amount = journal::balance(conn, stage, scope(source.funding_source_id))?;
        parts.push(Part { source: source.funding_source_id, amount });
    }
    Ok(parts)
}

/// Records the money of a funding source as available.
pub fn record_source(
    tx: &mut Tx,
    source: FundingSourceId,
    amount: Euros,
    now: crate::domain::time::Moment,
) -> Outcome<()> {
    let voucher = Voucher { kind: TransferKind::Grant, disbursement: None, reverses: None, cause: None, at: now };
    move_part(tx, Part { source, amount }, &Owner { call: None, grant: None }, voucher)?;
    Ok(())
}

/// Gives so much of a funding source back to its funder: it is worth less than before. What calls have taken stays.
pub(super) fn lower_source(
    tx: &mut Tx,
    source: FundingSourceId,
    amount: Euros,
    now: crate::domain::time::Moment,
) -> Outcome<()> {
    let left = source_left(tx.conn(), source)?;
    if amount > left {
        return Err(Refusal::because(format!("La convention n’a plus que {left} qu’aucun appel n’a pris.")).into());
    }
    let voucher = Voucher { kind: TransferKind::Lower, disbursement: None, reverses: None, cause: None, at: now };
    move_part(tx, Part { source, amount }, &Owner { call: None, grant: None }, voucher)?;
    Ok(())
}

/// Records a donation on the source it feeds; gives the number of the transfer.
pub(super) fn donate(tx: &mut Tx, cause: &Cause, source: FundingSourceId, amount: Euros) -> Outcome<i64> {
    let part = Part { source, amount };
    let moved = move_part(tx, part, &Owner { call: None, grant: None }, voucher(TransferKind::Donate, cause))?;
    moved.ok_or_else(|| Refusal::because("Un don est d’un montant positif.").into())
}

/// Takes the donation of this transfer back from the source it fed.
pub(super) fn take_back(
    tx: &mut Tx,
    cause: &Cause,
    (source, amount): (FundingSourceId, Euros),
    reversed: i64,
) -> Outcome<()> {
    let voucher = Voucher { reverses: Some(reversed), ..voucher(TransferKind::TakeBack, cause) };
    move_part(tx, Part { source, amount }, &Owner { call: None, grant: None }, voucher)?;
    Ok(())
}

/// What a funding source has received: its agreement, and the donations that feed it.
pub(super) fn received(conn: &mut Conn, source: FundingSourceId) -> Outcome<Euros> {
    Ok(-journal::balance(conn, Stage::Funder, Scope::Source(source))?)
}

/// What no call has taken from a funding source yet.
pub(super) fn source_left(conn: &mut Conn, source: FundingSourceId) -> Outcome<Euros> {
    Ok(journal::balance(conn, Stage::Source, Scope::Source(source))?)
}

/// What the envelope of a call has left.
pub fn envelope_left(conn: &mut Conn, call: CallId) -> Outcome<Euros> {
    Ok(journal::balance(conn, Stage::Envelope, Scope::Call(call))?)
}

pub(super) fn fund_envelope(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let call = cause.subject()?;
    for source in money_sources::of_call(tx.conn(), call)? {
        // A published call that grows takes only what it has not taken yet, be it promised since or not.
        let amount = source.amount_cents - journal::set_aside(tx.conn(), call, source.funding_source_id)?;
        let part = Part { source: source.funding_source_id, amount };
        let left = journal::balance(tx.conn(), Stage::Source, Scope::Source(part.source))?;
        if part.amount > left {
            let reason = format!("Une convention n’a plus que {left} de disponible.");
            return Err(Refusal::because(reason).into());
        }
        move_part(tx, part, &Owner { call: Some(call), grant: None }, voucher(TransferKind::Fund, cause))?;
    }
    Ok(())
}

pub(super) fn return_envelope(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let call = cause.subject()?;
    for part in parts(tx.conn(), Stage::Envelope, call, None)? {
        move_part(tx, part, &Owner { call: Some(call), grant: None }, voucher(TransferKind::Unfund, cause))?;
    }
    Ok(())
}

/// Commits the amount of a new grant from its call's envelope.
pub(super) fn commit(tx: &mut Tx, cause: &Cause, call: CallId, grant: GrantId, amount: Euros) -> Outcome<()> {
    let available = parts(tx.conn(), Stage::Envelope, call, None)?;
    let left: Euros = available.iter().map(|part| part.amount).sum();
    if amount > left {
        return Err(Refusal::because(format!("L’enveloppe de l’appel n’a plus que {left} de disponible.")).into());
    }
    for part in split(amount, &available) {
        move_part(tx, part, &Owner { call: Some(call), grant: Some(grant) }, voucher(TransferKind::Commit, cause))?;
    }
    Ok(())
}

/// What each source of a call has left in its envelope, in their order.
pub(super) fn envelope_parts(conn: &mut Conn, call: CallId) -> Outcome<Vec<Part>> {
    parts(conn, Stage::Envelope, call, None)
}

/// What a new grant of `amount` would take from each source of its call.
pub(super) fn foreseen_parts(conn: &mut Conn, call: CallId, amount: Euros) -> Outcome<Vec<Part>> {
    Ok(split(amount, &parts(conn, Stage::Envelope, call, None)?))
}

/// Gives `amount` of a grant's commitment back to its call's envelope.
pub(super) fn release(tx: &mut Tx, cause: &Cause, call: CallId, grant: GrantId, amount: Euros) -> Outcome<()> {
    let committed = parts(tx.conn(), Stage::Committed, call, Some(grant))?;
    for part in split(amount, &committed) {
        move_part(tx, part, &Owner { call: Some(call), grant: Some(grant) }, voucher(TransferKind::Release, cause))?;
    }
    Ok(())
}

pub(super) fn release_commitment(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let grant: GrantId = cause.subject()?;
    let call = money_sources::call_of_grant(tx.conn(), grant)?;
    let committed = journal::balance(tx.conn(), Stage::Committed, Scope::Grant(grant))?;
    release(tx, cause, call, grant, committed)
}

/// What is committed to a grant and not yet authorised, by source.
pub(super) fn committed_parts(conn: &mut Conn, call: CallId, grant: GrantId) -> Outcome<Vec<Part>> {
    parts(conn, Stage::Committed, call, Some(grant))
}

/// What a grant has been paid and has not paid back, by source.
pub(super) fn paid_parts(conn: &mut Conn, call: CallId, grant: GrantId) -> Outcome<Vec<Part>> {
    parts(conn, Stage::Paid, call, Some(grant))
}

/// The movement of a payment that a counter-movement takes back, and where that one had led.
const fn undone(kind: TransferKind) -> Option<(TransferKind, Stage)> {
    match kind {
        TransferKind::Return => Some((TransferKind::Pay, Stage::Paid)),
        TransferKind::Revoke => Some((TransferKind::Authorise, Stage::Authorised)),
        _ => None,
    }
}

fn move_disbursement(tx: &mut Tx, cause: &Cause, kind: TransferKind) -> Outcome<()> {
    let id: DisbursementId = cause.subject()?;
    let (call, grant) = money_sources::owner_of_disbursement(tx.conn(), id)?;
    let reversed = journal::of_disbursement(tx.conn(), id)?;
    for split in money_sources::splits_of_disbursement(tx.conn(), id)? {
        let part = Part { source: split.funding_source_id, amount: split.amount_cents };
        let mut voucher = voucher(kind, cause);
        voucher.disbursement = Some(id);
        if let Some((undone, stage)) = undone(kind) {
            let account = journal::account(tx, stage, part.source, Some(call), Some(grant), cause.now)?;
            let last = reversed.iter().rfind(|t| t.kind == undone && t.to_account == account);
            voucher.reverses = last.map(|transfer| transfer.seq);
        }
        move_part(tx, part, &Owner { call: Some(call), grant: Some(grant) }, voucher)?;
    }
    Ok(())
}

pub(super) fn authorise_money(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    move_disbursement(tx, cause, TransferKind::Authorise)
}

pub(super) fn revoke_money(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    move_disbursement(tx, cause, TransferKind::Revoke)
}

pub(super) fn pay_money(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    move_disbursement(tx, cause, TransferKind::Pay)
}

pub(super) fn reverse_payment(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    move_disbursement(tx, cause, TransferKind::Return)
}

pub(super) fn record_recovery(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    recover(tx, cause, None)
}

/// What one change of state of a recovery counted as come back to a grant is paid again, source by source.
pub(super) fn undo_recovery(tx: &mut Tx, cause: &Cause, grant: GrantId, undone: i64) -> Outcome<()> {
    for row in journal::recovered_by(tx.conn(), grant, undone)? {
        let (disbursement, reverses) = (row.disbursement_id, Some(row.seq));
        let voucher = Voucher { disbursement, reverses, ..voucher(TransferKind::Reopen, cause) };
        journal::transfer(tx, row.to_account, row.from_account, row.amount_cents, voucher)?;
    }
    Ok(())
}

/// What was paid too much counts as come back; when it was kept back from a payment, its transfers name that payment.
pub(super) fn recover(tx: &mut Tx, cause: &Cause, from: Option<DisbursementId>) -> Outcome<()> {
    if cause.machine != Machine::Recovery {
        return Err(UseCaseError::Unreadable(cause.subject_id.clone()));
    }
    let recovery: RecoveryId = cause.subject()?;
    let (call, grant, amount) = money_sources::owner_of_recovery(tx.conn(), recovery)?;
    let paid = paid_parts(tx.conn(), call, grant)?;
    for part in split(amount, &paid) {
        let voucher = Voucher { disbursement: from, ..voucher(TransferKind::Recover, cause) };
        move_part(tx, part, &Owner { call: Some(call), grant: Some(grant) }, voucher)?;
    }
    Ok(())
}

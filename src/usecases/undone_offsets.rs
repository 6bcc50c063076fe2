//! Debts kept back from a payment that leaves no more: each is owed again, from the same sources to the cent.

use super::{
    Actor, Outcome, UseCaseError,
    advance::{Cause, advance_now},
    journal,
    recoveries::DAYS_TO_PAY,
    terms,
};
use crate::{
    domain::{
        correspondence::recoveries as letters,
        ids::{DisbursementId, RecoveryId},
        journal::TransferKind,
        lifecycles::{
            grants::{Grant, GrantEvent, GrantState},
            recoveries::{Recovery, RecoveryEvent},
        },
    },
    store::{Conn, StoreError, Tx, grants, history, journal as ledger, recoveries},
};
use chrono::Duration;

/// What is told of a debt that is owed again. Which payment it was is not for everybody who reads of the debt.
const WHY: &str = "La somme n’est plus déduite d’un autre versement de l’organisation\u{a0}: l’autorisation de ce versement est \
                   retirée.";

/// Opens again what was kept back from a payment whose authorisation is taken back, with time to pay it.
pub(super) fn undo_all(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    for id in kept_back_for(tx.conn(), cause.subject()?)? {
        let row = recoveries::find(tx.conn(), id)?;
        let later = cause.now.paris_date() + Duration::days(DAYS_TO_PAY);
        recoveries::set_due_on(tx, id, row.due_on.max(later))?;
        recoveries::set_reason(tx, id, WHY)?;
        advance_now::<Recovery>(tx, &Actor::system(), id, RecoveryEvent::Reopen, cause.now)?;
        // The history keeps it; it is not why the money will come.
        recoveries::put_back_reason(tx, id, None)?;
    }
    Ok(())
}

/// The debts that are kept back from a payment now.
fn kept_back_for(conn: &mut Conn, id: DisbursementId) -> Outcome<Vec<RecoveryId>> {
    let moved = ledger::of_disbursement(conn, id)?;
    let is_undone = |seq: i64| moved.iter().any(|other| other.reverses_seq == Some(seq));
    let kept = moved.iter().filter(|row| row.kind == TransferKind::Recover && !is_undone(row.seq));
    let mut causes: Vec<i64> = kept.filter_map(|row| row.transition_seq).collect();
    causes.sort_unstable();
    causes.dedup();
    let mut debts = Vec::with_capacity(causes.len());
    for seq in causes {
        let found = history::after(conn, seq - 1, 1)?;
        let settled = found.into_iter().find(|row| row.seq == seq).ok_or(StoreError::NotFound)?;
        debts.push(settled.subject_id.parse().map_err(|_| UseCaseError::Unreadable(settled.subject_id.clone()))?);
    }
    Ok(debts)
}

/// What counted as come back is with the grantee again, and a grant that this had closed is open again.
pub(super) fn reopen(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let grant = recoveries::find(tx.conn(), cause.subject()?)?.grant_id;
    let moves = history::of_subject(tx.conn(), &cause.subject_id)?;
    let offset = moves.iter().rfind(|row| row.event == RecoveryEvent::OffsetAgainst.code());
    journal::undo_recovery(tx, cause, grant, offset.ok_or(StoreError::NotFound)?.seq)?;
    if grants::find(tx.conn(), grant)?.state == GrantState::Closed {
        advance_now::<Grant>(tx, &Actor::system(), grant, GrantEvent::Reopen, cause.now)?;
    }
    Ok(())
}

pub(super) fn tell(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = recoveries::find(tx.conn(), cause.subject()?)?;
    let about = terms::subject(tx.conn(), row.grant_id, cause.now)?;
    let mail = letters::reopened_mail(&about.project, row.amount_cents, row.due_on);
    terms::tell(tx, cause, &about.recipients, &mail)
}

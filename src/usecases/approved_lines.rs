//! The lines of a payment run as they were approved: kept once, read instead of what became of the payments.

use super::Outcome;
use crate::{
    domain::{
        ids::{DisbursementId, PaymentRunId},
        money::Euros,
        run_lines::RunLineOutcome,
    },
    store::{
        Conn, StoreError, Tx,
        disbursements::{self, DisbursementFile},
        journal,
        run_lines::{self, RunLineRow},
    },
};
use std::collections::BTreeMap;

/// The payments of these lines, each with the amount, the account and the reference it had when its run was approved.
pub(super) fn payments(conn: &mut Conn, approved: &[RunLineRow]) -> Outcome<Vec<DisbursementFile>> {
    let known: BTreeMap<_, _> = approved.iter().map(|line| (line.disbursement_id, line)).collect();
    let ids: Vec<_> = known.keys().copied().collect();
    let mut lines = disbursements::files_of(conn, &ids)?;
    lines.sort_by_key(|line| line.disbursement.id);
    for line in &mut lines {
        let row = &mut line.disbursement;
        if let Some(kept) = known.get(&row.id) {
            row.amount_cents = kept.amount_cents + kept.kept_back_cents;
            row.bank_account_id = Some(kept.bank_account_id);
            row.end_to_end_id = Some(kept.end_to_end_id.clone());
        }
    }
    Ok(lines)
}

/// Keeps the lines of a run as they are approved, whatever becomes of each payment.
pub(super) fn keep(tx: &mut Tx, run: PaymentRunId) -> Outcome<()> {
    let lines = disbursements::of_run(tx.conn(), run)?;
    let ids: Vec<_> = lines.iter().map(|line| line.disbursement.id).collect();
    let kept_back = journal::kept_back(tx.conn(), &ids)?;
    for line in lines {
        let row = line.disbursement;
        let kept: Euros = kept_back.iter().filter(|(id, _)| *id == row.id).map(|(_, amount)| *amount).sum();
        run_lines::carry(tx, row.id, run)?;
        let line = RunLineRow {
            payment_run_id: run,
            disbursement_id: row.id,
            bank_account_id: row.bank_account_id.ok_or(StoreError::NotFound)?,
            end_to_end_id: row.end_to_end_id.unwrap_or_default(),
            amount_cents: row.amount_cents - kept,
            kept_back_cents: kept,
            outcome: RunLineOutcome::Waiting,
            carried_to: None,
        };
        run_lines::insert(tx, &line)?;
    }
    Ok(())
}

/// Notes that a payment is in its run no more.
pub(super) fn left(tx: &mut Tx, id: DisbursementId) -> Outcome<()> {
    run_lines::turn(tx, id, RunLineOutcome::Waiting, RunLineOutcome::Withdrawn)?;
    Ok(disbursements::clear_run(tx, id)?)
}

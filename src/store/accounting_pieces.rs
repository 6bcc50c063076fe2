//! What proves the movements of the journal, as far as it was kept when each was made: runs, lines of statements, donations
//! and debts.

use super::{
    Conn, StoreError,
    schema::{
        disbursements, donations, payment_run_lines, payment_runs, recoveries, statement_effects, statement_lines,
        transfers, transitions,
    },
};
use crate::domain::{
    ids::{DisbursementId, PaymentRunId, RecoveryId},
    journal::TransferKind,
    run_lines::RunLineOutcome,
    statements::Doing,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::BTreeMap;

/// The run that a disbursement is in now, and the day of the bank's operation.
pub type PieceLine = (DisbursementId, Option<String>, Option<NaiveDate>);

/// What proves the payment of these disbursements as they are now.
pub fn present(conn: &mut Conn, ids: &[DisbursementId]) -> Result<Vec<PieceLine>, StoreError> {
    let rows = disbursements::table.left_join(payment_runs::table).filter(disbursements::id.eq_any(ids));
    let columns = (disbursements::id, payment_runs::reference.nullable(), disbursements::paid_on);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// Every run in which these disbursements were approved and stayed, by its identifier and its reference.
pub fn runs(
    conn: &mut Conn,
    ids: &[DisbursementId],
) -> Result<Vec<(DisbursementId, PaymentRunId, String)>, StoreError> {
    let run = payment_runs::table.on(payment_runs::id.eq(payment_run_lines::payment_run_id));
    let rows = payment_run_lines::table.inner_join(run);
    let rows = rows.filter(payment_run_lines::disbursement_id.eq_any(ids));
    let rows = rows.filter(payment_run_lines::outcome.ne(RunLineOutcome::Withdrawn));
    let columns = (payment_run_lines::disbursement_id, payment_runs::id, payment_runs::reference);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// What a line of a statement did to a disbursement, when that was confirmed, and the day the bank booked the line.
pub type BookedLine = (DisbursementId, Doing, Moment, NaiveDate);

/// What the lines of statements did to these disbursements.
pub fn booked(conn: &mut Conn, ids: &[DisbursementId]) -> Result<Vec<BookedLine>, StoreError> {
    let rows = statement_effects::table.inner_join(statement_lines::table);
    let rows = rows.filter(statement_effects::disbursement_id.assume_not_null().eq_any(ids));
    let columns = (
        statement_effects::disbursement_id.assume_not_null(),
        statement_effects::doing,
        statement_effects::done_at,
        statement_lines::booked_on,
    );
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// Which change of state paid these disbursements last, by its number in the history.
pub fn last_paid(conn: &mut Conn, ids: &[DisbursementId]) -> Result<BTreeMap<DisbursementId, i64>, StoreError> {
    let rows = transfers::table.filter(transfers::disbursement_id.assume_not_null().eq_any(ids));
    let rows = rows.filter(transfers::kind.eq(TransferKind::Pay)).order(transfers::seq);
    let columns = (transfers::disbursement_id.assume_not_null(), transfers::transition_seq);
    let found: Vec<(DisbursementId, Option<i64>)> = on!(conn, |conn| rows.select(columns).load(conn))?;
    // The last one stays.
    Ok(found.into_iter().filter_map(|(id, cause)| Some((id, cause?))).collect())
}

/// The movements of these disbursements by which debts were kept back and are owed again, each with the change of state
/// that took it back.
pub fn reopened(conn: &mut Conn, ids: &[DisbursementId]) -> Result<Vec<(i64, i64)>, StoreError> {
    let rows = transfers::table.filter(transfers::disbursement_id.assume_not_null().eq_any(ids));
    let rows = rows.filter(transfers::kind.eq(TransferKind::Reopen));
    let columns = (transfers::reverses_seq.assume_not_null(), transfers::transition_seq.assume_not_null());
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// The donations that these movements recorded: the number of the movement, the reference and the day of the donation.
pub fn donated(conn: &mut Conn, seqs: &[i64]) -> Result<Vec<(i64, String, NaiveDate)>, StoreError> {
    let rows = donations::table.filter(donations::transfer_seq.eq_any(seqs));
    let columns = (donations::transfer_seq, donations::reference, donations::given_on);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// The days on which the debts that these changes of state settled came back to the bank, by the number of the change; one
/// that was kept back from a payment has none.
pub fn received(conn: &mut Conn, causes: &[i64]) -> Result<Vec<(i64, NaiveDate)>, StoreError> {
    let rows = transitions::table.filter(transitions::seq.eq_any(causes));
    let subjects: Vec<(i64, String)> =
        on!(conn, |conn| rows.select((transitions::seq, transitions::subject_id)).load(conn))?;
    let settled = |(cause, subject): (i64, String)| Some((cause, subject.parse::<RecoveryId>().ok()?));
    let settled: Vec<(i64, RecoveryId)> = subjects.into_iter().filter_map(settled).collect();
    let ids: Vec<RecoveryId> = settled.iter().map(|(_, id)| *id).collect();
    let rows = recoveries::table.filter(recoveries::id.eq_any(&ids));
    let days: Vec<(RecoveryId, Option<NaiveDate>)> =
        on!(conn, |conn| rows.select((recoveries::id, recoveries::received_on)).load(conn))?;
    let days: BTreeMap<_, _> = days.into_iter().collect();
    let day = |(cause, id): (i64, RecoveryId)| Some((cause, days.get(&id).copied().flatten()?));
    Ok(settled.into_iter().filter_map(day).collect())
}

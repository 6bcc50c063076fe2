//! What proves each movement: what it was when it was made, not what it became. A payment that came back and left again is
//! two payments, each with its run and its day of the bank.

use crate::{
    domain::{
        ids::{DisbursementId, PaymentRunId},
        journal::TransferKind,
        lifecycles::payment_runs::PaymentRunState,
        statements::Doing,
        time::Moment,
    },
    store::{Conn, accounting_pieces as rows, history, journal::TransferRow},
    usecases::Outcome,
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What proves some movements.
pub(super) struct Pieces {
    /// The run a disbursement is in now, and the day the bank paid it last.
    present: BTreeMap<DisbursementId, (Option<String>, Option<NaiveDate>)>,
    /// The runs it was approved in, by the place of each approval in the history.
    runs: BTreeMap<DisbursementId, BTreeMap<i64, String>>,
    /// The days of the lines of statements, by what each did and when that was confirmed.
    booked: BTreeMap<(DisbursementId, Doing, Moment), NaiveDate>,
    /// Which change of state paid it last.
    last_paid: BTreeMap<DisbursementId, i64>,
    /// References and days of donations, by the movement that recorded them.
    donations: BTreeMap<i64, (String, NaiveDate)>,
    /// When debts came back, by the change of state that settled them.
    received: BTreeMap<i64, NaiveDate>,
    /// By which change of state what was kept back is owed again, by the movement that had kept it back.
    reopened: BTreeMap<i64, i64>,
}

impl Pieces {
    pub(super) fn load(conn: &mut Conn, moved: &[TransferRow]) -> Outcome<Pieces> {
        let mut ids: Vec<DisbursementId> = moved.iter().filter_map(|row| row.disbursement_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let of_kind = |kind: TransferKind| moved.iter().filter(move |row| row.kind == kind);
        let mut given: Vec<i64> = of_kind(TransferKind::Donate).map(|row| row.seq).collect();
        given.extend(of_kind(TransferKind::TakeBack).filter_map(|row| row.reverses_seq));
        let settled: Vec<i64> = of_kind(TransferKind::Recover).filter_map(|row| row.transition_seq).collect();
        let present = rows::present(conn, &ids)?;
        let booked = rows::booked(conn, &ids)?;
        let donations = rows::donated(conn, &given)?;
        Ok(Pieces {
            present: present.into_iter().map(|(id, run, paid_on)| (id, (run, paid_on))).collect(),
            runs: runs(conn, &ids)?,
            booked: booked.into_iter().map(|(id, doing, at, day)| ((id, doing, at), day)).collect(),
            last_paid: rows::last_paid(conn, &ids)?,
            donations: donations.into_iter().map(|(seq, reference, day)| (seq, (reference, day))).collect(),
            received: rows::received(conn, &settled)?.into_iter().collect(),
            reopened: rows::reopened(conn, &ids)?.into_iter().collect(),
        })
    }

    /// The donation that a movement records or takes back.
    pub(super) fn donation(&self, row: &TransferRow) -> Option<&str> {
        let seq = if row.kind == TransferKind::TakeBack { row.reverses_seq? } else { row.seq };
        self.donations.get(&seq).map(|(reference, _)| reference.as_str())
    }

    /// The run a payment left in, came back from or was kept back in; nothing for any other movement.
    pub(super) fn run(&self, row: &TransferRow) -> Option<&str> {
        if !matches!(row.kind, TransferKind::Pay | TransferKind::Return | TransferKind::Recover | TransferKind::Reopen)
        {
            return None;
        }
        let id = row.disbursement_id?;
        let cause = row.transition_seq.unwrap_or(i64::MAX);
        let runs = self.runs.get(&id);
        let before = runs.and_then(|runs| runs.range(..cause).next_back());
        // What is kept back is so before its payment is approved; what is owed again is in no run after that.
        let reopened = self.reopened.get(&row.seq).copied();
        let after = runs.and_then(|runs| runs.range(cause..reopened.unwrap_or(i64::MAX)).next());
        let found = if row.kind == TransferKind::Recover { after.or(before) } else { before };
        let is_undone = reopened.is_some() || row.kind == TransferKind::Reopen;
        let present = self.present.get(&id).and_then(|(run, _)| run.as_deref()).filter(|_| !is_undone);
        found.map(|(_, reference)| reference.as_str()).or(present)
    }

    /// The day of what proves a movement, where it has one of its own.
    pub(super) fn day(&self, row: &TransferRow) -> Option<NaiveDate> {
        match row.kind {
            TransferKind::Pay => {
                let id = row.disbursement_id?;
                let is_last = row.transition_seq.is_none() || self.last_paid.get(&id).copied() == row.transition_seq;
                let present = self.present.get(&id).and_then(|(_, paid_on)| *paid_on).filter(|_| is_last);
                self.booked.get(&(id, Doing::Pay, row.at)).copied().or(present)
            }
            TransferKind::Return => self.booked.get(&(row.disbursement_id?, Doing::Return, row.at)).copied(),
            TransferKind::Recover if self.reopened.contains_key(&row.seq) => None,
            TransferKind::Recover => self.received.get(&row.transition_seq?).copied(),
            TransferKind::Donate => self.donations.get(&row.seq).map(|(_, given_on)| *given_on),
            _ => None,
        }
    }
}

/// The runs in which these disbursements were approved, by the place of each approval in the history.
fn runs(conn: &mut Conn, ids: &[DisbursementId]) -> Outcome<BTreeMap<DisbursementId, BTreeMap<i64, String>>> {
    let lines = rows::runs(conn, ids)?;
    let mut subjects: Vec<String> = lines.iter().map(|(_, run, _)| run.to_string()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let mut approved: BTreeMap<PaymentRunId, i64> = BTreeMap::new();
    for row in history::of_subjects(conn, &subjects)? {
        if let (true, Ok(run)) = (row.to_state == PaymentRunState::Approved.code(), row.subject_id.parse()) {
            approved.insert(run, row.seq);
        }
    }
    let mut found: BTreeMap<DisbursementId, BTreeMap<i64, String>> = BTreeMap::new();
    for (id, run, reference) in lines {
        if let Some(seq) = approved.get(&run) {
            found.entry(id).or_default().insert(*seq, reference);
        }
    }
    Ok(found)
}

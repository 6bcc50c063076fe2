//! Where the money of calls lies: left, committed, authorised, paid, by funding source.

use super::{Outcome, rooms};
use crate::{
    domain::{
        cut_lines::{Gauge, gauges},
        ids::{CallId, PersonId},
        journal::Stage,
        money::Euros,
    },
    store::{Conn, calls::CallRow, funding_sources, journal},
};
use std::collections::BTreeMap;

/// How far the money of a call, or of its part from one source, has gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Envelope {
    pub total: Euros,
    /// Promised and not yet authorised.
    pub committed: Euros,
    /// Authorised and not yet paid.
    pub authorised: Euros,
    /// Left the bank, whatever came back later.
    pub paid: Euros,
}

impl Envelope {
    fn add(&mut self, stage: Stage, amount: Euros) {
        match stage {
            Stage::Committed => self.committed += amount,
            Stage::Authorised => self.authorised += amount,
            Stage::Paid | Stage::Recovered => self.paid += amount,
            Stage::Funder | Stage::Source | Stage::Envelope => {}
        }
    }
}

/// The envelopes of several calls, given with their totals, as a reader may know them.
pub fn of_calls(conn: &mut Conn, reader: PersonId, calls: &[(CallId, Euros)]) -> Outcome<BTreeMap<CallId, Envelope>> {
    let ids: Vec<_> = calls.iter().map(|(id, _)| *id).collect();
    let empty = |total| Envelope { total, ..Envelope::default() };
    let mut envelopes: BTreeMap<_, _> = calls.iter().map(|(id, total)| (*id, empty(*total))).collect();
    for ((call, _, stage), amount) in journal::by_call(conn, &ids, reader)? {
        if let Some(envelope) = envelopes.get_mut(&call) {
            envelope.add(stage, amount);
        }
    }
    Ok(envelopes)
}

/// What each earmark of a call has left, as a reader may know it.
pub fn of_axes(conn: &mut Conn, reader: PersonId, call: &CallRow) -> Outcome<Vec<Gauge>> {
    let purse = rooms::purse(conn, call, reader)?;
    // The envelope comes first.
    Ok(gauges(&purse, &[]).into_iter().skip(1).collect())
}

/// The envelope of a call by funding source as a reader may know it, in the order of its sources: the source's reference
/// and title first.
pub fn by_source(conn: &mut Conn, reader: PersonId, call: &CallRow) -> Outcome<Vec<(String, String, Envelope)>> {
    let balances = journal::by_call(conn, &[call.id], reader)?;
    let sources = funding_sources::of_call(conn, call.id)?;
    let line = |(row, total): (funding_sources::FundingSourceRow, Euros)| {
        let mut envelope = Envelope { total, ..Envelope::default() };
        let of_source = balances.iter().filter(|((_, source, _), _)| *source == row.id);
        of_source.for_each(|((.., stage), amount)| envelope.add(*stage, *amount));
        (row.reference, row.title, envelope)
    };
    Ok(sources.into_iter().map(line).collect())
}

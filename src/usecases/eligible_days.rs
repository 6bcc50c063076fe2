//! Payments outside the eligible days (dates d’éligibilité) of the agreement whose money they are: whoever makes them is
//! told, and where the agreement says so they do not leave.

use super::{Outcome, definitions};
use crate::{
    domain::{
        definitions::OutsideDays,
        ids::{DisbursementId, FundingSourceId},
        time::french_date,
    },
    store::{
        Conn,
        funding_sources::{self, FundingSourceRow},
        money_sources,
    },
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// An agreement under which nothing that is paid on a day is eligible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedSource {
    pub id: FundingSourceId,
    reference: String,
    from: NaiveDate,
    until: NaiveDate,
    /// Whether its money stays on such a day.
    pub is_refused: bool,
}

impl ClosedSource {
    fn days(&self) -> String {
        format!("du {} au {}", french_date(self.from), french_date(self.until))
    }

    /// What a payment waits for, as a list of such things names it.
    pub fn obstacle(&self) -> String {
        format!("un jour éligible pour la convention {} ({})", self.reference, self.days())
    }

    /// What is wrong with a payment, a French sentence.
    pub fn caution(&self) -> String {
        format!("Hors des dates d’éligibilité de la convention {}\u{a0}: {}.", self.reference, self.days())
    }

    /// Why a payment does not leave, a French sentence.
    pub fn refusal(&self) -> String {
        format!(
            "La convention {} ne paie que {}\u{a0}: si un avenant change ces dates, notez-les d’abord sur sa page.",
            self.reference,
            self.days()
        )
    }
}

/// Those of these agreements under which nothing paid on `day` is eligible. Donors say no such days.
fn closed(rows: Vec<FundingSourceRow>, day: NaiveDate) -> Outcome<Vec<ClosedSource>> {
    let mut found = Vec::new();
    for row in rows {
        let definition = definitions::source(&row.settings)?;
        let (from, until) = definition.eligible_days();
        if !definition.kind.is_agreement() || (from <= day && day <= until) {
            continue;
        }
        let is_refused = definition.outside_days == OutsideDays::Refuse;
        found.push(ClosedSource { id: row.id, reference: row.reference, from, until, is_refused });
    }
    Ok(found)
}

/// The agreements whose money stays on `day`, because it is not eligible and they say so.
pub(super) fn refusing(conn: &mut Conn, day: NaiveDate) -> Outcome<Vec<ClosedSource>> {
    let rows = funding_sources::refusing_outside(conn)?;
    let mut found = closed(rows, day)?;
    found.retain(|source| source.is_refused);
    Ok(found)
}

/// Payments, each with the agreements it comes from and is not eligible under.
pub type Outside = BTreeMap<DisbursementId, Vec<ClosedSource>>;

fn among(conn: &mut Conn, closed: &[ClosedSource], ids: &[DisbursementId]) -> Outcome<Outside> {
    let mut outside = Outside::new();
    if closed.is_empty() {
        return Ok(outside);
    }
    for split in money_sources::splits_of(conn, ids)? {
        let theirs = closed.iter().find(|source| source.id == split.funding_source_id);
        if let Some(source) = theirs.filter(|_| split.amount_cents.is_positive()) {
            outside.entry(split.disbursement_id).or_default().push(source.clone());
        }
    }
    Ok(outside)
}

/// Those of these payments that would not be eligible if they were made on `day`.
pub fn of_payments(conn: &mut Conn, ids: &[DisbursementId], day: NaiveDate) -> Outcome<Outside> {
    let closed = closed(funding_sources::all(conn)?, day)?;
    among(conn, &closed, ids)
}

/// Why a payment may not be made on `day`, a French sentence; nothing where it may.
pub(super) fn refusal(conn: &mut Conn, id: DisbursementId, day: NaiveDate) -> Outcome<Option<String>> {
    let refusing = refusing(conn, day)?;
    let outside = among(conn, &refusing, &[id])?;
    Ok(outside.values().flatten().next().map(ClosedSource::refusal))
}

/// What is said of one of these payments; often nothing.
pub fn cautions(outside: &Outside, id: DisbursementId) -> Vec<String> {
    outside.get(&id).into_iter().flatten().map(ClosedSource::caution).collect()
}

//! Payments outside the eligible days (dates d’éligibilité) of the agreement whose money they are: whoever makes them is
//! told, and where the agreement says so they do not leave.

use super::{Outcome, definitions};
use crate::{
    domain::{
        definitions::OutsideDays,
        holidays::day_to_ask,
        ids::{DisbursementId, FundingSourceId},
        time::french_date,
    },
    store::{
        Conn,
        funding_sources::{self, FundingSourceRow},
        money_sources,
        payables::PayingDays,
        payment_runs::PaymentRunRow,
    },
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// An agreement, and the days on which what is paid under it is eligible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EligibleDays {
    pub id: FundingSourceId,
    reference: String,
    from: NaiveDate,
    until: NaiveDate,
    /// Whether its money stays on any other day.
    pub is_refused: bool,
}

impl EligibleDays {
    fn excludes(&self, day: NaiveDate) -> bool {
        day < self.from || self.until < day
    }

    /// The days on which it pays, as lists of payments are read by them.
    pub(super) fn paying(&self) -> PayingDays {
        PayingDays { source: self.id, from: self.from, until: self.until }
    }

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

    /// Why a payment that would leave on `day` waits, whose turn it is and what comes next, for its holder.
    pub fn wait_of_holder(&self, day: NaiveDate) -> String {
        let (from, until) = (french_date(self.from), french_date(self.until));
        match day < self.from {
            true => format!(
                "L’argent de ce versement vient d’un financeur qui ne paie qu’à partir du {from} : il partira dès ce jour. Vous \
                 n’avez rien à faire."
            ),
            false => format!(
                "L’argent de ce versement vient d’un financeur qui ne paie que jusqu’au {until} : il ne peut pas partir. C’est à \
                 l’équipe du fonds d’agir : elle voit avec lui si cette date peut être repoussée, et le versement part ensuite. \
                 Vous n’avez rien à faire."
            ),
        }
    }

    /// Whether its days are over on this one.
    pub fn is_over(&self, day: NaiveDate) -> bool {
        self.until < day
    }

    /// What whoever lets a project end later should know, a French sentence.
    pub fn caution_of_end(&self) -> String {
        let then = match self.is_refused {
            true => "Ensuite, aucun versement ne part sur cet argent.",
            false => "Ce qui est dépensé ou versé ensuite n’est pas éligible.",
        };
        format!(
            "La nouvelle fin dépasse les dates d’éligibilité de la convention {}\u{a0}: {}. {then}",
            self.reference,
            self.days()
        )
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

/// What these agreements say of it. Donors say no such days.
fn said(rows: Vec<FundingSourceRow>) -> Outcome<Vec<EligibleDays>> {
    let mut found = Vec::new();
    for row in rows {
        let definition = definitions::source(&row.settings)?;
        if definition.kind.is_agreement() {
            let (from, until) = definition.eligible_days();
            let is_refused = definition.outside_days == OutsideDays::Refuse;
            found.push(EligibleDays { id: row.id, reference: row.reference, from, until, is_refused });
        }
    }
    Ok(found)
}

/// The agreements whose money stays on any day that is not eligible, because they say so.
pub(super) fn strict(conn: &mut Conn) -> Outcome<Vec<EligibleDays>> {
    let mut found = said(funding_sources::refusing_outside(conn)?)?;
    found.retain(|source| source.is_refused);
    Ok(found)
}

/// Those whose money stays on `day`.
fn refusing(conn: &mut Conn, day: NaiveDate) -> Outcome<Vec<EligibleDays>> {
    let mut found = strict(conn)?;
    found.retain(|source| source.excludes(day));
    Ok(found)
}

/// The agreements that pay some of these payments and whose days end before a project would.
pub(super) fn of_end(conn: &mut Conn, ids: &[DisbursementId], end: NaiveDate) -> Outcome<Vec<EligibleDays>> {
    let mut found = said(funding_sources::all(conn)?)?;
    found.retain(|source| source.is_over(end));
    if found.is_empty() {
        return Ok(found);
    }
    let splits = money_sources::splits_of(conn, ids)?;
    let pays = |source: &EligibleDays| {
        splits.iter().any(|split| split.funding_source_id == source.id && split.amount_cents.is_positive())
    };
    found.retain(pays);
    Ok(found)
}

/// Payments, each with the agreements it comes from and is not eligible under.
pub type Outside = BTreeMap<DisbursementId, Vec<EligibleDays>>;

fn among(conn: &mut Conn, sources: &[EligibleDays], days: &BTreeMap<DisbursementId, NaiveDate>) -> Outcome<Outside> {
    let mut outside = Outside::new();
    if sources.is_empty() {
        return Ok(outside);
    }
    let ids: Vec<_> = days.keys().copied().collect();
    for split in money_sources::splits_of(conn, &ids)? {
        let Some(day) = days.get(&split.disbursement_id).filter(|_| split.amount_cents.is_positive()) else { continue };
        let theirs = sources.iter().find(|source| source.id == split.funding_source_id);
        if let Some(source) = theirs.filter(|source| source.excludes(*day)) {
            outside.entry(split.disbursement_id).or_default().push(source.clone());
        }
    }
    Ok(outside)
}

/// Those of these payments that would not be eligible if each were made on its day.
pub fn of_days(conn: &mut Conn, days: &BTreeMap<DisbursementId, NaiveDate>) -> Outcome<Outside> {
    let sources = said(funding_sources::all(conn)?)?;
    among(conn, &sources, days)
}

/// The same if all were made on `day`.
pub fn of_payments(conn: &mut Conn, ids: &[DisbursementId], day: NaiveDate) -> Outcome<Outside> {
    of_days(conn, &ids.iter().map(|id| (*id, day)).collect())
}

/// The same of those of a run, on the day the bank was asked for, or would be today.
pub fn of_run(conn: &mut Conn, run: &PaymentRunRow, ids: &[DisbursementId], today: NaiveDate) -> Outcome<Outside> {
    let day = if run.exported_at.is_some() { run.execution_on } else { day_to_ask(run.execution_on, today) };
    of_payments(conn, ids, day)
}

/// Those of these payments that may not be made on `day`.
pub(super) fn refused(conn: &mut Conn, ids: &[DisbursementId], day: NaiveDate) -> Outcome<Outside> {
    let refusing = refusing(conn, day)?;
    among(conn, &refusing, &ids.iter().map(|id| (*id, day)).collect())
}

/// Why the first of these payments that may not be made on `day` may not, a French sentence; nothing where all may.
pub(super) fn refusal(conn: &mut Conn, ids: &[DisbursementId], day: NaiveDate) -> Outcome<Option<String>> {
    let outside = refused(conn, ids, day)?;
    Ok(outside.values().flatten().next().map(EligibleDays::refusal))
}

/// Of the agreements that do not pay on `day`, the one that holds a payment longest: days that are over do not come back of
/// themselves, and those to come all have to come.
pub(super) fn hardest(found: &[EligibleDays], day: NaiveDate) -> Option<&EligibleDays> {
    found.iter().max_by_key(|source| (source.is_over(day), source.from))
}

/// What is said of one of these payments; often nothing.
pub fn cautions(outside: &Outside, id: DisbursementId) -> Vec<String> {
    outside.get(&id).into_iter().flatten().map(EligibleDays::caution).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_waits_for_the_agreement_that_holds_it_longest() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let pays = |reference: &str, from: &str, until: &str| EligibleDays {
            id: "0198c0a1-0000-7000-8000-000000000001".parse().unwrap(),
            reference: reference.to_owned(),
            from: day(from),
            until: day(until),
            is_refused: true,
        };
        let soon = pays("Bientôt", "2027-05-01", "2028-05-01");
        let later = pays("Plus tard", "2027-09-01", "2028-05-01");
        let over = pays("Terminée", "2026-01-01", "2027-03-31");
        let today = day("2027-04-10");
        let told = |found: &[EligibleDays]| hardest(found, today).map(|source| source.reference.clone());
        assert_eq!(told(&[later.clone(), soon.clone()]).as_deref(), Some("Plus tard"));
        assert_eq!(told(&[soon, over, later]).as_deref(), Some("Terminée"), "no day to come lets it leave");
        assert_eq!(told(&[]), None);
    }
}

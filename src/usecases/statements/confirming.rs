//! Confirming lines of a statement: each acts on its payment or debt by the verbs that people use by hand, once.

use super::{Reading, access, read};
use crate::{
    domain::{
        ids::{PersonId, StatementImportId, StatementLineId},
        lifecycle::Refusal,
        roles::Role,
        statements::{
            Doing,
            matching::{Effect, Subject, Verdict},
        },
        time::Moment,
    },
    store::{
        StoreError, Tx,
        digests::sha256,
        disbursements as payments, recoveries as debts,
        statements::{self, StatementEffectRow, StatementLineRow},
    },
    usecases::{
        Actor, FieldError, Outcome, UseCaseError, disbursements, funding_dues,
        recovery_parts::{self, Part},
    },
};

use std::collections::BTreeSet;

/// A line that somebody ticked, with the mark of what the page said it would do.
pub type Chosen = (StatementLineId, String);

/// What confirmed lines did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Confirmed {
    pub paid: usize,
    pub returned: usize,
    pub received: usize,
    /// Lines that were confirmed before.
    pub before: usize,
}

/// What a line would do, in a few characters: it is confirmed only as it was shown.
pub fn mark(effect: &Effect) -> String {
    let subjects: Vec<_> = effect.subjects.iter().map(Subject::as_str).collect();
    sha256(format!("{} {}", effect.doing, subjects.join(" "))).chars().take(16).collect()
}

/// The lines that are sure, ticked as their page ticks them.
pub fn sure(reading: &Reading) -> Vec<Chosen> {
    let tick = |(row, verdict): &(StatementLineRow, Verdict)| match verdict {
        Verdict::Sure(effect) => Some((row.id, mark(effect))),
        _ => None,
    };
    reading.lines.iter().filter_map(tick).collect()
}

/// Confirms the ticked lines of a statement, all or none; those that were confirmed meanwhile stay as they are.
pub fn confirm(
    tx: &mut Tx,
    actor: &Actor,
    id: StatementImportId,
    chosen: &[Chosen],
    now: Moment,
) -> Outcome<Confirmed> {
    access::require(actor, &[Role::Finance])?;
    let by = access::person(actor)?;
    if chosen.is_empty() {
        return Err(UseCaseError::Invalid(vec![FieldError::new("lignes", "Choisissez au moins une ligne.")]));
    }
    let reading = read(tx.conn(), actor, id, now)?;
    let (mut confirmed, mut seen) = (Confirmed::default(), BTreeSet::new());
    for (line, shown) in chosen {
        let found = reading.lines.iter().find(|(row, _)| row.id == *line).ok_or(StoreError::NotFound)?;
        match found {
            (_, Verdict::Done) => confirmed.before += 1,
            (row, verdict) => {
                let is_first = seen.insert(*line);
                let effect = verdict.effects().iter().find(|effect| is_first && mark(effect) == *shown);
                let effect = effect.ok_or_else(|| refused(row, verdict))?;
                apply(tx, actor, (&reading, row, effect), (by, now)).map_err(|error| named(row, error))?;
                match effect.doing {
                    Doing::Pay => confirmed.paid += effect.subjects.len(),
                    Doing::Return => confirmed.returned += 1,
                    Doing::Receive => confirmed.received += 1,
                }
            }
        }
    }
    Ok(confirmed)
}

fn refused(row: &StatementLineRow, verdict: &Verdict) -> UseCaseError {
    let why: &str = match verdict {
        Verdict::Unknown(why) => why,
        Verdict::NotOurs(why) => why,
        Verdict::Double => "elle est en double.",
        _ => "ce qu’elle ferait a changé depuis l’affichage de la page. Rechargez la page et recommencez.",
    };
    Refusal::because(format!("Ligne {} du relevé\u{a0}: {why}", row.position)).into()
}

fn named(row: &StatementLineRow, error: UseCaseError) -> UseCaseError {
    match error {
        UseCaseError::Refused(refusal) => {
            Refusal::because(format!("Ligne {} du relevé\u{a0}: {refusal}", row.position)).into()
        }
        error => error,
    }
}

fn apply(
    tx: &mut Tx,
    actor: &Actor,
    (reading, row, effect): (&Reading, &StatementLineRow, &Effect),
    (by, now): (PersonId, Moment),
) -> Outcome<()> {
    for subject in &effect.subjects {
        let (mut disbursement_id, mut recovery_id, mut amount_cents) = (None, None, row.amount_cents);
        match *subject {
            Subject::Payment(id) => {
                let version = payments::find(tx.conn(), id)?.version;
                if effect.doing == Doing::Pay {
                    disbursements::mark_paid(tx, actor, id, version, row.booked_on, now)?;
                } else {
                    disbursements::mark_returned(tx, actor, id, version, &reason(row), now)?;
                }
                amount_cents = reading.payment(id).map_or(amount_cents, |file| reading.net(file));
                disbursement_id = Some(id);
            }
            Subject::Debt(id) => {
                let version = debts::find(tx.conn(), id)?.version;
                let part = Part { amount: Some(row.amount_cents), received_on: row.booked_on, rest_due_on: None };
                recovery_parts::receive(tx, actor, id, version, &part, now)?;
                recovery_id = Some(id);
            }
            Subject::Due(id) => {
                funding_dues::receive_by(tx, actor, id, row, now)?;
                continue;
            }
        }
        let effect = StatementEffectRow {
            line_id: row.id,
            subject_id: subject.as_str().to_owned(),
            doing: effect.doing,
            disbursement_id,
            recovery_id,
            amount_cents,
            done_by: by,
            done_at: now,
        };
        statements::insert_effect(tx, &effect)?;
    }
    Ok(())
}

/// Why a payment came back, for its page and for the mail to the grantee.
fn reason(row: &StatementLineRow) -> String {
    let why = row.return_reason.as_deref().unwrap_or("la banque ne dit pas pourquoi");
    format!("Virement rendu par la banque\u{a0}: {why}.")
}

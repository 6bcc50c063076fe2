//! A recovery that comes back in parts: each part is a debt of its own, so that what is asked back of a grant always adds up
//! to what was paid too much.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::Cause,
    due_reminders, grants,
    recoveries::{self, Asked},
};
use crate::{
    domain::{
        ids::RecoveryId,
        lifecycles::{grants::GrantState, recoveries::RecoveryState},
        money::Euros,
        roles::Role,
        text::nbsp,
        time::{Moment, french_date},
    },
    store::{
        StoreError, Tx, grants as store_grants,
        recoveries::{self as rows, RecoveryRow},
    },
};
use chrono::NaiveDate;

/// Most days by which what is missing may be put off.
const MOST_DAYS: i64 = 1_830;

/// What came back of a debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Nothing is all of it.
    pub amount: Option<Euros>,
    pub received_on: NaiveDate,
    /// By when what is missing is expected; nothing keeps the day.
    pub rest_due_on: Option<NaiveDate>,
}

fn wrong(row: &RecoveryRow, amount: Euros, rest_due_on: NaiveDate, now: Moment) -> Vec<FieldError> {
    let mut wrong = Vec::new();
    let asked = row.amount_cents;
    if !amount.is_positive() {
        wrong.push(FieldError::new("montant", "Indiquez une somme plus grande que zéro."));
    } else if amount > asked {
        let sentence = format!(
            "Il n’y a plus que {asked} à recevoir\u{a0}: constatez cette somme, et rendez le surplus à l’organisation."
        );
        wrong.push(FieldError::new("montant", sentence));
    }
    if rest_due_on != row.due_on {
        wrong.extend(wrong_day(rest_due_on, now).map(|said| FieldError::new("reste_le", said)));
    }
    wrong
}

/// What is wrong with a day until which something may be paid back, in French.
pub(super) fn wrong_day(day: NaiveDate, now: Moment) -> Option<&'static str> {
    match (day - now.paris_date()).num_days() {
        ..0 => Some("Cette date est passée\u{a0}: donnez-en une à venir."),
        0..=MOST_DAYS => None,
        _ => Some("Cette date est trop lointaine\u{a0}: cinq ans au plus."),
    }
}

/// Records what came back. What is missing is asked back by a debt of its own; nobody asks for more than was asked.
pub fn receive(tx: &mut Tx, actor: &Actor, id: RecoveryId, version: i32, part: &Part, now: Moment) -> Outcome<Cause> {
    access::require(actor, &[Role::Finance])?;
    let row = rows::find(tx.conn(), id)?;
    let amount = part.amount.unwrap_or(row.amount_cents);
    if row.state == RecoveryState::Requested {
        if row.version != version {
            return Err(StoreError::Stale.into());
        }
        let due_on = part.rest_due_on.unwrap_or(row.due_on);
        let wrong = wrong(&row, amount, due_on, now);
        if !wrong.is_empty() {
            return Err(UseCaseError::Invalid(wrong));
        }
        if amount < row.amount_cents {
            divide(tx, actor, &row, (amount, due_on), now)?;
        }
    }
    recoveries::receive(tx, actor, id, version, part.received_on, now)
}

/// Leaves `amount` of a debt, and asks for the rest by another one: born as the first was, reminded of from where it was.
fn divide(
    tx: &mut Tx,
    actor: &Actor,
    row: &RecoveryRow,
    (amount, due_on): (Euros, NaiveDate),
    now: Moment,
) -> Outcome<()> {
    let file = store_grants::file(tx.conn(), row.grant_id)?;
    let (asked, rest) = (row.amount_cents, row.amount_cents - amount);
    let system = Actor::system();
    let mine = grants::visible_to(tx.conn(), actor, &file)?;
    // What a balance asks back is asked by the house, what a terminated grant owes by people.
    let by = match file.grant.state {
        GrantState::Terminated => (actor, mine.as_slice()),
        _ => (&system, system.roles.as_slice()),
    };
    let left = Asked { amount: rest, on: row.requested_on, due_on };
    let (_, other) = recoveries::insert(tx, &file.grant, left, by, now)?;
    let said = format!("Reste d’un trop-perçu de {asked}, dont {amount} sont reçus.");
    rows::set_reason(tx, other, &said)?;
    due_reminders::follow(tx, row.id.as_str(), other.as_str())?;
    rows::set_amount(tx, row.id, amount)?;
    let due = french_date(due_on);
    let said = format!("{amount} reçus sur {asked} demandés. Le reste, {rest}, est demandé à part pour le {due}.");
    Ok(rows::set_reason(tx, row.id, &nbsp(&said))?)
}

//! More time for what is to be paid back: given by finance, for a reason, told to whoever owes it.

use super::{
    Actor, FieldError, Outcome, UseCaseError, access,
    advance::{Cause, advance},
    reasons, recovery_parts, terms,
};
use crate::{
    domain::{
        correspondence::recoveries as letters,
        ids::RecoveryId,
        lifecycles::recoveries::{Recovery, RecoveryEvent},
        roles::Role,
        time::Moment,
    },
    store::{StoreError, Tx, recoveries as rows},
};
use chrono::NaiveDate;

/// The new last day as it is typed, `2027-02-25`, and why.
#[derive(Debug, Clone, Copy, Default)]
pub struct Delay<'a> {
    pub until: &'a str,
    pub reason: &'a str,
}

/// Puts the day of a debt off; its reminders begin anew.
pub fn postpone(
    tx: &mut Tx,
    actor: &Actor,
    id: RecoveryId,
    version: i32,
    delay: &Delay<'_>,
    now: Moment,
) -> Outcome<Cause> {
    access::require(actor, &[Role::Finance])?;
    let row = rows::find(tx.conn(), id)?;
    if row.version != version {
        return Err(StoreError::Stale.into());
    }
    let mut wrong = Vec::new();
    let day: Option<NaiveDate> = delay.until.trim().parse().ok();
    match day {
        None => wrong.push(FieldError::new("jusqu_au", "Indiquez une date.")),
        Some(day) if day <= row.due_on => {
            wrong.push(FieldError::new("jusqu_au", "Cette date n’est pas après l’échéance actuelle."));
        }
        Some(day) => wrong.extend(recovery_parts::wrong_day(day, now).map(|said| FieldError::new("jusqu_au", said))),
    }
    let reason = match reasons::written(delay.reason) {
        Ok(reason) => reason,
        Err(UseCaseError::Invalid(more)) => {
            wrong.extend(more);
            String::new()
        }
        Err(error) => return Err(error),
    };
    let Some(day) = day.filter(|_| wrong.is_empty()) else { return Err(UseCaseError::Invalid(wrong)) };
    rows::set_due_on(tx, id, day)?;
    rows::set_reason(tx, id, &reason)?;
    let cause = advance::<Recovery>(tx, actor, id, version, RecoveryEvent::Postpone, now)?;
    // It is not why the money will come.
    rows::put_back_reason(tx, id, row.reason.as_deref())?;
    Ok(cause)
}

pub(super) fn tell(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    let row = rows::find(tx.conn(), cause.subject()?)?;
    let about = terms::subject(tx.conn(), row.grant_id, cause.now)?;
    let reason = row.reason.as_deref().unwrap_or_default();
    let mail = letters::postponed_mail(&about.project, row.amount_cents, row.due_on, reason);
    terms::tell(tx, cause, &about.recipients, &mail)
}

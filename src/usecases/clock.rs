//! Where "now" comes from: the machine's clock, or one that is set by hand for tests, rehearsals and made-up data.

use super::{
    Outcome, UseCaseError, chair_notices, closing_reminders, complements, due_reminders, funding_dues, owed_documents,
};
use crate::{
    domain::time::Moment,
    store::{Tx, complement_requests},
};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// A source of the present instant, passed down from `main`.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Seconds since 1970 (UTC), moved by hand.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at `moment` until it is moved.
    pub fn at(moment: Moment) -> Self {
        Clock::Set(Arc::new(AtomicI64::new(moment.unix_seconds())))
    }

    /// The present instant (UTC).
    pub fn now(&self) -> Moment {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place where time enters")]
            Clock::System => Moment::from_utc(chrono::Utc::now().naive_utc()),
            Clock::Set(seconds) => Moment::from_unix_seconds(seconds.load(Ordering::SeqCst)),
        }
    }

    /// Moves a clock that is set by hand; the machine's clock stays as it is.
    pub fn set(&self, moment: Moment) {
        if let Clock::Set(seconds) = self {
            seconds.store(moment.unix_seconds(), Ordering::SeqCst);
        }
    }
}

/// Changes of state that one look at the clock may bring about; the rest follow at the next look.
const AT_ONCE: i64 = 200;

/// Lets everything happen that is due by the clock alone: an application whose complement has not come goes on
/// without it, people are reminded of what they owe and of deadlines, and the house of what it owes
/// to funders. How many changes of state there were.
pub fn run_due(tx: &mut Tx, now: Moment) -> Outcome<usize> {
    let mut done = 0;
    for id in complement_requests::overdue(tx.conn(), now, AT_ONCE)? {
        match complements::lapse_now(tx, id, now) {
            Ok(_) => done += 1,
            // The table or a guard says no: it is for an officer to look at, and holds up nobody else.
            Err(UseCaseError::Refused(refusal)) => tracing::warn!(application = %id, %refusal, "the clock is refused"),
            Err(error) => return Err(error),
        }
    }
    owed_documents::remind_due(tx, now)?;
    closing_reminders::remind_due(tx, now)?;
    chair_notices::remind_due(tx, now)?;
    due_reminders::remind_due(tx, now)?;
    funding_dues::remind_due(tx, now)?;
    Ok(done)
}

//! Where "now" comes from: the machine's clock, or one that is set by hand for tests, rehearsals and made-up data.

use super::Outcome;
use crate::{domain::time::Moment, store::Tx};
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

/// Lets everything happen that is due by the clock alone; how many changes of state there were.
pub fn run_due(_: &mut Tx, _: Moment) -> Outcome<usize> {
    Ok(0)
}

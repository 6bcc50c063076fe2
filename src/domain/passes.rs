//! Passes: one application may be filed for a while after its call has closed.

use super::{
    codes::codes,
    time::{Moment, Window, french_date},
};

codes! {
    /// Why an application may be filed late.
    pub enum PassKind {
        /// Its draft was opened just before the deadline.
        Grace => "grace",
        /// An officer gave it more time, for a reason.
        Late => "late",
    }
}

/// Minutes for which a draft opened in time may still be filed.
pub const GRACE_MINUTES: i64 = 20;

/// Until when opening a draft at `now` lets it be filed; nothing when that changes nothing, or when it is too
/// late for it.
pub fn grace_until(window: Window, now: Moment) -> Option<Moment> {
    let until = now.plus_minutes(GRACE_MINUTES);
    (window.is_open(now) && until > window.closes).then_some(until)
}

/// An instant to the second, as a pass is measured: « 1er avril 2027 à 00:18:12 ».
pub fn to_the_second(at: Moment) -> String {
    format!("{} à {}", french_date(at.paris_date()), at.paris().format("%H:%M:%S"))
}

/// What a receipt says of an application filed under a pass that was opened then.
pub fn filed_under(kind: PassKind, opened: Moment, until: Moment) -> String {
    match kind {
        PassKind::Grace => format!("déposé dans le délai de grâce (page ouverte le {})", to_the_second(opened)),
        PassKind::Late => format!("déposé dans le délai accordé jusqu’au {}", to_the_second(until)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_opening_in_the_last_minutes_gives_more_time() {
        for day in ["2027-03-31", "2027-03-28", "2027-10-31"] {
            let closes = Moment::end_of_day(day.parse().unwrap());
            let window = Window { opens: closes.plus_days(-30), closes };
            let given = |seconds: i64| grace_until(window, closes.plus_seconds(seconds));
            assert_eq!(given(-1), Some(closes.plus_seconds(GRACE_MINUTES * 60 - 1)), "23:59:59");
            assert_eq!(given(0), None, "00:00:00");
            assert_eq!(given(-GRACE_MINUTES * 60), None, "it would end with the call");
            assert_eq!(given(1 - GRACE_MINUTES * 60), Some(closes.plus_seconds(1)));
        }
    }
}

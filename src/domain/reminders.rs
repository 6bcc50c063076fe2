//! When the people of a draft are reminded that its call is about to close.

use super::{
    text::counted,
    time::{Moment, Window},
};
use chrono::{Duration, NaiveTime};

/// Most reminders of one deadline.
pub const MOST: usize = 5;
/// Most days ahead.
pub const MOST_DAYS: i64 = 60;
/// Reminders leave from this hour on, Paris time: nobody is written to at night.
const HOUR: u32 = 8;

/// The reminder of this deadline that is due, by its days before the last day: the latest one whose morning has come while
/// the call was open. Earlier ones are then over, also for a worker that was down.
pub fn due(window: Window, days_before: &[i64], now: Moment) -> Option<i64> {
    let last_day = window.closes.plus_seconds(-1).paris_date();
    let morning = NaiveTime::from_hms_opt(HOUR, 0, 0).unwrap_or_default();
    let at = |days: i64| {
        let day = last_day.checked_sub_signed(Duration::try_days(days)?)?;
        Some(Moment::from_paris(day, morning))
    };
    let is_due = |days: &i64| at(*days).is_some_and(|at| window.opens < at && at <= now);
    let due = days_before.iter().copied().filter(is_due).min();
    due.filter(|_| window.is_open(now))
}

/// The reminders of a deadline, in words: « 1 jour avant », « 7, 3 et 1 jours avant ».
pub fn words(days_before: &[i64]) -> String {
    match days_before {
        [] => "aucun".to_owned(),
        [only] => counted(*only, "jour avant", "jours avant"),
        [others @ .., last] => {
            let others: Vec<_> = others.iter().map(ToString::to_string).collect();
            format!("{} et {last}\u{a0}jours avant", others.join(", "))
        }
    }
}

/// How far the last day is: « aujourd’hui », « demain », « dans 7 jours ».
pub fn how_soon(closes: Moment, now: Moment) -> String {
    match (closes.plus_seconds(-1).paris_date() - now.paris_date()).num_days() {
        ..=0 => "aujourd’hui".to_owned(),
        1 => "demain".to_owned(),
        days => format!("dans {days} jours"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        let (day, time) = text.split_once(' ').unwrap();
        Moment::from_paris(day.parse().unwrap(), time.parse().unwrap())
    }

    #[test]
    fn a_reminder_is_due_from_its_morning_on_until_the_next_one_or_the_closing() {
        // A Monday, at the end of the day.
        let window = Window { opens: at("2027-01-04 09:00:00"), closes: at("2027-02-02 00:00:00") };
        for (now, wanted) in [
            ("2027-01-25 07:59:59", None),
            ("2027-01-25 08:00:00", Some(7)),
            ("2027-01-29 23:00:00", Some(7)),
            ("2027-01-30 08:00:00", Some(2)),
            ("2027-02-01 23:59:59", Some(2)),
            ("2027-02-02 00:00:00", None),
        ] {
            assert_eq!(due(window, &[7, 2], at(now)), wanted, "{now}");
        }
        assert_eq!(due(window, &[], at("2027-01-31 12:00:00")), None);
        let short = Window { opens: at("2027-01-29 09:00:00"), ..window };
        assert_eq!(due(short, &[7, 2], at("2027-01-29 10:00:00")), None, "a week before, it was not open");
        assert_eq!(how_soon(window.closes, at("2027-01-25 08:00:00")), "dans 7 jours");
        assert_eq!(how_soon(window.closes, at("2027-02-01 08:00:00")), "aujourd’hui");
    }

    #[test]
    fn reminders_are_said_as_one_speaks() {
        assert_eq!(words(&[]), "aucun");
        assert_eq!(words(&[1]), "1\u{a0}jour avant");
        assert_eq!(words(&[7, 2]), "7 et 2\u{a0}jours avant");
        assert_eq!(words(&[7, 3, 1]), "7, 3 et 1\u{a0}jours avant");
    }
}

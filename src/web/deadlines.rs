//! When something is due, in words: to come, or over and by how much.

use crate::domain::{
    text::counted,
    time::{Moment, french_date},
};
use chrono::NaiveDate;

/// A deadline ready to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    pub words: String,
    /// Whether it is over, which the page shows as a warning.
    pub is_late: bool,
}

impl From<String> for Deadline {
    /// Words about a time that is never late: an opening, a planned day of the house.
    fn from(words: String) -> Self {
        Deadline { words, is_late: false }
    }
}

impl From<&str> for Deadline {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

/// How late something is: « en retard de 3 jours ».
pub fn lateness(due: NaiveDate, today: NaiveDate) -> String {
    let days = (today - due).num_days().max(1);
    format!("en retard de {}", counted(days, "jour", "jours"))
}

impl Deadline {
    /// « avant le 3 mars 2027 », that day included; afterwards « était attendu le 3 mars 2027, en retard de 2 jours ».
    pub fn before(due: NaiveDate, today: NaiveDate) -> Self {
        if due >= today {
            return format!("avant le {}", french_date(due)).into();
        }
        Deadline::over(french_date(due), due, today)
    }

    /// The day something is planned for, or how long ago that was.
    pub fn on(due: NaiveDate, today: NaiveDate) -> Self {
        if due >= today { french_date(due).into() } else { Deadline::over(french_date(due), due, today) }
    }

    /// The last minute before `end`, as [`Deadline::on`] does.
    pub fn until(end: Moment, now: Moment) -> Self {
        let last = end.plus_minutes(-1);
        if now < end {
            last.french().into()
        } else {
            Deadline::over(last.french(), last.paris_date(), now.paris_date())
        }
    }

    fn over(when: String, due: NaiveDate, today: NaiveDate) -> Self {
        Deadline { words: format!("était attendu le {when}, {}", lateness(due, today)), is_late: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_is_over_is_said_to_be_and_by_how_much() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let due = day("2027-03-03");
        assert_eq!(Deadline::before(due, due), "avant le 3\u{a0}mars 2027".into());
        let late = Deadline::before(due, day("2027-03-05"));
        assert!(late.is_late && late.words.ends_with("2027, en retard de 2\u{a0}jours"), "{late:?}");
        let end = Moment::end_of_day(due);
        assert!(!Deadline::until(end, end.plus_seconds(-1)).is_late);
        let late = Deadline::until(end, end);
        assert!(late.is_late && late.words.contains("23\u{a0}h\u{a0}59, en retard de 1\u{a0}jour"), "{late:?}");
    }
}

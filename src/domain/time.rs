//! Instants, the Paris wall clock and the one function that judges a deadline.

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeZone, Timelike, Utc};
use chrono_tz::{Europe::Paris, Tz};
use diesel::{deserialize::FromSqlRow, expression::AsExpression};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An instant in UTC, truncated to the second so that both databases give back what was stored.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow, Serialize, Deserialize,
)]
#[diesel(sql_type = diesel::sql_types::Timestamp)]
pub struct Moment(NaiveDateTime);

const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const WEEKDAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

impl Moment {
    /// From a UTC date and time; fractions of a second are dropped.
    pub fn from_utc(at: NaiveDateTime) -> Self {
        Moment(at.trunc_subsecs(0))
    }

    /// From seconds since 1970 (UTC).
    pub fn from_unix_seconds(seconds: i64) -> Self {
        Moment(DateTime::from_timestamp(seconds, 0).unwrap_or_default().naive_utc())
    }

    /// Seconds since 1970 (UTC).
    pub fn unix_seconds(self) -> i64 {
        self.0.and_utc().timestamp()
    }

    /// From the Paris wall clock. An hour that happens twice is its first passing; one that is skipped is the instant
    /// at which the clock jumps over it.
    pub fn from_paris(date: NaiveDate, time: NaiveTime) -> Self {
        let mut wall = date.and_time(time).trunc_subsecs(0);
        loop {
            if let Some(at) = Paris.from_local_datetime(&wall).earliest() {
                return Moment(at.naive_utc());
            }
            // Clocks jump between whole minutes: the first minute that exists is the one they jump to.
            wall = wall - Duration::seconds(i64::from(wall.second())) + Duration::minutes(1);
        }
    }

    /// The first instant of this day in Paris.
    pub fn start_of_day(date: NaiveDate) -> Self {
        Self::from_paris(date, NaiveTime::MIN)
    }

    /// The first instant after this day in Paris: what "until this date included" means.
    pub fn end_of_day(date: NaiveDate) -> Self {
        Self::start_of_day(date.succ_opt().unwrap_or(date))
    }

    /// The UTC date and time as a column keeps it.
    pub(crate) const fn stored(&self) -> &NaiveDateTime {
        &self.0
    }

    /// The UTC date and time.
    pub fn utc(self) -> NaiveDateTime {
        self.0
    }

    /// The Paris wall clock.
    pub fn paris(self) -> DateTime<Tz> {
        Utc.from_utc_datetime(&self.0).with_timezone(&Paris)
    }

    /// The date on a calendar in Paris.
    pub fn paris_date(self) -> NaiveDate {
        self.paris().date_naive()
    }

    /// This many minutes later (earlier when negative).
    pub fn plus_minutes(self, minutes: i64) -> Self {
        Moment(self.0 + Duration::minutes(minutes))
    }

    /// This many seconds later (earlier when negative).
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Moment(self.0 + Duration::seconds(seconds))
    }

    /// This many times 24 hours later (earlier when negative).
    pub fn plus_days(self, days: i64) -> Self {
        Moment(self.0 + Duration::days(days))
    }

    /// `31 mars 2027 à 23 h 59`, on the Paris wall clock.
    pub fn french(self) -> String {
        let at = self.paris();
        format!("{} à {}\u{a0}h\u{a0}{:02}", french_date(at.date_naive()), at.hour(), at.minute())
    }

    /// `2027-03-31T21:59:00Z`: the form for machines and for the history's chain.
    pub fn machine(self) -> String {
        self.spelled('T') + "Z"
    }

    /// `2027-03-31 21:59:00` with this sign in the middle. Years have four digits: a format would be read each time.
    fn spelled(self, middle: char) -> String {
        let (day, time) = (self.0.date(), self.0.time());
        let (year, month, day) = (day.year(), day.month(), day.day());
        let (hour, minute, second) = (time.hour(), time.minute(), time.second());
        format!("{year:04}-{month:02}-{day:02}{middle}{hour:02}:{minute:02}:{second:02}")
    }

    /// `2027-03-31 21:59:00`: how SQLite keeps it.
    pub fn column(self) -> String {
        self.spelled(' ')
    }

    /// From [`Moment::column`]; nothing for any other text.
    pub fn from_column(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let is_shaped = bytes.len() == 19 && text.is_ascii();
        let number = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
        if !is_shaped || [bytes[4], bytes[7], bytes[10], bytes[13], bytes[16]] != *b"-- ::" {
            return None;
        }
        let year = i32::try_from(number(0, 4)?).ok()?;
        let day = NaiveDate::from_ymd_opt(year, number(5, 7)?, number(8, 10)?)?;
        Some(Moment(day.and_hms_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?)?))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.machine())
    }
}

/// `1er avril 2027`.
pub fn french_date(date: NaiveDate) -> String {
    let day = if date.day() == 1 { "1er".to_owned() } else { date.day().to_string() };
    format!("{day}\u{a0}{} {}", MONTHS[date.month0() as usize], date.year())
}

/// `avril 2027`.
pub fn french_month(date: NaiveDate) -> String {
    format!("{} {}", MONTHS[date.month0() as usize], date.year())
}

/// `mercredi 31 mars 2027`.
pub fn french_weekday_date(date: NaiveDate) -> String {
    format!("{} {}", WEEKDAYS[date.weekday().num_days_from_monday() as usize], french_date(date))
}

/// When a call takes applications: from `opens` included to `closes` excluded, both UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    pub opens: Moment,
    pub closes: Moment,
}

impl Window {
    /// The one judgement of a deadline, to be asked inside the transaction that depends on it.
    pub fn is_open(&self, now: Moment) -> bool {
        self.opens <= now && now < self.closes
    }

    /// The same window for what may be filed until later; an earlier instant changes nothing.
    pub fn extended(&self, until: Option<Moment>) -> Window {
        Window { closes: until.map_or(self.closes, |until| until.max(self.closes)), ..*self }
    }

    /// The deadline in words, with its zone: the last minute in which one may still file, when that is a whole minute.
    pub fn deadline(&self) -> String {
        let last_minute = self.closes.plus_minutes(-1);
        let at = last_minute.paris();
        let day = french_weekday_date(at.date_naive());
        format!("{day} à {}\u{a0}h\u{a0}{:02} (heure de Paris)", at.hour(), at.minute())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn paris(day: &str, time: &str) -> Moment {
        Moment::from_paris(date(day), time.parse().unwrap())
    }

    proptest! {
        #[test]
        fn what_a_column_keeps_is_read_as_it_was(seconds in -2_000_000_000_i64..100_000_000_000) {
            let at = Moment::from_unix_seconds(seconds);
            prop_assert_eq!(Moment::from_column(&at.column()), Some(at));
            prop_assert_eq!(at.column(), at.stored().to_string());
            prop_assert_eq!(at.machine(), at.stored().format("%Y-%m-%dT%H:%M:%SZ").to_string());
        }
    }

    #[test]
    fn no_other_text_is_an_instant() {
        for text in ["", "2027-03-31", "2027-03-31T21:59:00", "2027-02-30 12:00:00", "2027-03-31 24:00:00", "é"] {
            assert_eq!(Moment::from_column(text), None, "{text}");
        }
    }

    #[test]
    fn paris_is_one_or_two_hours_ahead() {
        assert_eq!(paris("2027-01-31", "12:00:00").machine(), "2027-01-31T11:00:00Z");
        assert_eq!(paris("2027-07-14", "00:30:00").machine(), "2027-07-13T22:30:00Z");
        assert_eq!(paris("2027-07-14", "00:30:00").paris_date(), date("2027-07-14"));
    }

    #[test]
    fn an_hour_that_is_skipped_is_the_instant_of_the_jump() {
        let jump = "2027-03-28T01:00:00Z";
        assert_eq!(paris("2027-03-28", "01:59:59").machine(), "2027-03-28T00:59:59Z");
        assert_eq!(paris("2027-03-28", "02:00:00").machine(), jump);
        assert_eq!(paris("2027-03-28", "02:30:00").machine(), jump);
        assert_eq!(paris("2027-03-28", "02:59:59").machine(), jump);
        assert_eq!(paris("2027-03-28", "03:00:00").machine(), jump);
        assert_eq!(paris("2027-03-28", "02:30:00").french(), "28\u{a0}mars 2027 à 3\u{a0}h\u{a0}00");
    }

    #[test]
    fn an_hour_that_happens_twice_is_its_first_passing() {
        let first = paris("2027-10-31", "02:30:00");
        assert_eq!(first.machine(), "2027-10-31T00:30:00Z");
        assert_eq!(paris("2027-10-31", "03:00:00").machine(), "2027-10-31T02:00:00Z");
        assert_eq!(first.plus_minutes(60).french(), first.french());
    }

    #[test]
    fn a_day_is_as_long_as_its_night_makes_it() {
        for (day, hours) in [("2027-03-28", 23), ("2027-10-31", 25), ("2027-07-14", 24)] {
            let (start, end) = (Moment::start_of_day(date(day)), Moment::end_of_day(date(day)));
            assert_eq!(end.unix_seconds() - start.unix_seconds(), hours * 3600, "{day}");
        }
        assert_eq!(Moment::end_of_day(date("2027-03-31")).machine(), "2027-03-31T22:00:00Z");
        assert_eq!(Moment::end_of_day(date("2027-12-31")), Moment::start_of_day(date("2028-01-01")));
    }

    #[test]
    fn a_window_closes_with_the_last_second_of_its_day() {
        let window =
            Window { opens: Moment::start_of_day(date("2027-01-15")), closes: Moment::end_of_day(date("2027-03-31")) };
        for (day, time, open) in [
            ("2027-01-14", "23:59:59", false),
            ("2027-01-15", "00:00:00", true),
            ("2027-03-31", "23:59:59", true),
            ("2027-04-01", "00:00:00", false),
        ] {
            assert_eq!(window.is_open(paris(day, time)), open, "{day} {time}");
        }
        assert_eq!(window.deadline(), "mercredi 31\u{a0}mars 2027 à 23\u{a0}h\u{a0}59 (heure de Paris)");
    }

    #[test]
    fn fractions_of_a_second_are_dropped_everywhere() {
        assert_eq!(paris("2027-01-31", "12:00:00.999"), paris("2027-01-31", "12:00:00"));
        let precise = date("2027-01-31").and_hms_milli_opt(11, 0, 0, 999).unwrap();
        assert_eq!(Moment::from_utc(precise), paris("2027-01-31", "12:00:00"));
    }

    #[test]
    fn the_first_of_a_month_is_said_premier() {
        assert_eq!(french_date(date("2027-04-01")), "1er\u{a0}avril 2027");
        assert_eq!(french_weekday_date(date("2027-08-15")), "dimanche 15\u{a0}août 2027");
    }

    proptest! {
        #[test]
        fn paris_and_back_is_the_same_instant_but_in_the_repeated_hour(seconds in 0i64..4_000_000_000) {
            let at = Moment::from_unix_seconds(seconds);
            let back = Moment::from_paris(at.paris_date(), at.paris().time());
            prop_assert!(back == at || back == at.plus_minutes(-60));
            prop_assert_eq!(back.french(), at.french());
        }
    }
}

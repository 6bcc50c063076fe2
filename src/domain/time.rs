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
        let wall = date.and_time(time);
        let mut earlier = wall;
        loop {
            if let Some(at) = Paris.from_local_datetime(&earlier).earliest() {
                let missing = wall - earlier;
                let at = if missing.is_zero() { at } else { at + missing };
                return Moment(at.naive_utc());
            }
            earlier -= Duration::hours(1);
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
        self.0.format("%Y-%m-%dT%H:%M:%SZ").to_string()
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

    /// The deadline in words, with its zone: the last minute in which one may still file, when that is a whole minute.
    pub fn deadline(&self) -> String {
        let last_minute = self.closes.plus_minutes(-1);
        let at = last_minute.paris();
        let day = french_weekday_date(at.date_naive());
        format!("{day} à {}\u{a0}h\u{a0}{:02} (heure de Paris)", at.hour(), at.minute())
    }
}

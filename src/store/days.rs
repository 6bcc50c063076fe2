//! A day as the rows of a long table are read.

use super::Conn;
use chrono::NaiveDate;
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    pg::Pg,
    sql_types::Date,
    sqlite::Sqlite,
};

/// A day of the calendar, read without a format: several days a row, a format takes more time than the rest of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromSqlRow)]
pub struct Day(NaiveDate);

impl Day {
    /// From `2027-03-31`; nothing for any other text.
    fn from_column(text: &str) -> Option<Day> {
        let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
        let fits =
            |(place, byte): (usize, &u8)| if matches!(place, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() };
        if !bytes.iter().enumerate().all(fits) {
            return None;
        }
        let number = |digits: &[u8]| digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
        let year = i32::try_from(number(&bytes[..4])).ok()?;
        NaiveDate::from_ymd_opt(year, number(&bytes[5..7]), number(&bytes[8..])).map(Day)
    }
}

impl From<Day> for NaiveDate {
    fn from(day: Day) -> Self {
        day.0
    }
}

impl FromSql<Date, Sqlite> for Day {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = value.read_text();
        Day::from_column(text).ok_or_else(|| format!("{text:?} is no day").into())
    }
}

/// What either database reads through [`Conn`].
type Either = <Conn as diesel::Connection>::Backend;

macro_rules! days_from {
    ($($backend:ty),+) => { $(
        impl FromSql<Date, $backend> for Day {
            fn from_sql(value: <$backend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(Day(<NaiveDate as FromSql<Date, $backend>>::from_sql(value)?))
            }
        }
    )+ };
}

days_from!(Pg, Either);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_and_nothing_else_is_one() {
        assert_eq!(Day::from_column("2027-03-31").map(NaiveDate::from), NaiveDate::from_ymd_opt(2027, 3, 31));
        for text in ["", "2027-02-30", "2027-3-31", "2027/03/31", "2027-03-31 00:00", "2027-03-3é", "+027-03-31"] {
            assert_eq!(Day::from_column(text), None, "{text:?}");
        }
    }
}

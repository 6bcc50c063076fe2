//! How amounts, rates and windows are written in definition files and kept in the settings.
//!
//! An amount is always a text: `"5 000"`, `"1 250,50"`. A bare number is refused, so that nobody has to wonder whether
//! it counts euros or cents. A rate is a text too: `"80 %"`, `"12,5 %"`. Dates are quoted: `"2027-02-11"`.

use crate::domain::{
    money::{Euros, Rate},
    time::{Moment, Window},
};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// An amount in euros as text.
pub mod amount {
    use super::*;

    /// Writes `5000.00`.
    pub fn serialize<S: Serializer>(amount: &Euros, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&amount.machine())
    }

    /// Reads `5 000` and everything else people type for an amount, but no negative one.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Euros, D::Error> {
        read(&String::deserialize(from)?).map_err(D::Error::custom)
    }

    pub(super) fn read(text: &str) -> Result<Euros, String> {
        let amount = text.parse::<Euros>().ok().filter(|amount| *amount >= Euros::ZERO);
        amount.ok_or_else(|| format!("{text:?} is not an amount in euros such as \"5 000\""))
    }
}

/// An amount in euros as text, or nothing.
pub mod amount_option {
    use super::*;

    /// Writes `5000.00` or null.
    pub fn serialize<S: Serializer>(amount: &Option<Euros>, to: S) -> Result<S::Ok, S::Error> {
        amount.map(Euros::machine).serialize(to)
    }

    /// Reads an amount, or nothing.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Euros>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| amount::read(&text)).transpose().map_err(D::Error::custom)
    }
}

/// A rate as text.
pub mod rate {
    use super::*;

    /// Writes `12.50 %`.
    pub fn serialize<S: Serializer>(rate: &Rate, to: S) -> Result<S::Ok, S::Error> {
        let points = rate.basis_points();
        to.serialize_str(&format!("{}.{:02} %", points / 100, points % 100))
    }

    /// Reads `80 %` or `12,5 %`, from nothing to the whole.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Rate, D::Error> {
        let text = String::deserialize(from)?;
        let wrong = || D::Error::custom(format!("{text:?} is not a rate such as \"80 %\""));
        // A percentage has two decimals at most, as an amount does: its hundredths are basis points.
        let points =
            text.trim().strip_suffix('%').and_then(|percent| percent.parse::<Euros>().ok()).ok_or_else(wrong)?;
        let points = i32::try_from(points.cents()).ok().filter(|points| (0..=10_000).contains(points));
        points.map(Rate::from_basis_points).ok_or_else(wrong)
    }
}

/// A window as two Paris dates, with or without a time.
pub mod window {
    use super::*;

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Written {
        opens: String,
        closes: String,
    }

    /// Writes both instants as [`deserialize`] reads them: on the Paris clock, as a date alone where that says it all.
    pub fn serialize<S: Serializer>(window: &Window, to: S) -> Result<S::Ok, S::Error> {
        let opens = text(window.opens, window.opens.paris_date(), Moment::start_of_day);
        let last_day = window.closes.plus_seconds(-1).paris_date();
        Written { opens, closes: text(window.closes, last_day, Moment::end_of_day) }.serialize(to)
    }

    fn text(at: Moment, day: NaiveDate, whole_day: fn(NaiveDate) -> Moment) -> String {
        let wall = at.paris().format("%Y-%m-%d %H:%M").to_string();
        // The second passing of an hour that happens twice, or an odd second, has no such writing.
        match instant(&wall, whole_day) {
            _ if whole_day(day) == at => day.to_string(),
            Some(read) if read == at => wall,
            _ => at.machine(),
        }
    }

    /// Reads `2026-11-02 09:00` on the Paris clock. A date alone opens with its first instant, closes after its last.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Window, D::Error> {
        let written = Written::deserialize(from)?;
        let read = |text: &str, whole_day: fn(NaiveDate) -> Moment| {
            instant(text, whole_day).ok_or_else(|| {
                D::Error::custom(format!(
                    "{text:?} is not a date such as \"2027-01-31\" or a date and time such as \"2027-01-31 12:00\""
                ))
            })
        };
        Ok(Window {
            opens: read(&written.opens, Moment::start_of_day)?,
            closes: read(&written.closes, Moment::end_of_day)?,
        })
    }

    fn instant(text: &str, whole_day: fn(NaiveDate) -> Moment) -> Option<Moment> {
        if let Ok(date) = text.parse::<NaiveDate>() {
            return Some(whole_day(date));
        }
        if let Some(utc) = text.strip_suffix('Z') {
            return NaiveDateTime::parse_from_str(utc, "%Y-%m-%dT%H:%M:%S").ok().map(Moment::from_utc);
        }
        let (date, time) = text.split_once(' ')?;
        Some(Moment::from_paris(date.parse().ok()?, NaiveTime::parse_from_str(time, "%H:%M").ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Sample {
        #[serde(with = "amount")]
        amount: Euros,
        #[serde(with = "rate")]
        rate: Rate,
        #[serde(with = "window")]
        window: Window,
    }

    fn read(amount: &str, rate: &str, opens: &str, closes: &str) -> Result<Sample, toml::de::Error> {
        toml::from_str(&format!("amount={amount}\nrate={rate}\nwindow={{opens={opens}, closes={closes}}}"))
    }

    #[test]
    fn values_are_read_as_people_write_them_and_kept_as_they_are() {
        let sample = read(r#""1 250,50""#, r#""12,5 %""#, r#""2026-11-02 09:00""#, r#""2027-01-31""#).unwrap();
        assert_eq!(sample.amount, Euros::from_cents(125_050));
        assert_eq!(sample.rate, Rate::from_basis_points(1_250));
        assert_eq!(sample.window.opens.machine(), "2026-11-02T08:00:00Z");
        assert_eq!(sample.window.closes.machine(), "2027-01-31T23:00:00Z");
        let kept = serde_json::to_string(&sample).unwrap();
        assert_eq!(serde_json::from_str::<Sample>(&kept).unwrap(), sample, "{kept}");
        assert!(kept.contains(r#"{"opens":"2026-11-02 09:00","closes":"2027-01-31"}"#), "{kept}");
    }

    #[test]
    fn every_instant_is_written_so_that_it_reads_back_the_same() {
        let night = Moment::from_paris("2027-10-31".parse().unwrap(), "02:30:00".parse().unwrap());
        for at in [night, night.plus_minutes(60), night.plus_seconds(7), Moment::start_of_day(night.paris_date())] {
            let sample = Sample {
                amount: Euros::ZERO,
                rate: Rate::WHOLE,
                window: Window { opens: at, closes: at.plus_minutes(60) },
            };
            let kept = toml::to_string(&sample).unwrap();
            assert_eq!(toml::from_str::<Sample>(&kept).unwrap(), sample, "{kept}");
        }
    }

    #[test]
    fn what_could_be_misread_is_refused() {
        let (amount, rate, date) = (r#""5 000""#, r#""80 %""#, r#""2026-11-02""#);
        assert!(read(amount, rate, date, date).is_ok());
        for (a, r, d) in [
            ("5000", rate, date),
            (r#""-5""#, rate, date),
            (r#""5k""#, rate, date),
            (amount, "80", date),
            (amount, r#""80""#, date),
            (amount, r#""101 %""#, date),
            (amount, r#""-1 %""#, date),
            (amount, rate, r#""02/11/2026""#),
            (amount, rate, r#""2026-02-30""#),
            (amount, rate, r#""2026-11-02 24:30""#),
        ] {
            assert!(read(a, r, d, date).is_err(), "{a} {r} {d}");
        }
    }
}

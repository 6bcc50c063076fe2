//! Public holidays of metropolitan France (Code du travail, art. L. 3133-1).

use chrono::{Datelike, Duration, NaiveDate, Weekday};

/// The name of the public holiday that falls on this day.
pub fn public_holiday(day: NaiveDate) -> Option<&'static str> {
    let fixed = match (day.month(), day.day()) {
        (1, 1) => "jour de l’An",
        (5, 1) => "fête du Travail",
        (5, 8) => "8 mai",
        (7, 14) => "fête nationale",
        (8, 15) => "Assomption",
        (11, 1) => "Toussaint",
        (11, 11) => "11 novembre",
        (12, 25) => "Noël",
        _ => return movable(day),
    };
    Some(fixed)
}

/// This day, or the next one on which people work.
pub fn working_day(day: NaiveDate) -> NaiveDate {
    let works =
        |day: &NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && public_holiday(*day).is_none();
    day.iter_days().take(10).find(works).unwrap_or(day)
}

/// This day, or the next one on which banks move euros: a working day on which TARGET, which settles transfers, is open
/// (it also closes on Good Friday and on 26 December).
pub fn bank_day(day: NaiveDate) -> NaiveDate {
    let is_closed = |day: &NaiveDate| {
        let is_good_friday = easter(day.year()).is_some_and(|easter| (*day - easter).num_days() == -2);
        is_good_friday || (day.month(), day.day()) == (12, 26)
    };
    day.iter_days().take(15).find(|day| working_day(*day) == *day && !is_closed(day)).unwrap_or(day)
}

/// The day to ask a bank for: the one that was wanted, or once it is over, which a bank refuses, the first on which it works.
pub fn day_to_ask(wanted: NaiveDate, today: NaiveDate) -> NaiveDate {
    if wanted < today { bank_day(today) } else { wanted }
}

fn movable(day: NaiveDate) -> Option<&'static str> {
    match (day - easter(day.year())?).num_days() {
        1 => Some("lundi de Pâques"),
        39 => Some("Ascension"),
        50 => Some("lundi de Pentecôte"),
        _ => None,
    }
}

/// Easter Sunday in the Gregorian calendar (Meeus, Jones and Butcher).
fn easter(year: i32) -> Option<NaiveDate> {
    let (golden, century, of_century) = (year % 19, year / 100, year % 100);
    let moon = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - moon - of_century % 4) % 7;
    let late = (golden + 11 * moon + 22 * weekday) / 451;
    let days = moon + weekday - 7 * late;
    NaiveDate::from_ymd_opt(year, 3, 22)?.checked_add_signed(Duration::days(i64::from(days)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_falls_where_the_calendar_says() {
        for (year, day) in [
            (2024, "2024-03-31"),
            (2025, "2025-04-20"),
            (2026, "2026-04-05"),
            (2027, "2027-03-28"),
            (2028, "2028-04-16"),
            (2038, "2038-04-25"),
            (1954, "1954-04-18"),
        ] {
            assert_eq!(easter(year), day.parse().ok(), "{year}");
        }
    }

    #[test]
    fn nobody_works_at_the_weekend_or_on_a_holiday() {
        let next = |day: &str| working_day(day.parse().unwrap()).to_string();
        assert_eq!(next("2026-12-12"), "2026-12-14");
        assert_eq!(next("2026-12-25"), "2026-12-28");
        assert_eq!(next("2026-12-10"), "2026-12-10");
    }

    #[test]
    fn a_bank_also_rests_on_good_friday_and_the_day_after_christmas() {
        let next = |day: &str| bank_day(day.parse().unwrap()).to_string();
        assert_eq!(next("2027-03-26"), "2027-03-30", "after Good Friday comes Easter Monday");
        assert_eq!(next("2028-12-25"), "2028-12-27");
        assert_eq!(next("2026-11-28"), "2026-11-30");
        assert_eq!(next("2026-11-27"), "2026-11-27");
    }

    #[test]
    fn a_bank_is_asked_for_no_day_that_is_over_nor_for_a_sunday_instead() {
        let asked = |wanted: &str, today: &str| day_to_ask(wanted.parse().unwrap(), today.parse().unwrap()).to_string();
        assert_eq!(asked("2026-11-27", "2026-11-27"), "2026-11-27");
        assert_eq!(asked("2026-11-30", "2026-11-27"), "2026-11-30");
        assert_eq!(asked("2026-11-27", "2026-11-29"), "2026-11-30");
    }

    #[test]
    fn a_year_has_eleven_holidays() {
        let days = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap().iter_days().take(365);
        let names: Vec<_> = days.filter_map(public_holiday).collect();
        assert_eq!(names.len(), 11);
        assert_eq!(public_holiday("2027-05-06".parse().unwrap()), Some("Ascension"));
        assert_eq!(public_holiday("2027-05-17".parse().unwrap()), Some("lundi de Pentecôte"));
        assert_eq!(public_holiday("2027-05-18".parse().unwrap()), None);
    }
}

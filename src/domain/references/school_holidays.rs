//! School holidays of zone B, which Amiens and Lille belong to. Known as far as the ministry has published them.

use super::rows;
use chrono::NaiveDate;
use serde::Deserialize;
use std::sync::LazyLock;

/// A time without school.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SchoolHoliday {
    /// « vacances d’hiver ».
    #[serde(rename = "nom")]
    pub name: String,
    #[serde(rename = "premier_jour")]
    pub from: NaiveDate,
    /// The day on which school begins again.
    #[serde(rename = "reprise")]
    pub until: NaiveDate,
}

static ZONE_B: LazyLock<Vec<SchoolHoliday>> =
    LazyLock::new(|| rows(include_str!("../../../fixtures/standards/vacances-scolaires/zone-b.csv")));

/// The school holidays that this day falls in.
pub fn school_holiday(day: NaiveDate) -> Option<&'static SchoolHoliday> {
    ZONE_B.iter().find(|holiday| (holiday.from..holiday.until).contains(&day))
}

/// The day from which no calendar is known.
pub fn school_calendar_ends() -> NaiveDate {
    ZONE_B.iter().map(|holiday| holiday.until).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_without_school_ends_after_it_began_and_they_follow_each_other() {
        assert_eq!(ZONE_B.len(), 12);
        for holiday in ZONE_B.iter() {
            assert!(holiday.from < holiday.until, "{holiday:?}");
        }
        assert!(ZONE_B.windows(2).all(|pair| pair[0].until <= pair[1].from));
    }

    #[test]
    fn the_last_day_of_holidays_is_the_eve_of_school() {
        let name = |day: &str| school_holiday(day.parse().unwrap()).map(|holiday| holiday.name.as_str());
        assert_eq!(name("2027-02-19"), None);
        assert_eq!(name("2027-02-20"), Some("vacances d’hiver"));
        assert_eq!(name("2027-03-07"), Some("vacances d’hiver"));
        assert_eq!(name("2027-03-08"), None);
        assert_eq!(name("2026-12-24"), Some("vacances de Noël"));
    }
}

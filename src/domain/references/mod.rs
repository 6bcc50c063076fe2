//! Reference lists compiled in: axes, sustainable development goals, budget lines, markers, communes, countries.
//!
//! Their text lives in `fixtures/standards/`, read once. A list that does not read is empty: the tests of each file
//! below count its lines, so such a build never leaves the house.

mod axes;
mod budget_accounts;
mod goals;
mod markers;
mod places;
mod school_holidays;

pub use axes::{Axis, axes, axis, theme};
pub use budget_accounts::{BudgetAccount, budget_account, budget_accounts};
pub use goals::{Goal, Target, goal, goals, target, targets_of};
pub use markers::{Marker, MarkerLevel};
pub use places::{
    Commune, Country, CountryList, DEPARTMENTS, commune, commune_key, communes, countries, country, country_named,
    department_name, is_commune, search_communes,
};
pub use school_holidays::{SchoolHoliday, school_calendar_ends, school_holiday};

/// The rows of a comma-separated text with a header, or none when one of them does not read.
fn rows<T: serde::de::DeserializeOwned>(text: &'static str) -> Vec<T> {
    csv::Reader::from_reader(text.as_bytes()).into_deserialize().collect::<Result<_, _>>().unwrap_or_default()
}

/// The parts of a cell that holds several, separated by `|`.
fn parts(cell: &str) -> Vec<String> {
    cell.split('|').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_does_not_read_gives_no_row() {
        #[derive(serde::Deserialize)]
        struct Row {
            #[expect(dead_code, reason = "only its reading matters")]
            rank: u8,
        }
        assert_eq!(rows::<Row>("rank\n1\nx\n").len(), 0);
        assert_eq!(rows::<Row>("rank\n1\n2\n").len(), 2);
    }
}

//! Places that ship with the product: communes of Hauts-de-France and the countries of the world, filled in once.

use super::{Outcome, UseCaseError};
use crate::{
    domain::text::sort_key,
    store::{
        Conn, Tx,
        communes::{self, CommuneRow, CountryRow},
    },
};
use std::collections::BTreeMap;

pub use crate::domain::references::commune_key;

/// INSEE's official code 2026 (Licence Ouverte).
const COMMUNES: &str = include_str!("../../fixtures/standards/geo-fr/communes-hauts-de-france.csv");
/// ISO 3166 with French names (CLDR) and the DAC list of 2024.
const COUNTRIES: &str = include_str!("../../fixtures/standards/pays/pays-iso3166-fr.csv");

type Line = BTreeMap<String, String>;

fn lines(text: &'static str) -> impl Iterator<Item = Outcome<Line>> {
    let unreadable = |error: csv::Error| UseCaseError::Unreadable(error.to_string());
    csv::Reader::from_reader(text.as_bytes()).into_deserialize().map(move |line| line.map_err(unreadable))
}

fn cell(line: &Line, name: &str) -> String {
    line.get(name).cloned().unwrap_or_default()
}

/// The code of a commune typed by its name, with its department in brackets when two share it; nothing when the name is
/// no commune's, or more than one's.
pub fn commune_named(conn: &mut Conn, typed: &str) -> Outcome<Option<String>> {
    /// More communes than share the beginning of any name one would type whole.
    const MOST: i64 = 50;
    let (name, department) =
        typed.split_once('(').map_or((typed, ""), |(name, rest)| (name, rest.trim_end_matches([')', ' '])));
    let key = commune_key(name.trim());
    if key.is_empty() {
        return Ok(None);
    }
    let found = communes::beginning(conn, &key, MOST)?;
    let mut fitting = found
        .into_iter()
        .filter(|row| row.search_key == key && (department.is_empty() || row.department == department));
    let first = fitting.next();
    Ok(first.filter(|_| fitting.next().is_none()).map(|row| row.code))
}

/// Fills the tables of places when they are empty; gives how many rows were added.
pub fn load(tx: &mut Tx) -> Outcome<usize> {
    let (communes, countries) = communes::count(tx.conn())?;
    let mut added = 0;
    if communes == 0 {
        for line in lines(COMMUNES) {
            let line = line?;
            let name = cell(&line, "nom");
            let row = CommuneRow {
                code: cell(&line, "code_insee"),
                department: cell(&line, "departement"),
                intercommunality: Some(cell(&line, "epci_nom")).filter(|name| !name.is_empty()),
                search_key: commune_key(&name),
                name,
            };
            communes::insert(tx, &row)?;
            added += 1;
        }
    }
    if countries == 0 {
        for line in lines(COUNTRIES) {
            let line = line?;
            let name = cell(&line, "nom_fr");
            let row = CountryRow {
                code: cell(&line, "alpha2"),
                is_dac: cell(&line, "eligible_apd_cad") == "oui",
                sort_key: sort_key(&name),
                name,
            };
            communes::insert_country(tx, &row)?;
            added += 1;
        }
    }
    Ok(added)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commune_is_found_however_it_is_written() {
        assert_eq!(commune_key("St-Omer Cedex 2"), commune_key("Saint-Omer"));
        assert_eq!(commune_key("VILLENEUVE D’ASCQ"), commune_key("Villeneuve-d'Ascq"));
    }

    #[test]
    fn the_shipped_files_are_whole() {
        assert_eq!(lines(COMMUNES).filter(|line| cell(line.as_ref().unwrap(), "departement") == "59").count(), 647);
        assert!(lines(COUNTRIES).all(|line| cell(&line.unwrap(), "alpha2").len() == 2));
    }
}

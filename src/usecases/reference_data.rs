//! Places that ship with the product: communes of Hauts-de-France and the countries of the world, filled in once.

use super::{Outcome, UseCaseError};
use crate::{
    domain::text::{fold, sort_key},
    store::{
        Tx,
        communes::{self, CommuneRow, CountryRow},
    },
};
use std::collections::BTreeMap;

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

/// The name of a commune as it is looked up: folded, « St » and « Ste » written out, without « Cedex ».
pub fn commune_key(name: &str) -> String {
    let folded = fold(name);
    let words = folded.split(' ').take_while(|word| *word != "cedex").map(|word| match word {
        "st" => "saint",
        "ste" => "sainte",
        word => word,
    });
    words.collect::<Vec<_>>().join(" ")
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

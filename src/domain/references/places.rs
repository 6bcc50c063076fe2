//! Communes of Hauts-de-France and countries of the world, with the list of those that receive official aid.

use super::{parts, rows};
use crate::domain::{codes::codes, text::fold};
use serde::Deserialize;
use std::sync::LazyLock;

/// A commune of Hauts-de-France.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commune {
    /// The code of INSEE, five characters.
    pub insee: String,
    pub name: String,
    /// Its postal codes, at least one.
    pub postcodes: Vec<String>,
    /// Two digits.
    pub department: String,
    /// The intermunicipal body it belongs to (EPCI), by name.
    pub epci: Option<String>,
}

#[derive(Deserialize)]
struct CommuneRow {
    code_insee: String,
    nom: String,
    departement: String,
    epci_nom: String,
    codes_postaux: String,
}

/// The communes by INSEE code. Read anew at each call: the list is long, and the database keeps its own copy.
pub fn communes() -> impl Iterator<Item = Commune> {
    let list: Vec<CommuneRow> = rows(include_str!("../../../fixtures/standards/geo-fr/communes-hauts-de-france.csv"));
    list.into_iter().map(|row| Commune {
        insee: row.code_insee,
        name: row.nom,
        postcodes: parts(&row.codes_postaux),
        department: row.departement,
        epci: (!row.epci_nom.is_empty()).then_some(row.epci_nom),
    })
}

impl Commune {
    /// Its name as fields show it and understand it: « Lille (59) ».
    pub fn shown(&self) -> String {
        format!("{} ({})", self.name, self.department)
    }
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

/// The communes with their keys, by key.
static COMMUNES: LazyLock<Vec<(String, Commune)>> = LazyLock::new(|| {
    let mut all: Vec<_> = communes().map(|commune| (commune_key(&commune.name), commune)).collect();
    all.sort_by(|(key, commune), (other_key, other)| (key, &commune.insee).cmp(&(other_key, &other.insee)));
    all
});

/// The communes whose name begins with what is typed, then those in which another word does, or those with this postcode
/// or INSEE code; `most` of them. Accents, capitals and « St » for « Saint » make no difference.
pub fn search_communes(typed: &str, most: usize) -> Vec<&'static Commune> {
    let (name, department) = typed.split_once('(').map_or((typed, ""), |(name, rest)| (name, rest));
    let department = department.trim_end_matches([')', ' ']);
    let digits: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() >= 2 && digits.starts_with(|c: char| c.is_ascii_digit()) {
        let has = |commune: &&Commune| {
            commune.insee.starts_with(&digits) || commune.postcodes.iter().any(|code| code.starts_with(&digits))
        };
        return COMMUNES.iter().map(|(_, commune)| commune).filter(has).take(most).collect();
    }
    // « st » may be « Saint » and the beginning of « Steenvoorde ».
    let wanted = [commune_key(name), fold(name)];
    if wanted[1].len() < 2 {
        return Vec::new();
    }
    let begins = |key: &str| wanted.iter().any(|wanted| key.starts_with(wanted.as_str()));
    let is_in = |commune: &Commune| department.is_empty() || commune.department == department;
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for (key, commune) in COMMUNES.iter().filter(|(_, commune)| is_in(commune)) {
        if begins(key) {
            first.push(commune);
        } else if key.match_indices(' ').any(|(at, _)| begins(&key[at + 1..])) {
            second.push(commune);
        }
    }
    first.extend(second);
    first.truncate(most);
    first
}

static COMMUNE_CODES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut codes: Vec<String> = communes().map(|commune| commune.insee).collect();
    codes.sort_unstable();
    codes
});

/// Whether this is the INSEE code of a commune of the region.
pub fn is_commune(insee: &str) -> bool {
    COMMUNE_CODES.binary_search_by(|code| code.as_str().cmp(insee)).is_ok()
}

/// The commune of the region with this INSEE code.
pub fn commune(insee: &str) -> Option<&'static Commune> {
    COMMUNES.iter().map(|(_, commune)| commune).find(|commune| commune.insee == insee)
}

/// The departments of the region, by code.
pub const DEPARTMENTS: [&str; 5] = ["02", "59", "60", "62", "80"];

/// The departments of the region by name.
pub fn department_name(code: &str) -> Option<&'static str> {
    Some(match code {
        "02" => "Aisne",
        "59" => "Nord",
        "60" => "Oise",
        "62" => "Pas-de-Calais",
        "80" => "Somme",
        _ => return None,
    })
}

/// A country or territory with an ISO 3166 code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country {
    /// Two letters (ISO 3166-1 alpha-2).
    pub code: String,
    pub name: String,
    /// Whether it is on the DAC list of recipients of official development assistance.
    pub is_dac: bool,
}

#[derive(Deserialize)]
struct CountryRow {
    alpha2: String,
    nom_fr: String,
    eligible_apd_cad: String,
}

static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| {
    rows::<CountryRow>(include_str!("../../../fixtures/standards/pays/pays-iso3166-fr.csv"))
        .into_iter()
        .map(|row| Country { code: row.alpha2, name: row.nom_fr, is_dac: row.eligible_apd_cad == "oui" })
        .collect()
});

/// The countries by code.
pub fn countries() -> &'static [Country] {
    &COUNTRIES
}

codes! {
    /// Which countries one may choose from.
    pub enum CountryList {
        /// Every country with an ISO 3166 code.
        World => "world",
        /// Those that may receive official development assistance (list of the OECD's DAC).
        Dac => "dac",
    }
}

impl CountryList {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            CountryList::World => "Tous les pays",
            CountryList::Dac => "Les pays de la liste du CAD de l’OCDE, qui peuvent recevoir l’aide au développement",
        }
    }

    /// Whether the country is on it.
    pub fn holds(self, country: &Country) -> bool {
        match self {
            CountryList::World => true,
            CountryList::Dac => country.is_dac,
        }
    }
}

/// The country of this name, however it is written, or of this code.
pub fn country_named(typed: &str) -> Option<&'static Country> {
    let (code, name) = (typed.trim().to_uppercase(), fold(typed));
    country(&code).or_else(|| COUNTRIES.iter().find(|country| fold(&country.name) == name))
}

/// The country with this code.
pub fn country(code: &str) -> Option<&'static Country> {
    COUNTRIES.iter().find(|country| country.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_communes_of_the_region_are_all_there() {
        let all: Vec<Commune> = communes().collect();
        assert_eq!(all.len(), 3_782);
        assert!(all.iter().all(|commune| commune.insee.len() == 5 && commune.insee.starts_with(&commune.department)));
        assert!(all.iter().all(|commune| department_name(&commune.department).is_some()));
        let lille = all.iter().find(|commune| commune.insee == "59350").unwrap();
        assert_eq!(lille.name, "Lille");
        assert!(is_commune("59350") && !is_commune("75056") && !is_commune("lille"));
        assert!(lille.postcodes.contains(&"59000".to_owned()));
    }

    #[test]
    fn a_commune_is_found_by_the_beginning_of_a_word_of_its_name_or_by_a_code() {
        let names =
            |typed: &str| -> Vec<String> { search_communes(typed, 20).into_iter().map(Commune::shown).collect() };
        assert_eq!(names("hazebrouck"), ["Hazebrouck (59)"]);
        assert_eq!(names("BETHUNE")[..2], ["Béthune (62)", "Fouquières-lès-Béthune (62)"]);
        assert_eq!(names("St-Ome"), ["Saint-Omer (62)", "Saint-Omer-Capelle (62)", "Saint-Omer-en-Chaussée (60)"]);
        assert!(names("st").iter().any(|name| name.starts_with("Saint")), "{:?}", names("st"));
        assert!(names("steen").contains(&"Steenvoorde (59)".to_owned()));
        assert_eq!(names("ascq"), ["Villeneuve-d'Ascq (59)"]);
        assert_eq!(names("59350"), ["Lille (59)", "Saint-André-lez-Lille (59)"]);
        assert!(names("62 500").contains(&"Saint-Omer (62)".to_owned()), "{:?}", names("62 500"));
        assert_eq!(names("Lille (59)").first().map(String::as_str), Some("Lille (59)"));
        assert_eq!((names("l"), names("atlantide"), names("")), (vec![], vec![], vec![]));
        assert_eq!(search_communes("sa", 5).len(), 5);
    }

    #[test]
    fn a_commune_is_the_one_of_its_code_whatever_postcodes_begin_alike() {
        let name = |insee: &str| commune(insee).map(Commune::shown);
        assert_eq!(name("59178").as_deref(), Some("Douai (59)"));
        assert_eq!(name("62160").as_deref(), Some("Boulogne-sur-Mer (62)"));
        assert_eq!((name("5917"), name("75056"), name("")), (None, None, None));
    }

    #[test]
    fn the_countries_know_who_receives_aid() {
        assert_eq!(countries().len(), 250);
        assert_eq!(country("ML").map(|country| (country.name.as_str(), country.is_dac)), Some(("Mali", true)));
        assert_eq!(country("FR").map(|country| country.is_dac), Some(false));
        assert_eq!(countries().iter().filter(|country| country.is_dac).count(), 141);
        assert_eq!(countries().iter().filter(|country| CountryList::Dac.holds(country)).count(), 141);
    }

    #[test]
    fn every_country_is_found_by_its_name_and_by_its_code() {
        for country in countries() {
            assert_eq!(country_named(&country.name.to_uppercase()), Some(country));
            assert_eq!(country_named(&country.code.to_lowercase()), Some(country));
        }
        assert_eq!(country_named("Atlantide"), None);
    }
}

//! The rules of a call as anybody reads them before applying.

use super::Rule;
use crate::domain::{
    money::Euros,
    references::{CountryList, country, department_name, goal},
    text::counted,
    time::french_date,
};
use chrono::NaiveDate;

/// « , du 1er janvier 2027 au … »: the period over which something is counted; nothing when it has no bounds.
pub(super) fn period(since: Option<NaiveDate>, until: Option<NaiveDate>) -> String {
    match (since, until) {
        (Some(since), Some(until)) => format!(" du {} au {}", french_date(since), french_date(until)),
        (Some(since), None) => format!(" depuis le {}", french_date(since)),
        (None, Some(until)) => format!(" jusqu’au {}", french_date(until)),
        (None, None) => String::new(),
    }
}

/// « de 10 000 € à 50 000 € », « de 10 000 € au moins », « de 50 000 € au plus ».
pub(super) fn band(floor: Option<Euros>, ceiling: Option<Euros>) -> String {
    match (floor, ceiling) {
        (Some(floor), Some(ceiling)) => format!("de {floor} à {ceiling}"),
        (Some(floor), None) => format!("de {floor} au moins"),
        (None, Some(ceiling)) => format!("de {ceiling} au plus"),
        (None, None) => String::new(),
    }
}

/// « de 3 à 12 mois », « 1 mois ».
pub(super) fn months(least: u32, most: u32) -> String {
    if least == most { format!("{least} mois") } else { format!("de {least} à {most} mois") }
}

fn names(codes: &[String]) -> String {
    let name = |code: &String| country(code).map_or(code.clone(), |country| country.name.clone());
    codes.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// Where a project may happen.
pub(super) fn places(list: Option<CountryList>, countries: &[String]) -> String {
    let listed = match list {
        Some(CountryList::World) => return "dans n’importe quel pays".to_owned(),
        Some(CountryList::Dac) => Some("dans un pays de la liste du CAD de l’OCDE".to_owned()),
        None => None,
    };
    let named = (!countries.is_empty()).then(|| format!("dans un de ces pays\u{a0}: {}", names(countries)));
    [listed, named].into_iter().flatten().collect::<Vec<_>>().join(", ou ")
}

impl Rule {
    /// What it asks, in sentences for whoever thinks of applying; nothing where the rest of the call says it.
    pub fn wording(&self) -> Vec<String> {
        let one = |sentence: String| vec![sentence];
        match self {
            Rule::LegalForms { forms } => {
                let forms: Vec<_> = forms.iter().map(|form| form.label().to_lowercase()).collect();
                one(format!("Formes d’organisation acceptées\u{a0}: {}.", forms.join(", ")))
            }
            Rule::MinimumAge { years } => {
                one(format!("L’organisation a au moins {} à la date limite.", counted(*years, "an", "ans")))
            }
            Rule::SeatInDepartments { departments } => {
                let names: Vec<_> = departments.iter().map(|code| department_name(code).unwrap_or(code)).collect();
                one(format!("Le siège de l’organisation est dans un de ces départements\u{a0}: {}.", names.join(", ")))
            }
            Rule::SeatInCommunes { area, .. } => {
                one(format!("Le siège de l’organisation est dans cette zone\u{a0}: {area}."))
            }
            Rule::ProjectInCommunes { area, .. } => one(format!("Le projet se passe dans cette zone\u{a0}: {area}.")),
            Rule::ProjectInCountries { list, countries, excluded } => {
                let mut said = one(format!("Le projet se passe {}.", places(*list, countries)));
                said.extend(excluded.iter().map(|known| {
                    let name = country(&known.country).map_or(known.country.as_str(), |country| country.name.as_str());
                    format!("Pas de projet dans ce pays\u{a0}: {name}. {}", known.sentence)
                }));
                said
            }
            Rule::AnnualBudgetBetween { floor, ceiling } => {
                one(format!("Le budget annuel de l’organisation est {}.", band(*floor, *ceiling)))
            }
            Rule::DurationMonths { least, most } => one(format!("Le projet dure {}.", months(*least, *most))),
            Rule::StartsFrom { day } => one(format!("Le projet ne commence pas avant le {}.", french_date(*day))),
            Rule::EndsBy { day } => one(format!("Le projet se termine au plus tard le {}.", french_date(*day))),
            Rule::NoOverdueReport
            | Rule::OncePerProgramme
            | Rule::OncePerFunder { .. }
            | Rule::FilesPerCall { .. }
            | Rule::FilesPerProgramme { .. } => self.wording_of_counts().into_iter().collect(),
            Rule::PairComplete => one("Les deux organisations du binôme ont rejoint le dossier.".to_owned()),
            Rule::MarkerAtLeast { marker, level } => {
                let (marker, level) = (marker.label(), level.label().to_lowercase());
                one(format!("Attention transversale «\u{a0}{marker}\u{a0}», au moins\u{a0}: {level}."))
            }
            Rule::GoalsAmong { goals } => {
                let name =
                    |number: &u8| goal(*number).map_or(number.to_string(), |g| format!("{number} ({})", g.title));
                let goals: Vec<_> = goals.iter().map(name).collect();
                one(format!(
                    "Le projet contribue à un de ces objectifs de développement durable\u{a0}: {}.",
                    goals.join(", ")
                ))
            }
            Rule::Judgement { label, .. } => one(label.clone()),
            Rule::AmountBetween { .. }
            | Rule::MaximumRate { .. }
            | Rule::DocumentsPresent
            | Rule::RepublicanContract { .. } => Vec::new(),
        }
    }

    /// What it asks of the reports, grants and files of an organisation.
    fn wording_of_counts(&self) -> Option<String> {
        match self {
            Rule::NoOverdueReport => Some("L’organisation n’a pas de bilan en retard.".to_owned()),
            Rule::OncePerProgramme => Some("L’organisation n’a pas encore été soutenue par ce fonds.".to_owned()),
            Rule::OncePerFunder { since, until } => Some(format!(
                "L’organisation n’a pas reçu d’autre subvention des bailleurs de cet appel, de quelque fonds que ce soit{}.",
                period(*since, *until)
            )),
            Rule::FilesPerCall { most } => {
                Some(format!("Une organisation dépose {} au plus à cet appel.", counted(*most, "dossier", "dossiers")))
            }
            Rule::FilesPerProgramme { most, since, until } => {
                let (files, period) = (counted(*most, "dossier", "dossiers"), period(*since, *until));
                Some(format!("Une organisation dépose {files} au plus à ce fonds{period}."))
            }
            _ => None,
        }
    }
}

/// The conditions that a call declares, in sentences.
pub fn conditions(call: &crate::domain::definitions::CallDefinition) -> Vec<String> {
    call.eligibility.iter().flat_map(Rule::wording).collect()
}

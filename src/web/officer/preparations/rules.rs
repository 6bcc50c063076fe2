//! Eligibility rules as data: each kind with its fields.

use super::{
    holders::forms,
    inputs::{Group, Input, Reading},
};
use crate::domain::{
    definitions::{CallDefinition, code_from},
    eligibility::{ExcludedCountry, Rule},
    organisations::LegalForm,
    references::{CountryList, Marker, MarkerLevel, communes, country, country_named, department_name, goals},
    text::{counted, fold},
    time::french_date,
};
use std::collections::BTreeMap;

/// Each kind of rule with its French name.
pub(super) const KINDS: &[(&str, &str)] = &[
    ("legal_forms", "La forme juridique de l’organisation"),
    ("minimum_age", "L’ancienneté de l’organisation"),
    ("seat_in_departments", "Le siège dans certains départements"),
    ("seat_in_communes", "Le siège dans certaines communes"),
    ("project_in_communes", "Le projet dans certaines communes"),
    ("project_in_countries", "Le projet dans certains pays"),
    ("annual_budget_between", "Le budget annuel de l’organisation"),
    ("amount_between", "Le montant demandé"),
    ("maximum_rate", "La part du coût demandée"),
    ("duration_months", "La durée du projet"),
    ("starts_from", "Le début du projet"),
    ("ends_by", "La fin du projet"),
    ("no_overdue_report", "Aucun bilan en retard"),
    ("once_per_programme", "Jamais encore financée par ce fonds"),
    ("once_per_funder", "Pas déjà financée par les mêmes bailleurs"),
    ("files_per_call", "Le nombre de dossiers à cet appel"),
    ("files_per_programme", "Le nombre de dossiers à ce fonds"),
    ("pair_complete", "Le binôme au complet"),
    ("marker_at_least", "Une attention transversale"),
    ("goals_among", "Des objectifs de développement durable"),
    ("documents_present", "Les pièces nécessaires présentes"),
    ("republican_contract", "Le contrat d’engagement républicain"),
    ("judgement", "Ce que seule une personne peut apprécier"),
];

/// The code of the kind of a rule.
fn kind(rule: &Rule) -> &str {
    if matches!(rule, Rule::Judgement { .. }) { "judgement" } else { rule.code() }
}

/// The French name of a kind.
pub(super) fn label(kind: &str) -> &'static str {
    KINDS.iter().find(|(code, _)| *code == kind).map_or("", |(_, label)| label)
}

/// A rule in words: its name, and what it asks.
pub(super) fn words(rule: &Rule) -> (String, String) {
    let list = |items: Vec<String>| items.join(", ");
    let detail = match rule {
        Rule::LegalForms { forms } => list(forms.iter().map(|form| form.label().to_owned()).collect()),
        Rule::MinimumAge { years } => format!("au moins {}", counted(*years, "an", "ans")),
        Rule::SeatInDepartments { departments } => {
            list(departments.iter().map(|code| department_name(code).unwrap_or(code).to_owned()).collect())
        }
        Rule::SeatInCommunes { area, communes } | Rule::ProjectInCommunes { area, communes } => {
            let count = i64::try_from(communes.len()).unwrap_or(i64::MAX);
            format!("{area} ({})", counted(count, "commune", "communes"))
        }
        Rule::ProjectInCountries { .. }
        | Rule::FilesPerCall { .. }
        | Rule::FilesPerProgramme { .. }
        | Rule::OncePerFunder { .. } => rule.wording().join(" "),
        Rule::AnnualBudgetBetween { floor, ceiling } => match (floor, ceiling) {
            (Some(floor), Some(ceiling)) => format!("de {floor} à {ceiling}"),
            (Some(floor), None) => format!("{floor} au moins"),
            (None, ceiling) => ceiling.map(|ceiling| format!("{ceiling} au plus")).unwrap_or_default(),
        },
        Rule::AmountBetween { floor, ceiling } => format!("de {floor} à {ceiling}"),
        Rule::MaximumRate { rate } => format!("{rate} au plus"),
        Rule::DurationMonths { least, most } => format!("de {least} à {most} mois"),
        Rule::StartsFrom { day } => format!("pas avant le {}", french_date(*day)),
        Rule::EndsBy { day } => format!("au plus tard le {}", french_date(*day)),
        Rule::MarkerAtLeast { marker, level } => format!("{}\u{a0}: {} au moins", marker.label(), level.label()),
        Rule::GoalsAmong { goals } => list(goals.iter().map(ToString::to_string).collect()),
        Rule::Judgement { label, .. } => label.clone(),
        Rule::RepublicanContract { statement } => format!("engagement «\u{a0}{statement}\u{a0}»"),
        Rule::NoOverdueReport | Rule::OncePerProgramme | Rule::PairComplete | Rule::DocumentsPresent => String::new(),
    };
    (label(kind(rule)).to_owned(), detail)
}

fn of_communes(area: &str, communes_known: &[String]) -> Vec<Input> {
    let named: BTreeMap<String, String> = match communes_known.is_empty() {
        true => BTreeMap::new(),
        false => communes().map(|commune| (commune.insee, commune.name)).collect(),
    };
    let line = |code: &String| named.get(code).map_or(code.clone(), |name| format!("{code} {name}"));
    let lines: Vec<String> = communes_known.iter().map(line).collect();
    vec![
        Input::text("area", "Nom de ce territoire", area).help("Celui que verront les organisations."),
        Input::area("communes", "Communes", &lines.join("\n"))
            .rows(10)
            .help("Une par ligne\u{a0}: son nom, ou son code INSEE."),
    ]
}

fn of_countries(rule: Option<&Rule>) -> Vec<Input> {
    let (list, taken, excluded): (_, &[String], &[ExcludedCountry]) = match rule {
        Some(Rule::ProjectInCountries { list, countries, excluded }) => (list.as_ref(), countries, excluded),
        _ => (Some(&CountryList::Dac), &[], &[]),
    };
    let name = |code: &str| country(code).map_or(code, |country| country.name.as_str()).to_owned();
    let lists = CountryList::ALL.iter().map(|list| (list.code(), list.label()));
    let lists = lists.chain([(NO_LIST, "Seulement les pays écrits ci-dessous")]);
    let taken: Vec<String> = taken.iter().map(|code| name(code)).collect();
    let excluded: Vec<String> =
        excluded.iter().map(|known| format!("{}\u{a0}: {}", name(&known.country), known.sentence)).collect();
    vec![
        Input::choose("radios", "list", "Pays acceptés", lists, &[list.map_or(NO_LIST, |list| list.code())]),
        Input::area("countries", "Et aussi ces pays", &taken.join("\n"))
            .help("Un par ligne\u{a0}: son nom en français, ou son code à deux lettres.")
            .optional(),
        Input::area("excluded", "Pays exclus", &excluded.join("\n"))
            .help("Un par ligne\u{a0}: le pays, deux points, puis la phrase que lira le public.")
            .optional(),
    ]
}

/// The value of the field that stands for no list of countries.
const NO_LIST: &str = "none";

fn read_country(reading: &mut Reading<'_>, field: &str, typed: &str) -> Option<String> {
    let found = country_named(typed);
    if found.is_none() {
        let said = format!("«\u{a0}{}\u{a0}» n’est pas un pays\u{a0}: vérifiez son nom ou son code.", typed.trim());
        reading.errors.add(field, said);
    }
    found.map(|country| country.code.clone())
}

fn read_countries(reading: &mut Reading<'_>) -> Rule {
    let (named, banned) = (reading.text("countries"), reading.text("excluded"));
    let lines = |text: &str| -> Vec<String> {
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect()
    };
    let mut countries = Vec::new();
    for line in lines(&named) {
        countries.extend(read_country(reading, "countries", &line).filter(|code| !countries.contains(code)));
    }
    let mut excluded = Vec::new();
    for line in lines(&banned) {
        let (place, sentence) = line.split_once(':').unwrap_or((&line, ""));
        if sentence.trim().is_empty() {
            let said =
                format!("Après «\u{a0}{}\u{a0}», écrivez deux points puis la phrase que lira le public.", place.trim());
            reading.errors.add("excluded", said);
        }
        let found = read_country(reading, "excluded", place);
        excluded.extend(found.map(|country| ExcludedCountry { country, sentence: sentence.trim().to_owned() }));
    }
    Rule::ProjectInCountries { list: reading.form.text("list").parse().ok(), countries, excluded }
}

fn of_organisation(kind: &str, rule: Option<&Rule>) -> Option<Vec<Input>> {
    Some(match (kind, rule) {
        ("legal_forms", rule) => {
            let known: &[LegalForm] = if let Some(Rule::LegalForms { forms }) = rule { forms } else { &[] };
            let chosen: Vec<&str> = known.iter().map(|form| form.code()).collect();
            vec![Input::choose("checkboxes", "forms", "Formes acceptées", forms(), &chosen)]
        }
        ("minimum_age", rule) => {
            let years = if let Some(Rule::MinimumAge { years }) = rule { Some(*years) } else { None };
            vec![Input::number("years", "Années d’existence à la date limite", years)]
        }
        ("seat_in_departments", rule) => {
            let known: &[String] =
                if let Some(Rule::SeatInDepartments { departments }) = rule { departments } else { &[] };
            let chosen: Vec<&str> = known.iter().map(String::as_str).collect();
            let region = ["02", "59", "60", "62", "80"];
            let others = known.iter().map(String::as_str).filter(|code| !region.contains(code));
            let all = region.into_iter().chain(others);
            let all = all.map(|code| (code, department_name(code).unwrap_or(code)));
            vec![Input::choose("checkboxes", "departments", "Départements", all, &chosen)]
        }
        ("seat_in_communes" | "project_in_communes", rule) => match rule {
            Some(Rule::SeatInCommunes { area, communes } | Rule::ProjectInCommunes { area, communes }) => {
                of_communes(area, communes)
            }
            _ => of_communes("", &[]),
        },
        ("annual_budget_between", rule) => {
            let (floor, ceiling) = match rule {
                Some(Rule::AnnualBudgetBetween { floor, ceiling }) => (*floor, *ceiling),
                _ => (None, None),
            };
            vec![
                Input::money("floor", "Budget annuel minimum", floor).optional(),
                Input::money("ceiling", "Budget annuel maximum", ceiling).optional(),
            ]
        }
        ("no_overdue_report" | "once_per_programme" | "pair_complete" | "documents_present", _) => Vec::new(),
        _ => return None,
    })
}

/// What is counted of an organisation: its files, its grants.
fn of_counts(kind: &str, rule: Option<&Rule>) -> Option<Vec<Input>> {
    Some(match (kind, rule) {
        ("files_per_call", rule) => {
            let most = if let Some(Rule::FilesPerCall { most }) = rule { Some(*most) } else { None };
            vec![
                Input::number("most", "Dossiers d’une organisation, au plus", most)
                    .help("Un dossier retiré ou non recevable ne compte pas."),
            ]
        }
        ("files_per_programme", rule) => {
            let (most, since, until) = match rule {
                Some(Rule::FilesPerProgramme { most, since, until }) => (Some(*most), *since, *until),
                _ => (None, None, None),
            };
            vec![
                Input::number("most", "Dossiers d’une organisation, au plus", most)
                    .help("Dans tous les appels du fonds. Un dossier retiré ou non recevable ne compte pas."),
                Input::date("since", "Comptés à partir du", since).optional(),
                Input::date("until", "Jusqu’au", until).help("La période du programme, s’il en a une.").optional(),
            ]
        }
        ("once_per_funder", rule) => {
            let (since, until) =
                if let Some(Rule::OncePerFunder { since, until }) = rule { (*since, *until) } else { (None, None) };
            vec![
                Input::date("since", "Subventions décidées à partir du", since)
                    .help("Quel que soit le fonds, dès que son argent vient d’un bailleur de cet appel.")
                    .optional(),
                Input::date("until", "Jusqu’au", until).optional(),
            ]
        }
        _ => return None,
    })
}

fn of_project(call: &CallDefinition, kind: &str, rule: Option<&Rule>) -> Option<Vec<Input>> {
    Some(match (kind, rule) {
        ("project_in_countries", rule) => of_countries(rule),
        ("amount_between", rule) => {
            let (floor, ceiling) = match rule {
                Some(Rule::AmountBetween { floor, ceiling }) => (*floor, *ceiling),
                _ => (call.amount.floor, call.amount.ceiling),
            };
            vec![
                Input::money("floor", "Montant minimum", Some(floor)),
                Input::money("ceiling", "Montant maximum", Some(ceiling)),
            ]
        }
        ("maximum_rate", rule) => {
            let rate = if let Some(Rule::MaximumRate { rate }) = rule { *rate } else { call.amount.rate };
            vec![Input::rate("rate", "Taux maximum", Some(rate))]
        }
        ("duration_months", rule) => {
            let (least, most) = match rule {
                Some(Rule::DurationMonths { least, most }) => (Some(*least), Some(*most)),
                _ => (None, None),
            };
            vec![
                Input::number("least", "Durée minimum, en mois", least),
                Input::number("most", "Durée maximum, en mois", most),
            ]
        }
        ("starts_from" | "ends_by", rule) => {
            let day = if let Some(Rule::StartsFrom { day } | Rule::EndsBy { day }) = rule { Some(*day) } else { None };
            let label = if kind == "starts_from" { "Pas de début avant le" } else { "Fin au plus tard le" };
            vec![Input::date("day", label, day)]
        }
        _ => return None,
    })
}

fn of_meaning(call: &CallDefinition, kind: &str, rule: Option<&Rule>) -> Option<Vec<Input>> {
    Some(match (kind, rule) {
        ("marker_at_least", rule) => {
            let (marker, level) = match rule {
                Some(Rule::MarkerAtLeast { marker, level }) => (marker.code(), level.code()),
                _ => ("", ""),
            };
            let markers = Marker::ALL.iter().map(|marker| (marker.code(), marker.label()));
            let levels = [MarkerLevel::Significant, MarkerLevel::Principal].map(|level| (level.code(), level.label()));
            vec![
                Input::choose("select", "marker", "Sujet", markers, &[marker]),
                Input::choose("radios", "level", "Au moins", levels, &[level]),
            ]
        }
        ("goals_among", rule) => {
            let known: &[u8] = if let Some(Rule::GoalsAmong { goals }) = rule { goals } else { &[] };
            let chosen: Vec<String> = known.iter().map(ToString::to_string).collect();
            let chosen: Vec<&str> = chosen.iter().map(String::as_str).collect();
            let all = goals().iter().map(|goal| (goal.number.to_string(), format!("{}. {}", goal.number, goal.title)));
            vec![Input::choose("checkboxes", "goals", "Au moins un de ces objectifs", all, &chosen)]
        }
        ("republican_contract", rule) => {
            let chosen = if let Some(Rule::RepublicanContract { statement }) = rule { statement } else { "cer" };
            let all = call.statements.iter().map(|statement| (statement.code.clone(), statement.title.clone()));
            vec![Input::choose("select", "statement", "Attestation de l’appel", all, &[chosen])]
        }
        ("judgement", rule) => {
            let (code, said) = match rule {
                Some(Rule::Judgement { code, label }) => (code.as_str(), label.as_str()),
                _ => ("", ""),
            };
            vec![
                Input::hidden("code", code),
                Input::text("label", "Ce qu’il faut apprécier", said)
                    .help("Une phrase affirmative\u{a0}: «\u{a0}L’action relève bien de…\u{a0}»."),
            ]
        }
        _ => return None,
    })
}

/// The form of one rule, or of a new one of the kind that `wanted` names.
pub(super) fn groups(call: &CallDefinition, rule: Option<&Rule>, wanted: &str) -> Option<Vec<Group>> {
    let kind = rule.map_or(wanted, kind);
    let mut fields = vec![Input::hidden("rule", kind)];
    let asked = of_organisation(kind, rule).or_else(|| of_counts(kind, rule)).or_else(|| of_project(call, kind, rule));
    fields.extend(asked.or_else(|| of_meaning(call, kind, rule))?);
    let group = Group::new(label(kind), fields);
    Some(vec![if group.inputs.len() == 1 { group.help("Cette règle n’a pas d’autre réglage.") } else { group }])
}

fn read_communes(reading: &mut Reading<'_>) -> Vec<String> {
    let typed = reading.text("communes");
    let known: Vec<(String, String)> = communes().map(|commune| (fold(&commune.name), commune.insee)).collect();
    let mut found = Vec::new();
    for line in typed.split(['\n', ',']).map(str::trim).filter(|line| !line.is_empty()) {
        let code = line.split_whitespace().next().unwrap_or_default();
        let by_code = known.iter().find(|(_, insee)| insee == code);
        match by_code.or_else(|| known.iter().find(|(name, _)| *name == fold(line))) {
            Some((_, insee)) if found.contains(insee) => {}
            Some((_, insee)) => found.push(insee.clone()),
            None => reading.errors.add(
                "communes",
                format!("«\u{a0}{line}\u{a0}» n’est pas une commune des Hauts-de-France\u{a0}: vérifiez son nom ou son code."),
            ),
        }
    }
    found
}

/// The rule that the form says; `None` for a kind there is not.
pub(super) fn read(call: &CallDefinition, reading: &mut Reading<'_>) -> Option<Rule> {
    Some(match reading.text("rule").as_str() {
        "legal_forms" => Rule::LegalForms { forms: reading.codes::<LegalForm>("forms") },
        "minimum_age" => Rule::MinimumAge { years: reading.number("years", 1..=100) },
        "seat_in_departments" => Rule::SeatInDepartments { departments: reading.codes("departments") },
        "seat_in_communes" => {
            let area = reading.needed("area", 200, "Nommez ce territoire.");
            Rule::SeatInCommunes { area, communes: read_communes(reading) }
        }
        "project_in_communes" => {
            let area = reading.needed("area", 200, "Nommez ce territoire.");
            Rule::ProjectInCommunes { area, communes: read_communes(reading) }
        }
        "project_in_countries" => read_countries(reading),
        "annual_budget_between" => Rule::AnnualBudgetBetween {
            floor: reading.amount_option("floor"),
            ceiling: reading.amount_option("ceiling"),
        },
        "files_per_call" => Rule::FilesPerCall { most: reading.number("most", 1..=100) },
        "files_per_programme" => Rule::FilesPerProgramme {
            most: reading.number("most", 1..=100),
            since: reading.date_option("since"),
            until: reading.date_option("until"),
        },
        "amount_between" => Rule::AmountBetween { floor: reading.amount("floor"), ceiling: reading.amount("ceiling") },
        "maximum_rate" => Rule::MaximumRate { rate: reading.rate("rate") },
        "duration_months" => {
            Rule::DurationMonths { least: reading.number("least", 0..=120), most: reading.number("most", 1..=120) }
        }
        "starts_from" => Rule::StartsFrom { day: reading.date("day") },
        "ends_by" => Rule::EndsBy { day: reading.date("day") },
        "no_overdue_report" => Rule::NoOverdueReport,
        "once_per_programme" => Rule::OncePerProgramme,
        "once_per_funder" => {
            Rule::OncePerFunder { since: reading.date_option("since"), until: reading.date_option("until") }
        }
        "pair_complete" => Rule::PairComplete,
        "documents_present" => Rule::DocumentsPresent,
        "marker_at_least" => Rule::MarkerAtLeast {
            marker: reading.code("marker").unwrap_or(Marker::Gender),
            level: reading.code("level").unwrap_or(MarkerLevel::Significant),
        },
        "goals_among" => Rule::GoalsAmong { goals: reading.codes("goals") },
        "republican_contract" => {
            Rule::RepublicanContract { statement: reading.needed("statement", 100, "Choisissez l’attestation.") }
        }
        "judgement" => {
            let label = reading.needed("label", 500, "Dites ce qu’il faut apprécier.");
            let taken: Vec<String> = call.eligibility.iter().map(|rule| rule.code().to_owned()).collect();
            let code = reading.form.filled("code").map_or_else(|| code_from(&label, &taken), ToOwned::to_owned);
            Rule::Judgement { code, label }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::definitions::parse, web::Fields};

    fn sent(groups: &[Group]) -> Fields {
        let mut pairs = Vec::new();
        for input in groups.iter().flat_map(|group| &group.inputs) {
            match input.choices.is_empty() {
                true => pairs.push((input.name.clone(), input.value.clone())),
                false => pairs
                    .extend(input.choices.iter().filter(|c| c.checked).map(|c| (input.name.clone(), c.value.clone()))),
            }
        }
        Fields::of(pairs)
    }

    /// Forms are chosen from a list: their order says nothing.
    fn in_order(rule: Rule) -> Rule {
        match rule {
            Rule::LegalForms { mut forms } => {
                forms.sort_unstable();
                Rule::LegalForms { forms }
            }
            rule => rule,
        }
    }

    #[test]
    fn every_rule_of_the_three_funds_reads_back_as_it_is_shown() {
        for text in [
            include_str!("../../../../fixtures/recital.toml"),
            include_str!("../../../../fixtures/tandems.toml"),
            include_str!("../../../../fixtures/sublime.toml"),
        ] {
            let call = parse(text).unwrap().calls.remove(0);
            for rule in crate::domain::eligibility::rules_of(&call) {
                let form = sent(&groups(&call, Some(&rule), "").unwrap());
                let mut reading = Reading::of(&form);
                let read = read(&call, &mut reading).unwrap();
                assert_eq!(in_order(read), in_order(rule.clone()), "{:?}", reading.errors);
                assert!(reading.errors.is_empty(), "{rule:?}");
                assert!(!words(&rule).0.is_empty(), "{rule:?}");
            }
        }
    }

    #[test]
    fn every_kind_of_rule_can_be_added() {
        let call = parse(include_str!("../../../../fixtures/recital.toml")).unwrap().calls.remove(0);
        for (kind, _) in KINDS {
            assert!(groups(&call, None, kind).is_some(), "{kind}");
        }
        assert!(groups(&call, None, "nothing").is_none());
        let form =
            Fields::of([("rule", "seat_in_communes"), ("area", "Littoral"), ("communes", "Calais\n59183\nAtlantide")]);
        let mut reading = Reading::of(&form);
        let rule = read(&call, &mut reading).unwrap();
        assert!(matches!(&rule, Rule::SeatInCommunes { communes, .. } if communes.len() == 2), "{rule:?}");
        assert!(reading.errors.get("communes").unwrap().contains("Atlantide"));
    }
}

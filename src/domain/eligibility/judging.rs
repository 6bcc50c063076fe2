//! One judgement per rule, each with the fact it read.

use super::{
    ExcludedCountry, Facts, Finding, Rule, Verdict,
    wordings::{months, period},
};
use crate::domain::{
    money::{Euros, Rate},
    organisations::LegalForm,
    references::{Marker, MarkerLevel, country, department_name},
    text::counted,
    time::french_date,
};
use chrono::{Months, NaiveDate};

/// Judges one rule.
pub fn judge(rule: &Rule, facts: &Facts) -> Finding {
    let found = match rule {
        Rule::LegalForms { forms } => legal_form(forms, facts),
        Rule::MinimumAge { years } => age(*years, facts),
        Rule::SeatInDepartments { departments } => department(departments, facts),
        Rule::SeatInCommunes { area, communes } => place("Le siège", area, communes, facts.seat_commune.as_deref()),
        Rule::ProjectInCommunes { area, communes } => {
            place("Le projet", area, communes, facts.project_commune.as_deref())
        }
        Rule::ProjectInCountries { excluded, .. } => land(rule, excluded, facts),
        Rule::AnnualBudgetBetween { floor, ceiling } => {
            facts.annual_budget.map(|budget| size((*floor, *ceiling), budget))
        }
        Rule::AmountBetween { floor, ceiling } => facts.requested.map(|asked| bounds(*floor, *ceiling, asked)),
        Rule::MaximumRate { rate } => {
            facts.requested.zip(facts.eligible_cost).map(|(asked, cost)| part(*rate, asked, cost))
        }
        Rule::DurationMonths { least, most } => {
            facts.starts_on.zip(facts.ends_on).map(|dates| duration(*least, *most, dates))
        }
        Rule::StartsFrom { day } => facts.starts_on.map(|start| starts(*day, start)),
        Rule::EndsBy { day } => facts.ends_on.map(|end| ends(*day, end)),
        Rule::NoOverdueReport => facts.overdue_reports.map(overdue),
        Rule::OncePerProgramme => facts.earlier_grants.map(once),
        Rule::OncePerFunder { since, until } => {
            facts.earlier_funder_grants.map(|grants| once_of_funders(grants, &period(*since, *until)))
        }
        Rule::FilesPerCall { most } => facts.filed_in_call.map(|filed| files(*most, filed, "à cet appel")),
        Rule::FilesPerProgramme { most, since, until } => {
            facts.filed_in_programme.map(|filed| files(*most, filed, &format!("à ce fonds{}", period(*since, *until))))
        }
        Rule::PairComplete => facts.is_pair_complete.map(pair),
        Rule::MarkerAtLeast { marker, level } => facts.markers.as_deref().map(|all| marked(*marker, *level, all)),
        Rule::GoalsAmong { goals } => facts.goals.as_deref().map(|chosen| goal(goals, chosen)),
        Rule::DocumentsPresent => facts.missing_documents.as_deref().map(documents),
        Rule::RepublicanContract { statement } => contract(statement, facts),
        Rule::Judgement { label, .. } => return Finding { verdict: Verdict::ToJudge, sentence: label.clone() },
    };
    match found {
        Some((true, sentence)) => Finding { verdict: Verdict::Met, sentence },
        Some((false, sentence)) => Finding { verdict: Verdict::NotMet, sentence },
        None => Finding { verdict: Verdict::ToJudge, sentence: unknown(rule).to_owned() },
    }
}

/// What is said when the fact a rule reads is not known.
fn unknown(rule: &Rule) -> &'static str {
    match rule {
        Rule::LegalForms { .. } | Rule::RepublicanContract { .. } => {
            "La forme juridique ou l’engagement de l’organisation n’est pas connu."
        }
        Rule::MinimumAge { .. } => "La date de création de l’organisation n’est pas connue.",
        Rule::SeatInDepartments { .. } | Rule::SeatInCommunes { .. } => "L’adresse du siège n’est pas connue.",
        Rule::ProjectInCommunes { .. } => "La commune du projet n’est pas indiquée.",
        Rule::ProjectInCountries { .. } => "Le pays du projet n’est pas indiqué.",
        Rule::AnnualBudgetBetween { .. } => "Le budget annuel de l’organisation n’est pas connu.",
        Rule::AmountBetween { .. } | Rule::MaximumRate { .. } => "Le montant demandé ou le budget n’est pas indiqué.",
        Rule::DurationMonths { .. } | Rule::StartsFrom { .. } | Rule::EndsBy { .. } => {
            "Les dates du projet ne sont pas indiquées."
        }
        Rule::NoOverdueReport | Rule::OncePerProgramme | Rule::OncePerFunder { .. } => {
            "Les subventions précédentes de l’organisation sont à vérifier."
        }
        Rule::FilesPerCall { .. } | Rule::FilesPerProgramme { .. } => {
            "Le nombre de dossiers déjà déposés par l’organisation est à vérifier."
        }
        Rule::PairComplete => "Le binôme est à vérifier.",
        Rule::MarkerAtLeast { .. } => "Les attentions transversales ne sont pas renseignées.",
        Rule::GoalsAmong { .. } => "Les objectifs de développement durable ne sont pas choisis.",
        Rule::DocumentsPresent => "Les documents sont à vérifier.",
        Rule::Judgement { .. } => "À apprécier.",
    }
}

type Found = Option<(bool, String)>;

fn legal_form(forms: &[LegalForm], facts: &Facts) -> Found {
    let form = facts.legal_form?;
    let labels: Vec<&str> = forms.iter().map(|form| form.label()).collect();
    Some(match forms.contains(&form) {
        true => (true, format!("Forme juridique\u{a0}: {}.", form.label())),
        false => (
            false,
            format!(
                "Forme juridique\u{a0}: {}\u{202f}; l’appel s’adresse à\u{a0}: {}.",
                form.label(),
                labels.join(", ")
            ),
        ),
    })
}

fn age(years: u32, facts: &Facts) -> Found {
    let (founded, deadline) = (facts.founded_on?, facts.deadline_on?);
    let old_enough_on = founded.checked_add_months(Months::new(years.saturating_mul(12)))?;
    let plural = if years > 1 { "s" } else { "" };
    let sentence = format!(
        "L’organisation a été créée le {}\u{202f}; l’appel demande {years} an{plural} d’existence.",
        french_date(founded)
    );
    Some((old_enough_on <= deadline, sentence))
}

fn department(departments: &[String], facts: &Facts) -> Found {
    let seat = facts.department.as_deref()?;
    let name = |code: &str| department_name(code).map_or_else(|| format!("département {code}"), str::to_owned);
    Some(match departments.iter().any(|code| code == seat) {
        true => (true, format!("Le siège est dans la zone de l’appel ({}).", name(seat))),
        false => {
            let names: Vec<String> = departments.iter().map(|code| name(code)).collect();
            (false, format!("Le siège est hors de la zone de l’appel ({})\u{a0}: {}.", name(seat), names.join(", ")))
        }
    })
}

fn place(what: &str, area: &str, communes: &[String], commune: Option<&str>) -> Found {
    let commune = commune?;
    Some(match communes.iter().any(|code| code == commune) {
        true => (true, format!("{what} est dans la zone de l’appel ({area}).")),
        false => (false, format!("{what} est hors de la zone de l’appel ({area}).")),
    })
}

fn land(rule: &Rule, excluded: &[ExcludedCountry], facts: &Facts) -> Found {
    let place = country(facts.project_country.as_deref()?)?;
    if let Some(known) = excluded.iter().find(|known| known.country == place.code) {
        return Some((false, known.sentence.clone()));
    }
    let name = &place.name;
    Some(match rule.takes_country(place) {
        true => (true, format!("Le pays du projet est accepté par l’appel\u{a0}: {name}.")),
        false => (false, format!("Le pays du projet n’est pas de ceux de l’appel\u{a0}: {name}.")),
    })
}

fn size((floor, ceiling): (Option<Euros>, Option<Euros>), budget: Euros) -> (bool, String) {
    let asked = match (floor, ceiling) {
        (Some(floor), Some(ceiling)) => format!("\u{202f}; l’appel demande de {floor} à {ceiling}"),
        (None, Some(ceiling)) => format!(", pour un maximum de {ceiling}"),
        (Some(floor), None) => format!(", pour un minimum de {floor}"),
        (None, None) => String::new(),
    };
    let is_within = floor.is_none_or(|floor| budget >= floor) && ceiling.is_none_or(|ceiling| budget <= ceiling);
    (is_within, format!("Le budget annuel de l’organisation est de {budget}{asked}."))
}

fn files(most: u32, filed: u32, place: &str) -> (bool, String) {
    let already = match filed {
        0 => format!("L’organisation n’a pas déposé d’autre dossier {place}"),
        filed => format!("L’organisation a déjà déposé {} {place}", counted(filed, "dossier", "dossiers")),
    };
    (filed < most, format!("{already}, et peut en déposer {most} au plus."))
}

fn bounds(floor: Euros, ceiling: Euros, asked: Euros) -> (bool, String) {
    let sentence = format!("Le montant demandé est de {asked}\u{202f}; l’appel va de {floor} à {ceiling}.");
    (asked >= floor && asked <= ceiling, sentence)
}

fn starts(from: NaiveDate, start: NaiveDate) -> (bool, String) {
    let (day, from_day) = (french_date(start), french_date(from));
    let sentence = format!("Le projet commence le {day}\u{202f}; l’appel demande un début à partir du {from_day}.");
    (start >= from, sentence)
}

fn ends(by: NaiveDate, end: NaiveDate) -> (bool, String) {
    let (day, by_day) = (french_date(end), french_date(by));
    let sentence = format!("Le projet se termine le {day}\u{202f}; l’appel demande une fin au plus tard le {by_day}.");
    (end <= by, sentence)
}

fn once(grants: u32) -> (bool, String) {
    let sentence = match grants {
        0 => "L’organisation n’a pas encore été soutenue par ce programme.",
        _ => "L’organisation a déjà été soutenue par ce programme, qui ne soutient qu’une fois.",
    };
    (grants == 0, sentence.to_owned())
}

fn once_of_funders(grants: u32, period: &str) -> (bool, String) {
    let sentence = match grants {
        0 => format!("L’organisation n’a pas reçu d’autre subvention des mêmes bailleurs{period}."),
        _ => format!("L’organisation a déjà reçu une subvention des mêmes bailleurs{period}."),
    };
    (grants == 0, sentence)
}

fn pair(is_complete: bool) -> (bool, String) {
    let sentence = match is_complete {
        true => "Les deux organisations du binôme ont rejoint le dossier.",
        false => "Le binôme n’est pas complet\u{a0}: une seule organisation a rejoint le dossier.",
    };
    (is_complete, sentence.to_owned())
}

fn documents(missing: &[String]) -> (bool, String) {
    match missing {
        [] => (true, "Tous les documents demandés sont joints.".to_owned()),
        missing => (false, format!("Il manque\u{a0}: {}.", missing.join(", "))),
    }
}

fn part(rate: Rate, asked: Euros, cost: Euros) -> (bool, String) {
    let most = cost.at(rate);
    (
        asked <= most,
        format!("Le montant demandé ({asked}) est à comparer à {rate} des dépenses éligibles, soit {most}."),
    )
}

/// A project of one month runs from the 1st to the last day of a month.
fn duration(least: u32, most: u32, (start, end): (NaiveDate, NaiveDate)) -> (bool, String) {
    let after = end.succ_opt().unwrap_or(end);
    let wanted = months(least, most);
    let months = |n| start.checked_add_months(Months::new(n)).unwrap_or(NaiveDate::MAX);
    let sentence =
        format!("Le projet va du {} au {}\u{202f}; l’appel demande {}.", french_date(start), french_date(end), wanted);
    (months(least) <= after && after <= months(most), sentence)
}

fn overdue(reports: u32) -> (bool, String) {
    match reports {
        0 => (true, "Aucun bilan n’est en retard.".to_owned()),
        1 => (false, "Un bilan d’une subvention précédente est en retard.".to_owned()),
        n => (false, format!("{n} bilans de subventions précédentes sont en retard.")),
    }
}

fn marked(marker: Marker, least: MarkerLevel, markers: &[(Marker, MarkerLevel)]) -> (bool, String) {
    let given = markers.iter().filter(|(m, _)| *m == marker).map(|(_, level)| *level).max();
    let level = given.unwrap_or(MarkerLevel::NotTargeted);
    let sentence = format!(
        "«\u{a0}{}\u{a0}»\u{a0}: {}\u{202f}; l’appel demande au moins\u{a0}: {}.",
        marker.label(),
        level.label().to_lowercase(),
        least.label().to_lowercase()
    );
    (level >= least, sentence)
}

fn goal(wanted: &[u8], chosen: &[u8]) -> (bool, String) {
    let list = |goals: &[u8]| goals.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    let chosen_words = if chosen.is_empty() { "aucun".to_owned() } else { list(chosen) };
    let sentence =
        format!("ODD choisis\u{a0}: {chosen_words}\u{202f}; l’appel demande l’un de ceux-ci\u{a0}: {}.", list(wanted));
    (chosen.iter().any(|goal| wanted.contains(goal)), sentence)
}

fn contract(statement: &str, facts: &Facts) -> Found {
    if !facts.legal_form?.owes_republican_contract() {
        return Some((
            true,
            "Le contrat d’engagement républicain ne concerne pas cette forme d’organisation.".to_owned(),
        ));
    }
    Some(match facts.statements.as_ref()?.iter().any(|code| code == statement) {
        true => (true, "L’organisation a souscrit au contrat d’engagement républicain.".to_owned()),
        false => (false, "L’organisation n’a pas souscrit au contrat d’engagement républicain.".to_owned()),
    })
}

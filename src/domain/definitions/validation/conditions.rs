//! Conditions on places, on the size of an organisation and on the number of its files that cannot be kept.

use super::Faults;
use crate::domain::{
    definitions::{ApplicationsPerHolder, CallDefinition},
    eligibility::{ExcludedCountry, Rule},
    money::Euros,
    references::country,
};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// Faults of the countries that a rule takes and excludes.
pub(super) fn countries(taken: &[String], excluded: &[ExcludedCountry], path: &str, faults: &mut Faults) {
    let unknown = |code: &str| format!("{code:?} is not the code of a country.");
    for (i, code) in taken.iter().enumerate() {
        faults.unless(country(code).is_some(), format!("{path}.countries.{i}"), || unknown(code));
    }
    let mut seen = BTreeSet::new();
    for (i, known) in excluded.iter().enumerate() {
        let (at, code) = (format!("{path}.excluded.{i}"), &known.country);
        faults.unless(country(code).is_some(), format!("{at}.country"), || unknown(code));
        faults
            .unless(seen.insert(code), format!("{at}.country"), || format!("the country {code:?} is excluded twice."));
        faults.unless(!taken.contains(code), format!("{at}.country"), || {
            format!("the country {code:?} is both taken and excluded.")
        });
        faults.unless(!known.sentence.trim().is_empty(), format!("{at}.sentence"), || {
            format!("the exclusion of {code:?} has no sentence.")
        });
        faults.printable(format!("{at}.sentence"), &known.sentence);
    }
}

/// Faults of the bounds of an annual budget.
pub(super) fn budget(rule: &Rule, (floor, ceiling): (Option<Euros>, Option<Euros>), path: &str, faults: &mut Faults) {
    faults.unless(floor.is_some() || ceiling.is_some(), path, || {
        format!("a rule {:?} without a floor or a ceiling refuses nobody.", rule.code())
    });
    faults.unless(floor.zip(ceiling).is_none_or(|(floor, ceiling)| floor <= ceiling), format!("{path}.floor"), || {
        "the least annual budget is above the most.".to_owned()
    });
}

/// Faults of the period over which a rule counts.
fn counted_over(since: Option<NaiveDate>, until: Option<NaiveDate>, at: &str, faults: &mut Faults) {
    let is_period = since.zip(until).is_none_or(|(since, until)| since <= until);
    faults.unless(is_period, format!("{at}.until"), || "the period of a rule ends before it begins.".to_owned());
}

/// Faults of the rules that count the files or the grants of an organisation.
pub(super) fn counts(call: &CallDefinition, path: &str, faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for (i, rule) in call.eligibility.iter().enumerate() {
        let at = format!("{path}.{i}");
        let most = match rule {
            Rule::FilesPerCall { most } => {
                let is_kept = *most < 2 || call.applications == ApplicationsPerHolder::Several;
                faults.unless(is_kept, format!("{at}.most"), || {
                    format!("the call takes one file of an organisation, and a rule {most}.")
                });
                *most
            }
            Rule::FilesPerProgramme { most, since, until } => {
                counted_over(*since, *until, &at, faults);
                *most
            }
            Rule::OncePerFunder { since, until } => {
                counted_over(*since, *until, &at, faults);
                continue;
            }
            _ => continue,
        };
        faults.unless(most > 0, format!("{at}.most"), || {
            format!("a rule {:?} of no file refuses everybody.", rule.code())
        });
        faults.unless(seen.insert(rule.code()), at, || format!("the rule {:?} is there twice.", rule.code()));
    }
}

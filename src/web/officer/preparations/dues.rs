//! A day that depends on the life of a grant, as two fields: what it is counted from, and how much.

use super::inputs::{Input, Reading};
use crate::domain::schedules::DueRule;

/// Each kind with its code and its French words.
const KINDS: &[(&str, &str)] = &[
    ("days_after_acceptance", "jours après l’accord"),
    ("days_after_start", "jours après le début du projet"),
    ("half_way", "au milieu du projet"),
    ("days_after_end", "jours après la fin du projet"),
    ("months_after_end", "mois après la fin du projet"),
    ("on", "à une date fixe"),
];

/// A rule taken apart: its kind and its number or date as typed.
fn said(rule: DueRule) -> (&'static str, String) {
    match rule {
        DueRule::DaysAfterAcceptance(days) => ("days_after_acceptance", days.to_string()),
        DueRule::DaysAfterStart(days) => ("days_after_start", days.to_string()),
        DueRule::HalfWay => ("half_way", String::new()),
        DueRule::DaysAfterEnd(days) => ("days_after_end", days.to_string()),
        DueRule::MonthsAfterEnd(months) => ("months_after_end", months.to_string()),
        DueRule::On(day) => ("on", day.format("%d/%m/%Y").to_string()),
    }
}

/// The rule in French words.
pub(super) fn words(rule: DueRule) -> String {
    let (kind, number) = said(rule);
    let label = KINDS.iter().find(|(code, _)| *code == kind).map_or("", |(_, label)| label);
    match rule {
        DueRule::On(_) => format!("le {number}"),
        _ => format!("{number} {label}").trim().to_owned(),
    }
}

/// The two fields of a rule.
pub(super) fn inputs(name: &str, label: &str, rule: Option<DueRule>) -> [Input; 2] {
    let (kind, number) = rule.map_or(("", String::new()), said);
    [
        Input::text(format!("{name}.number"), label, &number)
            .help("Un nombre, ou une date comme 30/09/2027.")
            .optional(),
        Input::choose("select", name, "Compté en", KINDS.iter().copied(), &[kind]).optional(),
    ]
}

/// The rule that two fields say; `None` when both are empty.
pub(super) fn read(reading: &mut Reading<'_>, name: &str) -> Option<DueRule> {
    let number = format!("{name}.number");
    match reading.text(name).as_str() {
        "days_after_acceptance" => Some(DueRule::DaysAfterAcceptance(reading.number(&number, 0..=3_650))),
        "days_after_start" => Some(DueRule::DaysAfterStart(reading.number(&number, -3_650..=3_650))),
        "half_way" => Some(DueRule::HalfWay),
        "days_after_end" => Some(DueRule::DaysAfterEnd(reading.number(&number, 0..=3_650))),
        "months_after_end" => Some(DueRule::MonthsAfterEnd(reading.number(&number, 0..=120))),
        "on" => Some(DueRule::On(reading.date(&number))),
        _ => {
            if !reading.text(&number).is_empty() {
                reading.errors.add(name, "Choisissez à partir de quoi ce délai est compté.");
            }
            None
        }
    }
}

/// The same, where there must be one.
pub(super) fn needed(reading: &mut Reading<'_>, name: &str) -> DueRule {
    let found = read(reading, name);
    if found.is_none() {
        reading.errors.add(name, "Choisissez à partir de quoi ce délai est compté.");
    }
    found.unwrap_or(DueRule::HalfWay)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::Fields;

    #[test]
    fn every_rule_reads_back_as_it_is_shown() {
        for rule in [
            DueRule::DaysAfterAcceptance(15),
            DueRule::DaysAfterStart(-30),
            DueRule::HalfWay,
            DueRule::DaysAfterEnd(60),
            DueRule::MonthsAfterEnd(2),
            DueRule::On("2027-09-30".parse().unwrap()),
        ] {
            let (kind, number) = said(rule);
            let form = Fields::of([("due", kind), ("due.number", &number)]);
            let mut reading = Reading::of(&form);
            assert_eq!(read(&mut reading, "due"), Some(rule));
            assert!(reading.errors.is_empty());
        }
    }
}

//! Answers in the words of their form.

use super::{chosen, day, marker, rows};
use crate::domain::{
    definitions::{CallDefinition, Question, QuestionKind},
    identity::{Siret, masked_account},
    money::Euros,
    references::{axis, country, goal, target, theme},
    time::french_date,
};
use std::collections::BTreeMap;

/// One line of an answer in words; what cannot be read is shown as it was typed. `communes` are the names of those that
/// answers give by their code.
pub fn in_words(call: &CallDefinition, question: &Question, line: &str, communes: &BTreeMap<String, String>) -> String {
    let known = match question.kind {
        QuestionKind::Euros => line.parse::<Euros>().ok().map(|amount| amount.to_string()),
        QuestionKind::Date => day(line).map(french_date),
        QuestionKind::YesNo => Some(if line == "oui" { "Oui" } else { "Non" }.to_owned()),
        QuestionKind::Statement => {
            let statement = question.statement.as_deref().and_then(|code| call.statement(code));
            statement.filter(|_| line == "oui").map(|statement| format!("Engagement pris\u{a0}: {}", statement.title))
        }
        QuestionKind::Commune => communes.get(line).cloned(),
        QuestionKind::Country => country(line).map(|country| country.name.clone()),
        QuestionKind::Axis => axis(line).map(|axis| axis.label.clone()),
        QuestionKind::Goals => line.parse().ok().and_then(goal).map(|goal| format!("{}. {}", goal.number, goal.title)),
        QuestionKind::Targets => target(line).map(|target| format!("{} {}", target.code, target.wording)),
        QuestionKind::Themes => theme(line).map(|(axis, theme)| format!("{theme} ({})", axis.label)),
        QuestionKind::Markers => {
            marker(line).map(|(marker, level)| format!("{}\u{a0}: {}", marker.label(), level.label()))
        }
        QuestionKind::Siret => line.parse::<Siret>().ok().map(|siret| siret.to_string()),
        // Whoever may know the whole number reads it where accounts are kept.
        QuestionKind::Iban => Some(masked_account(line)),
        QuestionKind::Choice | QuestionKind::Choices => {
            question.choices.iter().find(|choice| choice.code == line).map(|choice| choice.label.clone())
        }
        _ => None,
    };
    known.unwrap_or_else(|| line.to_owned())
}

/// A whole answer in the words in which it leaves the house: nothing of it says how to reach or to pay somebody.
pub fn told_outside(call: &CallDefinition, question: &Question, answer: &str) -> String {
    let words = |question: &Question, line: &str| in_words(call, question, line, &BTreeMap::new());
    let mut lines: Vec<String> = Vec::new();
    if question.kind.has_rows() {
        for row in rows(answer) {
            let cells = question.told_columns().filter_map(|column| {
                let typed = row.get(&column.code)?;
                Some(format!("{}\u{a0}: {}", column.label, words(column, typed)))
            });
            let cells: Vec<String> = cells.collect();
            lines.extend(Some(cells.join("\u{a0}; ")).filter(|line| !line.is_empty()));
        }
    } else if !question.kind.is_personal() {
        lines.extend(chosen(answer).map(|line| words(question, line)));
    }
    lines.join("\n")
}

//! Answers in the words of their form.

use super::{day, marker};
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

//! The summary of a file at the top of its sheet, and the answers that each criterion looks at.

use crate::{
    domain::{
        budgets::Stage, definitions::QuestionKind, references::country, scoring::Criterion, text::cut,
        time::french_date,
    },
    usecases::review_sheets::{PastGrant, Sheet},
    web::{
        answers::{AnswerShown, SectionShown, documents},
        parts::Fact,
        scores::Glimpse,
    },
};
use chrono::Datelike;
use std::collections::BTreeMap;

/// Characters of an answer beside its criterion.
const GLIMPSE: usize = 280;

/// What a reader has to know of a file before reading it. `places` are the names of communes by code.
pub(super) fn facts(sheet: &Sheet, sections: &[SectionShown], places: &BTreeMap<String, String>) -> Vec<Fact> {
    let (content, row) = (&sheet.content, &sheet.content.row);
    let rate = content.retained_budget().granted_rate(Stage::Planned, content.definition.amount.base);
    let rate = rate.map(|rate| format!(", soit {rate} des dépenses éligibles")).unwrap_or_default();
    let period = match (row.starts_on, row.ends_on) {
        (Some(start), Some(end)) => format!("du {} au {}", french_date(start), french_date(end)),
        _ => String::new(),
    };
    let has_themes = content.definition.questions().any(|(_, question)| question.kind == QuestionKind::Themes);
    let mut facts = vec![
        Fact::new("Montant demandé", format!("{}{rate}", row.requested_cents)),
        Fact::new("Budget du projet", balance(sheet)),
        Fact::new(if has_themes { "Axe et sous-thèmes" } else { "Axe" }, axis(sheet, sections)),
        Fact::new("Territoire", territory(sheet, places)),
        Fact::new("Période", period),
        Fact::new("Partenaires", content.partners.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", ")),
        Fact::new("Pièces attendues", owed(sheet)),
    ];
    facts.extend(sheet.past.as_ref().map(|grants| Fact::new("Subventions passées", past(grants))));
    facts
}

fn balance(sheet: &Sheet) -> String {
    let budget = &sheet.content.budget;
    let cost = budget.project_cost(Stage::Planned);
    let word = if budget.is_balanced(Stage::Planned) { "équilibré" } else { "non équilibré" };
    format!("{cost}, {word}")
}

/// The axis, and the themes where the form asks for them, as the file says them.
fn axis(sheet: &Sheet, sections: &[SectionShown]) -> String {
    let kinds = [QuestionKind::Axis, QuestionKind::Themes];
    let asked = sheet.content.definition.questions().map(|(_, question)| question);
    let asked = asked.filter(|question| kinds.contains(&question.kind));
    let said = asked.filter_map(|question| shown(sections, &question.code)).flat_map(|answer| &answer.lines);
    said.map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn territory(sheet: &Sheet, places: &BTreeMap<String, String>) -> String {
    let row = &sheet.content.row;
    let commune = row.commune_code.as_ref().map(|code| places.get(code).unwrap_or(code).clone());
    let abroad = row.country_code.as_deref().filter(|code| *code != "FR").and_then(country);
    commune.into_iter().chain(abroad.map(|country| country.name.clone())).collect::<Vec<_>>().join(", ")
}

/// The papers that are still to come, by name.
fn owed(sheet: &Sheet) -> String {
    let content = &sheet.content;
    let promised = content.owed.iter().map(|owed| {
        let label = content.definition.paper_label(&owed.document_code);
        format!("{label} (attendu pour le {})", french_date(owed.due_on))
    });
    let missing = documents(content).into_iter().filter(|paper| paper.is_missing && paper.due.is_empty());
    none_or(promised.chain(missing.map(|paper| format!("{} (manquante)", paper.label))).collect())
}

fn past(grants: &[PastGrant]) -> String {
    let said = |grant: &PastGrant| format!("{}, {}\u{a0}: {}", grant.decided_on.year(), grant.fund, grant.amount);
    none_or(grants.iter().map(said).collect())
}

fn none_or(said: Vec<String>) -> String {
    if said.is_empty() { "Aucune".to_owned() } else { said.join(" · ") }
}

fn shown<'a>(sections: &'a [SectionShown], code: &str) -> Option<&'a AnswerShown> {
    sections.iter().flat_map(|section| &section.answers).find(|answer| answer.code == code)
}

/// The answers that a criterion looks at, condensed; a question that the file was not asked is left out.
pub(super) fn glimpses(criterion: &Criterion, sections: &[SectionShown]) -> Vec<Glimpse> {
    let answers = criterion.answers.iter().filter_map(|code| shown(sections, code));
    let glimpse = |answer: &AnswerShown| Glimpse {
        label: answer.label.clone(),
        text: cut(&answer.lines.join(" · ").replace('\n', " "), GLIMPSE),
        href: format!("#reponse-{}", answer.code),
    };
    answers.map(glimpse).collect()
}

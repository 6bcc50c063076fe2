//! A report in the words of a page: what was answered, and what was planned beside what was spent.

use super::{
    answers,
    deadlines::Deadline,
    grants::capitalised,
    parts::{Step, Stepper},
};
use crate::{
    domain::{
        budgets::part_in_words,
        definitions::{CallDefinition, Question, QuestionKind},
        forms::{Form, chosen},
        identity::masked_account,
        lifecycles::reports::ReportState,
        money::Euros,
        references::goal,
        reports::needs_explanation,
        text::nbsp,
    },
    store::reports::{ReportLineRow, ReportRow},
    usecases::reports::{EXPENSE, ReportPaper, name},
};
use chrono::NaiveDate;

/// One table of the comparison: expenses, income, or what was given without money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedPart {
    pub title: String,
    pub rows: Vec<ComparedRow>,
    pub planned: String,
    pub actual: String,
    pub gap: String,
}

/// One line, planned and actual. When filled in, its fields are `depense-POSITION` and `explication-POSITION`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedRow {
    pub field: String,
    pub explanation_field: String,
    pub label: String,
    pub account: String,
    pub planned: String,
    /// As typed or as printed.
    pub actual: String,
    pub gap: String,
    pub explanation: String,
    pub is_to_explain: bool,
    /// Of an expense the fund does not pay for, or not in full, in words; often nothing.
    pub note: String,
}

/// `+120,00 €`, `−45,00 €`, or nothing.
fn gap(planned: Euros, actual: Euros) -> String {
    match actual - planned {
        Euros::ZERO => Euros::ZERO.to_string(),
        more if more.is_positive() => format!("+{more}"),
        less => format!("−{}", -less),
    }
}

fn note(line: &ReportLineRow) -> String {
    match (line.side == EXPENSE, line.is_eligible) {
        (true, true) => part_in_words(line.ineligible_cents),
        (true, false) => "non éligible".to_owned(),
        (false, _) => String::new(),
    }
}

fn row(line: &ReportLineRow, is_begun: bool) -> ComparedRow {
    ComparedRow {
        field: format!("depense-{}", line.position),
        explanation_field: format!("explication-{}", line.position),
        label: name(line).to_owned(),
        account: line.account.clone(),
        planned: line.planned_cents.to_string(),
        actual: line.actual_cents.to_string(),
        gap: gap(line.planned_cents, line.actual_cents),
        explanation: line.explanation.clone(),
        is_to_explain: is_begun && needs_explanation(line.planned_cents, line.actual_cents),
        note: note(line),
    }
}

/// The comparison of what was planned with what was spent and received, without empty tables.
pub fn compared(lines: &[ReportLineRow]) -> Vec<ComparedPart> {
    let is_begun = lines.iter().any(|line| line.actual_cents != Euros::ZERO);
    let is_given = |line: &ReportLineRow| line.account.starts_with("86") || line.account.starts_with("87");
    let part = |title: &str, is_expense: bool, given: bool| {
        let theirs: Vec<_> =
            lines.iter().filter(|line| (line.side == EXPENSE) == is_expense && is_given(line) == given).collect();
        let planned: Euros = theirs.iter().map(|line| line.planned_cents).sum();
        let actual: Euros = theirs.iter().map(|line| line.actual_cents).sum();
        ComparedPart {
            title: title.into(),
            rows: theirs.into_iter().map(|line| row(line, is_begun)).collect(),
            planned: planned.to_string(),
            actual: actual.to_string(),
            gap: gap(planned, actual),
        }
    };
    let parts = [
        part("Dépenses", true, false),
        part("Ressources, hors cette subvention", false, false),
        part("Contributions en nature\u{a0}: emplois", true, true),
        part("Contributions en nature\u{a0}: ressources", false, true),
    ];
    parts.into_iter().filter(|part| !part.rows.is_empty()).collect()
}

/// The answers of a report by section: title, then question and answer.
pub fn narrative(paper: &ReportPaper) -> Vec<(String, Vec<(String, String)>)> {
    let (form, answers) = (Form::of_report(&paper.template), paper.answered());
    let said = |question: &Question| {
        let answer = form.answer(question, &answers);
        (!answer.is_empty()).then(|| (question.label.clone(), answer_in_words(&paper.call, question, &answer)))
    };
    let sections = paper.template.sections.iter();
    sections.map(|section| (section.title.clone(), section.questions.iter().filter_map(said).collect())).collect()
}

/// One answer in words, a line each where it has several.
pub fn answer_in_words(call: &CallDefinition, question: &Question, value: &str) -> String {
    let choice = |code: &str| {
        let label = question.choices.iter().find(|choice| choice.code == code).map(|choice| choice.label.clone());
        label.unwrap_or_else(|| code.to_owned())
    };
    match question.kind {
        QuestionKind::Targets => chosen(value).collect::<Vec<_>>().join(", "),
        QuestionKind::Choice | QuestionKind::Choices => chosen(value).map(choice).collect::<Vec<_>>().join(", "),
        QuestionKind::Goals => {
            let named = |line: &str| {
                let number = line.parse().ok().and_then(goal);
                number.map_or(line.to_owned(), |goal| format!("{}. {}", goal.number, goal.title))
            };
            chosen(value).map(named).collect::<Vec<_>>().join(", ")
        }
        QuestionKind::Statement => {
            let text = question.statement.as_deref().and_then(|code| call.statement(code)).map(|s| s.title.clone());
            text.unwrap_or_else(|| "Accepté".into())
        }
        QuestionKind::Iban => masked_account(value),
        QuestionKind::Group => answers::lines(call, question, value).join("\n"),
        _ => value.to_owned(),
    }
}

/// Where a report stands, who acts next and by when. `you` is what the page calls its author.
pub fn stepper(row: &ReportRow, you: &str, today: NaiveDate) -> Stepper {
    let (step, who, by_when, said) = match row.state {
        ReportState::Expected => (0, you, Some(row.due_on), "Le bilan est attendu."),
        ReportState::Draft => (1, you, Some(row.due_on), "Brouillon, non déposé : nous ne le lisons pas encore."),
        ReportState::ChangesRequested => {
            (1, you, None, "Des corrections sont demandées. Le bilan est à déposer à nouveau.")
        }
        ReportState::Submitted => (2, "L’équipe du fonds", None, "Le bilan est déposé. L’équipe du fonds le lit."),
        ReportState::Accepted => (3, "Personne", None, "Le bilan est accepté."),
        ReportState::Waived => (3, "Personne", None, "Ce bilan n’est plus demandé."),
    };
    Stepper {
        title: format!("Où en est le {}", row.kind.label()),
        steps: Step::along(["Attendu", "Brouillon", "Déposé", "Accepté"], step),
        who_acts: who.into(),
        by_when: by_when.map(|day| Deadline::before(day, today)),
        sentence: nbsp(said),
    }
}

/// « Bilan final ».
pub fn title(row: &ReportRow) -> String {
    capitalised(row.kind.label())
}

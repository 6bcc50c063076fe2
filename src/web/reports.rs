//! A report in the words of a page: what was answered, and what was planned beside what was spent.

use super::{
    answers,
    deadlines::Deadline,
    grants::capitalised,
    parts::{NOBODY, Step, Stepper},
};
use crate::{
    domain::{
        budgets::part_in_words,
        complements::BudgetTable,
        definitions::{CallDefinition, Question, QuestionKind},
        forms::{Form, chosen, in_words},
        identity::masked_account,
        lifecycles::{
            grants::GrantState,
            reports::{ReportState, WITH_AUTHOR, is_over, is_owed},
        },
        money::Euros,
        references::goal,
        reports::{GapRule, realised},
        text::nbsp,
        time::{Moment, french_date},
    },
    store::{
        attachments::AttachmentRow,
        report_extensions::ExtensionRow,
        reports::{ReportLineRow, ReportRow},
    },
    usecases::{
        report_signatures::Certification,
        reports::{EXPENSE, ReportPaper, name, proposed, table},
    },
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// One table of the comparison: expenses, income, or what was given without money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedPart {
    pub table: BudgetTable,
    pub title: String,
    pub rows: Vec<ComparedRow>,
    pub planned: String,
    pub actual: String,
    /// What was spent of what was planned, in per cent; often nothing.
    pub done: String,
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
    pub done: String,
    pub gap: String,
    pub explanation: String,
    /// From which gap it is to be explained, in words; nothing when it need not be.
    pub to_explain: String,
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

/// One line of expense as the house judges it. When filled in, its fields are `retenu-POSITION` and `motif-POSITION`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedRow {
    pub field: String,
    pub reason_field: String,
    pub label: String,
    pub account: String,
    pub actual: String,
    pub note: String,
    pub explanation: String,
    /// What is proposed, and what is accepted or was typed.
    pub proposed: String,
    pub accepted: String,
    pub reason: String,
}

/// Where a file of a report is read; nothing where the antivirus refused it, as nobody can open it.
pub fn address(paper: &ReportPaper, file: &AttachmentRow) -> String {
    if paper.refused.contains(&file.id) { String::new() } else { format!("/pieces/{}", file.id) }
}

/// The lines in which the fund may share, each with what is accepted of it.
pub fn judged(paper: &ReportPaper) -> Vec<JudgedRow> {
    let row = |line: &ReportLineRow| {
        let (accepted, reason) = paper.accepted_of(line);
        JudgedRow {
            field: format!("retenu-{}", line.position),
            reason_field: format!("motif-{}", line.position),
            label: name(line).to_owned(),
            account: line.account.clone(),
            actual: line.actual_cents.to_string(),
            note: note(line),
            explanation: line.explanation.clone(),
            proposed: proposed(line).to_string(),
            accepted: accepted.to_string(),
            reason: reason.to_owned(),
        }
    };
    paper.lines.iter().filter(|line| paper.counts(line)).map(row).collect()
}

/// Who certified a report and when, in words; empty until then.
pub fn certified(known: &Certification) -> String {
    let said = |(name, at): &(String, Moment)| format!("Certifié par {name} le {}.", at.french());
    known.signed.as_ref().map(said).unwrap_or_default()
}

/// An extension as both sides read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtensionLine {
    pub number: i32,
    pub said: String,
    pub reason: String,
    pub motive: String,
    pub is_open: bool,
    /// The day that is wanted, as a field holds it.
    pub wanted: String,
}

/// What was asked for and given of more time for a report, oldest first. Where nobody waits for it any more, nobody answers.
pub fn extensions((report, grant): (&ReportRow, GrantState), rows: &[ExtensionRow]) -> Vec<ExtensionLine> {
    let is_owed = is_owed(report.state, grant);
    let line = |row: &ExtensionRow| {
        let (from, to) = (french_date(row.former_on), french_date(row.wanted_on));
        let said = match (row.decided_at, row.granted_on) {
            (None, _) if !is_owed => format!("Demandé jusqu’au {to}, sans objet : ce bilan n’est plus attendu."),
            (None, _) => {
                format!("Demandé le {} : jusqu’au {to} au lieu du {from}.", french_date(row.asked_at.paris_date()))
            }
            (Some(at), Some(day)) => {
                format!(
                    "Accordé le {} : jusqu’au {} au lieu du {from}.",
                    french_date(at.paris_date()),
                    french_date(day)
                )
            }
            (Some(at), None) if row.motive.is_empty() => {
                format!("Demandé jusqu’au {to}, sans objet depuis le {}.", french_date(at.paris_date()))
            }
            (Some(at), None) => format!("Refusé le {} : reste attendu le {from}.", french_date(at.paris_date())),
        };
        ExtensionLine {
            number: row.number,
            said: nbsp(&said),
            reason: row.reason.clone(),
            motive: row.motive.clone(),
            is_open: is_owed && row.decided_at.is_none(),
            wanted: row.wanted_on.to_string(),
        }
    };
    rows.iter().map(line).collect()
}

fn row(line: &ReportLineRow, (is_begun, rule): (bool, GapRule)) -> ComparedRow {
    let is_to_explain = is_begun && rule.asks(line.planned_cents, line.actual_cents);
    ComparedRow {
        field: format!("depense-{}", line.position),
        explanation_field: format!("explication-{}", line.position),
        label: name(line).to_owned(),
        account: line.account.clone(),
        planned: line.planned_cents.to_string(),
        actual: line.actual_cents.to_string(),
        done: realised(line.planned_cents, line.actual_cents),
        gap: gap(line.planned_cents, line.actual_cents),
        explanation: line.explanation.clone(),
        to_explain: if is_to_explain { rule.words() } else { String::new() },
        note: note(line),
    }
}

/// The comparison of what was planned with what was spent and received, without empty tables.
pub fn compared(paper: &ReportPaper) -> Vec<ComparedPart> {
    let (lines, rule) = (&paper.lines, paper.call.reports.explain);
    let is_begun = lines.iter().any(|line| line.actual_cents != Euros::ZERO);
    let part = |title: &str, at: BudgetTable| {
        let theirs: Vec<_> = lines.iter().filter(|line| table(line) == at).collect();
        let planned: Euros = theirs.iter().map(|line| line.planned_cents).sum();
        let actual: Euros = theirs.iter().map(|line| line.actual_cents).sum();
        ComparedPart {
            table: at,
            title: title.into(),
            rows: theirs.into_iter().map(|line| row(line, (is_begun, rule))).collect(),
            planned: planned.to_string(),
            actual: actual.to_string(),
            done: realised(planned, actual),
            gap: gap(planned, actual),
        }
    };
    let parts = [
        part("Dépenses", BudgetTable::Expense),
        part("Ressources, hors cette subvention", BudgetTable::Income),
        part("Contributions en nature\u{a0}: emplois", BudgetTable::ExpenseInKind),
        part("Contributions en nature\u{a0}: ressources", BudgetTable::IncomeInKind),
    ];
    parts.into_iter().filter(|part| !part.rows.is_empty()).collect()
}

/// What the application planned of an answer, in words; nothing of a text, which is not compared.
pub fn planned(paper: &ReportPaper, question: &Question) -> String {
    let planned = paper.planned.get(&question.code).filter(|value| !value.is_empty());
    let is_text = question.kind == QuestionKind::LongText || question.kind.has_rows();
    planned.filter(|_| !is_text).map_or(String::new(), |value| {
        let words = answer_in_words(&paper.call, question, value);
        format!("Prévu dans le dossier\u{a0}: {words}")
    })
}

/// The answers of a report by section: title, then question and answer.
pub fn narrative(paper: &ReportPaper) -> Vec<(String, Vec<(String, String)>)> {
    let (form, answers) = (Form::of_report(&paper.template, &paper.call.axes), paper.answered());
    let said = |question: &Question| {
        let answer = form.answer(question, &answers);
        let mut words = answer_in_words(&paper.call, question, &answer);
        let planned = planned(paper, question);
        if !planned.is_empty() {
            words = format!("{words}\n{planned}");
        }
        (!answer.is_empty()).then(|| (question.label.clone(), words))
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
        QuestionKind::Axis | QuestionKind::Themes | QuestionKind::Markers | QuestionKind::Country => {
            let line = |line: &str| in_words(call, question, line, &BTreeMap::new());
            chosen(value).map(line).collect::<Vec<_>>().join("\n")
        }
        QuestionKind::Iban => masked_account(value),
        QuestionKind::Group | QuestionKind::Organisation => answers::lines(call, question, value).join("\n"),
        _ => value.to_owned(),
    }
}

/// What a report is that nobody waits for any more.
const fn over(grant: GrantState) -> &'static str {
    match grant {
        GrantState::Terminated => {
            "La subvention est résiliée : ce bilan n’est plus attendu. Il peut être déposé pour faire accepter des dépenses."
        }
        _ => "Ce bilan n’est plus attendu : le bilan final est accepté.",
    }
}

/// Where a report stands, who acts next and by when. `you` is what the page calls its author.
pub fn stepper((row, grant): (&ReportRow, GrantState), you: &str, today: NaiveDate) -> Stepper {
    let is_over = WITH_AUTHOR.contains(&row.state) && is_over(grant);
    let (step, who, by_when, said) = match row.state {
        ReportState::Expected if is_over => (0, NOBODY, None, over(grant)),
        ReportState::Draft | ReportState::ChangesRequested if is_over => (1, NOBODY, None, over(grant)),
        ReportState::Expected => (0, you, Some(row.due_on), "Le bilan est attendu."),
        ReportState::Draft => (1, you, Some(row.due_on), "Brouillon, non déposé : nous ne le lisons pas encore."),
        ReportState::ChangesRequested => {
            (1, you, Some(row.due_on), "Des corrections sont demandées. Le bilan est à déposer à nouveau.")
        }
        ReportState::Submitted => (2, "L’équipe du fonds", None, "Le bilan est déposé. L’équipe du fonds le lit."),
        ReportState::Accepted => (3, NOBODY, None, "Le bilan est accepté."),
        ReportState::Waived => (3, NOBODY, None, "Ce bilan n’est plus demandé."),
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

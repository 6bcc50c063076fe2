//! Forms that cannot be asked or filled in.

use super::{Faults, relations};
use crate::domain::definitions::{
    CallDefinition, DocumentNeed, Need, ProjectField, Question, QuestionKind, ReportTemplate, Section, SectionContent,
    ShowIf,
};
use std::collections::BTreeMap;

/// Faults of the application form.
pub fn application(call: &CallDefinition, path: &str, faults: &mut Faults) {
    let statements = call.statements.iter().enumerate();
    faults.codes("statement", statements.map(|(i, s)| (format!("{path}.statements.{i}.code"), s.code.as_str())));
    let documents = call.documents.iter().enumerate();
    faults.codes("document", documents.map(|(i, d)| (format!("{path}.documents.{i}.code"), d.code.as_str())));
    for (i, document) in call.documents.iter().enumerate() {
        let Some(day) = document.due_on else { continue };
        let at = format!("{path}.documents.{i}.due_on");
        faults.unless(document.need == DocumentNeed::Later, at.clone(), || {
            format!("the document {:?} cannot follow the filing: it has no day of its own.", document.code)
        });
        faults.unless(day >= call.window.closes.plus_minutes(-1).paris_date(), at, || {
            format!("the document {:?} would be owed before the call closes.", document.code)
        });
    }
    sections(&call.sections, &format!("{path}.sections"), faults);
    for (i, section) in call.sections.iter().enumerate() {
        for (j, question) in section.questions.iter().enumerate() {
            let at = format!("{path}.sections.{i}.question.{j}");
            let agrees = question.statement.as_deref().is_some_and(|code| call.statement(code).is_some());
            let is_apart = question.kind != QuestionKind::File || call.document(&question.code).is_none();
            faults.unless(is_apart, format!("{at}.code"), || {
                format!(
                    "the code {:?} is that of a document: the file of a question is kept under its own.",
                    question.code
                )
            });
            faults.unless(agrees == (question.kind == QuestionKind::Statement), format!("{at}.statement"), || {
                format!("the question {:?} must name one of the statements of the call.", question.code)
            });
        }
    }
    let questions = || call.questions().map(|(_, question)| question);
    for field in [ProjectField::Title, ProjectField::Requested, ProjectField::StartsOn, ProjectField::EndsOn] {
        let filling = questions().filter(|question| question.fills == Some(field)).count();
        faults.unless(filling == 1, format!("{path}.sections"), || {
            format!("one question must fill {:?}, and {filling} do.", field.code())
        });
    }
    let has_axis = questions().any(|question| question.kind == QuestionKind::Axis && question.need == Need::Required);
    faults.unless(has_axis, format!("{path}.sections"), || {
        "no required question asks for the axis: every project places itself under one.".to_owned()
    });
    let has = |content| call.sections.iter().any(|section| section.content == content);
    faults
        .unless(has(SectionContent::Budget), format!("{path}.sections"), || "no section holds the budget.".to_owned());
    faults.unless(call.documents.is_empty() || has(SectionContent::Documents), format!("{path}.sections"), || {
        "documents are asked for, and no section holds them.".to_owned()
    });
}

/// Faults of the form of a report.
pub fn report(call: &CallDefinition, template: &ReportTemplate, path: &str, faults: &mut Faults) {
    let documents = template.documents.iter().enumerate();
    faults.codes("document", documents.map(|(i, d)| (format!("{path}.documents.{i}.code"), d.code.as_str())));
    sections(&template.sections, &format!("{path}.sections"), faults);
    for (i, section) in template.sections.iter().enumerate() {
        for (j, question) in section.questions.iter().enumerate() {
            let agrees = question.statement.as_deref().is_some_and(|code| call.statement(code).is_some());
            let at = format!("{path}.sections.{i}.question.{j}.statement");
            faults.unless(agrees == (question.kind == QuestionKind::Statement), at, || {
                format!("the question {:?} must name one of the statements of the call.", question.code)
            });
            let is_document = template.documents.iter().any(|document| document.code == question.code);
            let is_apart = question.kind != QuestionKind::File || !is_document;
            faults.unless(is_apart, format!("{path}.sections.{i}.question.{j}.code"), || {
                format!(
                    "the code {:?} is that of a document: the file of a question is kept under its own.",
                    question.code
                )
            });
        }
    }
}

fn sections(sections: &[Section], path: &str, faults: &mut Faults) {
    faults.unless(!sections.is_empty(), path, || "the form has no section.".to_owned());
    let codes = sections.iter().enumerate().map(|(i, section)| (format!("{path}.{i}.code"), section.code.as_str()));
    faults.codes("section", codes);
    let questions =
        || sections.iter().enumerate().flat_map(|(i, s)| s.questions.iter().enumerate().map(move |(j, q)| (i, j, q)));
    faults.codes("question", questions().map(|(i, j, q)| (format!("{path}.{i}.question.{j}.code"), q.code.as_str())));
    let mut earlier: BTreeMap<&str, &Question> = BTreeMap::new();
    for (i, section) in sections.iter().enumerate() {
        condition(section.show_if.as_ref(), &earlier, &format!("{path}.{i}.show_if"), faults);
        for (j, asked) in section.questions.iter().enumerate() {
            let at = format!("{path}.{i}.question.{j}");
            condition(asked.show_if.as_ref(), &earlier, &format!("{at}.show_if"), faults);
            question(asked, &at, faults);
            earlier.insert(&asked.code, asked);
        }
    }
    relations::form(sections, path, faults);
}

/// A condition names an earlier question and answers it can have, or it would never hold.
fn condition(show_if: Option<&ShowIf>, earlier: &BTreeMap<&str, &Question>, path: &str, faults: &mut Faults) {
    let Some(condition) = show_if else { return };
    let Some(question) = earlier.get(condition.question.as_str()) else {
        faults.add(path, format!("show_if names {:?}, which is not an earlier question.", condition.question));
        return;
    };
    faults.unless(!condition.any_of.is_empty(), path, || "show_if gives no answer.".to_owned());
    answers(question, &condition.any_of, path, faults);
}

/// Answers that a question can have.
pub(super) fn answers(question: &Question, any_of: &[String], path: &str, faults: &mut Faults) {
    for answer in any_of {
        let is_possible = match question.kind {
            QuestionKind::YesNo => matches!(answer.as_str(), "oui" | "non"),
            QuestionKind::Choice | QuestionKind::Choices => {
                question.choices.iter().any(|choice| choice.code == *answer)
            }
            // Conditions are judged on what is typed, and on one answer at a time.
            QuestionKind::Computed | QuestionKind::Group | QuestionKind::Organisation | QuestionKind::File => false,
            _ => true,
        };
        faults.unless(is_possible, path, || format!("{answer:?} is not an answer to {:?}.", question.code));
    }
}

pub(super) fn question(question: &Question, path: &str, faults: &mut Faults) {
    let has_choices = matches!(question.kind, QuestionKind::Choice | QuestionKind::Choices);
    faults.unless(has_choices != question.choices.is_empty(), path, || match has_choices {
        true => format!("the question {:?} has nothing to choose from.", question.code),
        false => format!("the question {:?} has choices, and its kind has none.", question.code),
    });
    let choices = question.choices.iter().enumerate();
    faults.codes("choice", choices.map(|(i, choice)| (format!("{path}.choice.{i}"), choice.code.as_str())));
    faults.unless(
        question.countries.is_none() || question.kind == QuestionKind::Country,
        format!("{path}.countries"),
        || format!("the question {:?} names a list of countries, and its kind has none.", question.code),
    );
    let is_bounded = question.least.zip(question.most).is_none_or(|(least, most)| least <= most);
    faults
        .unless(is_bounded, format!("{path}.least"), || format!("the least of {:?} is above its most.", question.code));
    let wanted = match question.fills {
        None => return,
        Some(ProjectField::Title) => QuestionKind::ShortText,
        Some(ProjectField::Requested) => QuestionKind::Euros,
        Some(ProjectField::StartsOn | ProjectField::EndsOn) => QuestionKind::Date,
        Some(ProjectField::Commune) => QuestionKind::Commune,
        Some(ProjectField::Country) => QuestionKind::Country,
    };
    faults.unless(question.kind == wanted, format!("{path}.kind"), || {
        format!("the question {:?} must be of kind {:?} to fill what it fills.", question.code, wanted.code())
    });
}

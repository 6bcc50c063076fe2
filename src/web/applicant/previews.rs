//! A section as its applicants will see it, before there are any: the same fields, tried out and nothing kept.

use super::{
    budgets::budget_table,
    groups::{self, RowDeed},
    questions::{self, Asked},
    sections::{self, Partner},
};
use crate::{
    domain::{
        budgets::Budget,
        complements::Opening,
        definitions::{CallDefinition, DocumentDefinition, QuestionKind, Section, SectionContent},
        forms::{Answers, Filled, Form},
        references::communes,
        text::fold,
    },
    usecases::answers::Typed,
    web::{Fields, budgets::BudgetTable, pages::FieldErrors},
};

/// What a section shows.
pub(in crate::web) struct Preview {
    pub title: String,
    pub help: String,
    pub position: String,
    pub questions: Vec<Asked>,
    /// Questions that are asked only after other answers: each with its condition.
    pub unasked: Vec<String>,
    pub budget: Option<BudgetTable>,
    pub partners: Vec<Partner>,
    pub documents: Vec<DocumentDefinition>,
    pub errors: FieldErrors,
}

/// What was typed into every question, communes by their code as they are kept.
fn answers(sections: &[Section], form: &Fields) -> Answers {
    let mut answers = Answers::new();
    for section in sections {
        for question in &section.questions {
            let mut typed = questions::typed(std::slice::from_ref(question), form);
            let deed = RowDeed::parse(form.text("suite"));
            groups::tidy(std::slice::from_ref(question), form, deed.as_ref(), &mut typed);
            let Some(value) = typed.get(&question.code).filter(|value| !value.is_empty()) else { continue };
            let is_named = |name: &str| fold(name) == fold(value);
            let found = match question.kind {
                QuestionKind::Commune => communes().find(|commune| is_named(&commune.name)).map(|found| found.insee),
                _ => None,
            };
            answers.insert(question.code.clone(), found.unwrap_or_else(|| value.clone()));
        }
    }
    answers
}

/// The section with this code, as far as `form` has been filled in; `None` when there is no such section.
pub(in crate::web) fn preview(
    call: &CallDefinition,
    form: &Form<'_>,
    code: &str,
    sent: Option<&Fields>,
) -> Option<Preview> {
    let place = form.sections.iter().position(|section| section.code == code)?;
    let (section, empty) = (&form.sections[place], Fields::default());
    let typed = sent.unwrap_or(&empty);
    let answers = answers(form.sections, typed);
    let is = |content: SectionContent| section.content == content;
    let (asked, unasked): (Vec<_>, Vec<_>) =
        section.questions.iter().partition(|question| form.shows(question, &answers));
    let filled = Filled { answers: &answers, attached: &[], budget: None, partners: 0, legal_form: None };
    let problems = sent.map(|_| form.check_section(section, &filled)).unwrap_or_default();
    let errors = problems.into_iter().filter_map(|problem| {
        let is_asked = |code: &String| asked.iter().any(|question| question.code == *code);
        problem.question.as_ref().filter(|code| is_asked(code))?;
        Some((problem.field()?.to_owned(), problem.message))
    });
    let deed = RowDeed::parse(typed.text("suite"));
    let (budget, nothing) = (Budget::default(), Typed::new());
    Some(Preview {
        title: section.title.clone(),
        help: section.help.clone(),
        position: format!("Rubrique {} sur {}", place + 1, form.sections.len()),
        questions: asked
            .iter()
            .map(|question| {
                let value = match question.kind {
                    QuestionKind::Commune => typed.text(&question.code).to_owned(),
                    _ => form.answer(question, &answers),
                };
                let asked = questions::asked(call, question, &value);
                match deed.as_ref().filter(|deed| deed.group() == question.code) {
                    Some(deed) => groups::with_rows(asked, call, question, groups::rows_after(question, typed, deed)),
                    None => asked,
                }
            })
            .collect(),
        unasked: unasked.iter().map(|question| question.label.clone()).collect(),
        budget: is(SectionContent::Budget)
            .then(|| budget_table((&budget, &call.amount), &Opening::Everything, &nothing, &FieldErrors::none())),
        partners: if is(SectionContent::Partners) { sections::partners(&[], None) } else { Vec::new() },
        documents: if is(SectionContent::Documents) { form.documents.to_vec() } else { Vec::new() },
        errors: errors.collect(),
    })
}

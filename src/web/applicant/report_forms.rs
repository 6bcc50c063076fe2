//! What the page of a report asks and what its form says back: answers, tables, the line for what was not planned.

use super::{
    groups::{self, RowDeed},
    questions::{self, Asked},
};
use crate::{
    domain::{
        complements::{Item, Opening},
        definitions::{Question, QuestionKind, Section},
        forms::Form,
        identity::shown_by_token,
        money::Euros,
        references::budget_accounts,
    },
    store::reports::ReportLineRow,
    usecases::{
        FieldError,
        answers::Typed,
        reports::{self, ReportForm, ReportPaper},
    },
    web::{
        Fields,
        parts::Choice,
        reports::{self as words, ComparedPart},
    },
};

/// A section to fill in.
pub(super) struct Asking {
    pub title: String,
    pub help: String,
    pub questions: Vec<Asked>,
}

/// The line for what was not planned.
pub(super) struct Added {
    pub accounts: Vec<Choice>,
    pub amount: String,
    pub explanation: String,
}

pub(super) fn all_questions(paper: &ReportPaper) -> Vec<Question> {
    paper.template.sections.iter().flat_map(|section| section.questions.clone()).collect()
}

/// The answers that the form sends, without the rows that say nothing or were taken away.
fn answers_of(all: &[Question], fields: &Fields) -> Typed {
    let mut said = questions::typed(all, fields);
    groups::tidy(all, fields, RowDeed::parse(fields.text("suite")).as_ref(), &mut said);
    said
}

/// The group whose rows a button changes, and how many the page shows then.
pub(super) fn rows_after(all: &[Question], fields: &Fields) -> Option<(String, usize)> {
    let deed = RowDeed::parse(fields.text("suite"))?;
    let group = all.iter().find(|question| question.code == deed.group())?;
    Some((group.code.clone(), groups::rows_after(group, fields, &deed)))
}

/// What is asked, as far as it is open, with what was planned and what an officer wants corrected.
pub(super) fn asking(paper: &ReportPaper, typed: Option<&Fields>, rows: Option<&(String, usize)>) -> Vec<Asking> {
    let form = Form::of_report(&paper.template, &paper.call.axes);
    let (saved, all, opening) = (paper.answered(), all_questions(paper), paper.opening());
    let typed = typed.map(|fields| answers_of(&all, fields));
    let said = typed.as_ref().unwrap_or(&saved);
    let note = |code: &str| {
        let noted = paper.changes.iter().find(|(item, _)| *item == Item::Question(code.to_owned()));
        noted.filter(|_| opening != Opening::Everything).map_or(String::new(), |(_, note)| note.clone())
    };
    let asked = |question: &Question| {
        let mut asked =
            questions::asked(&paper.call, question, &form.answer(question, said)).with_note(note(&question.code));
        let planned = words::planned(paper, question);
        if !planned.is_empty() {
            asked.help = format!("{} {planned}.", asked.help).trim().to_owned();
        }
        match rows.filter(|(group, _)| *group == question.code) {
            Some((_, least)) => groups::with_rows(asked, &paper.call, question, *least),
            None => asked,
        }
    };
    let is_open = |question: &&Question| {
        question.kind != QuestionKind::File
            && form.shows(question, &saved)
            && (!question.is_given() || opening.opens_question(&question.code))
    };
    // A file is joined by a form of its own.
    let is_written = |section: &&Section| {
        section.questions.is_empty() || section.questions.iter().any(|question| question.kind != QuestionKind::File)
    };
    let sections = paper.template.sections.iter().filter(|section| form.shows_section(section, &saved));
    let sections = sections.filter(is_written);
    let asking = sections.map(|section| Asking {
        title: section.title.clone(),
        help: section.help.clone(),
        questions: section.questions.iter().filter(is_open).map(asked).collect(),
    });
    asking.filter(|asking| opening == Opening::Everything || !asking.questions.is_empty()).collect()
}

/// The tables to fill in: what was typed stays as typed, nothing spent yet is an empty field. What is shut is left out.
pub(super) fn tables(paper: &ReportPaper, typed: Option<&Fields>) -> Vec<ComparedPart> {
    let opening = paper.opening();
    let mut parts = words::compared(paper);
    parts.retain(|part| opening.opens(&Item::Budget(part.table)));
    let is_zero = |field: &str| {
        let line = paper.lines.iter().find(|line| format!("depense-{}", line.position) == field);
        line.is_none_or(|line| line.actual_cents == Euros::ZERO)
    };
    for row in parts.iter_mut().flat_map(|part| &mut part.rows) {
        if is_zero(&row.field) {
            row.actual.clear();
            row.done.clear();
            row.gap.clear();
        } else {
            row.actual = row.actual.trim_end_matches('€').trim().to_owned();
        }
        // A line that the form did not have yet stays as it is saved.
        if let Some(fields) = typed.filter(|fields| fields.has(&row.field)) {
            row.actual = fields.text(&row.field).to_owned();
            row.explanation = fields.text(&row.explanation_field).to_owned();
        }
    }
    for part in &mut parts {
        // Nothing spent yet is no gap, neither on a line nor below.
        if part.rows.iter().all(|row| row.gap.is_empty()) {
            part.done.clear();
            part.gap.clear();
        }
    }
    parts
}

/// The line for something else, in the tables that are open.
pub(super) fn added(paper: &ReportPaper, typed: Option<&Fields>) -> Added {
    let text = |name: &str| typed.map_or("", |fields| fields.text(name)).to_owned();
    let opening = paper.opening();
    let open = budget_accounts().iter().filter(|account| account.is_open && opening.opens_account(account));
    let named = open.map(|account| (account.code.clone(), format!("{} – {}", account.code, account.label)));
    Added {
        accounts: Choice::list(named, &[&text("ajout-compte")]),
        amount: text("ajout-montant"),
        explanation: text("ajout-explication"),
    }
}

/// Whether the line for something else was kept as a line of the table when this was saved: it is not to be sent again.
pub(super) fn has_kept_line(paper: &ReportPaper, typed: &Fields) -> bool {
    !read(paper, typed).0.added.is_empty()
}

/// Where what was typed differs from what somebody else saved.
pub(super) fn theirs(paper: &ReportPaper, typed: &Fields) -> Vec<(String, String)> {
    let (mut found, opening) = (Vec::new(), paper.opening());
    let asked = paper.template.sections.iter().flat_map(|section| &section.questions);
    let asked = asked.filter(|question| question.is_typed());
    for question in asked.filter(|question| opening.opens_question(&question.code)) {
        let saved = paper.answers.iter().find(|row| row.question == question.code).map_or("", |row| &row.value);
        let saved = shown_by_token(saved).unwrap_or(saved);
        let mine = answers_of(std::slice::from_ref(question), typed);
        if mine.get(&question.code).is_some_and(|mine| mine != saved) {
            let is_table = question.kind.has_rows();
            let said = if is_table { words::answer_in_words(&paper.call, question, saved) } else { saved.to_owned() };
            found.push((question.label.clone(), said));
        }
    }
    let differs = |line: &&ReportLineRow| {
        opening.opens(&Item::Budget(reports::table(line)))
            && typed.text(&format!("depense-{}", line.position)).parse().unwrap_or(Euros::ZERO) != line.actual_cents
    };
    found.extend(
        paper.lines.iter().filter(differs).map(|line| (reports::name(line).to_owned(), line.actual_cents.to_string())),
    );
    found
}

/// An amount as typed: nothing typed is nothing spent.
pub(super) fn amount(fields: &Fields, field: &str, errors: &mut Vec<FieldError>) -> Option<Euros> {
    let typed = fields.text(field);
    let read = if typed.is_empty() { Ok(Euros::ZERO) } else { typed.parse::<Euros>() };
    let found = read.ok().filter(|amount| *amount >= Euros::ZERO);
    if found.is_none() {
        let sentence = format!("«\u{a0}{typed}\u{a0}» n’est pas un montant. Exemple\u{a0}: 1 250,50.");
        errors.push(FieldError::new(field.to_owned(), sentence));
    }
    found
}

/// What the form says, and what of it cannot be read; a line that cannot be read keeps what it had.
pub(super) fn read(paper: &ReportPaper, fields: &Fields) -> (ReportForm, Vec<FieldError>) {
    let mut errors = Vec::new();
    let all = all_questions(paper);
    let typed = answers_of(&all, fields);
    let answers = all.iter().map(|q| (q.code.clone(), typed.get(&q.code).cloned().unwrap_or_default())).collect();
    let opening = paper.opening();
    let line = |line: &ReportLineRow| {
        let explanation = fields.text(&format!("explication-{}", line.position)).to_owned();
        let amount = amount(fields, &format!("depense-{}", line.position), &mut errors);
        (line.position, amount.unwrap_or(line.actual_cents), explanation)
    };
    let open = paper.lines.iter().filter(|line| opening.opens(&Item::Budget(reports::table(line))));
    let open = open.filter(|line| fields.has(&format!("depense-{}", line.position)));
    let lines = open.map(line).collect();
    let mut added = Vec::new();
    let (account, spent) = (fields.text("ajout-compte"), amount(fields, "ajout-montant", &mut errors));
    match (account, spent) {
        ("", Some(Euros::ZERO)) | (_, None) => {}
        ("", Some(_)) => errors.push(FieldError::new("ajout-compte", "Choisissez le poste de cette ligne.")),
        (account, Some(spent)) => {
            added.push((account.to_owned(), spent, fields.text("ajout-explication").to_owned()));
        }
    }
    (ReportForm { answers, lines, added }, errors)
}

//! Questions, conditions and answers: what is complete, what is missing, by name.

mod computing;
mod copies;
mod crossing;
mod groups;
mod projects;
mod reading;
mod wording;

pub use computing::{MOST_TERMS, Measure, Quantity};
pub use copies::{Carried, Earlier, NotCarried, carry};
pub use groups::{COLUMN_KINDS, MOST_ROWS, Row, cell_field, most, packed, rows, rows_counted, rows_text};
pub use projects::{Project, Tag, TagKind, project, tags};
pub use reading::{day, marker, read, whole};
pub use wording::{in_words, told_outside};

use super::{
    budgets::{AmountRules, Budget},
    codes::codes,
    definitions::{
        CallDefinition, DocumentDefinition, DocumentNeed, Need, ProjectField, Question, QuestionKind, ReportTemplate,
        Section, SectionContent, ShowIf,
    },
    organisations::LegalForm,
};
use std::collections::BTreeMap;

/// Answers as typed, by code of question. Several choices are one a line.
pub type Answers = BTreeMap<String, String>;

/// The code of the statement by which an organisation subscribes to the republican commitment contract.
pub const REPUBLICAN_CONTRACT: &str = "cer";

/// A form, of a call or of a report.
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    pub sections: &'a [Section],
    pub documents: &'a [DocumentDefinition],
    /// The axes to choose from, by code.
    pub axes: &'a [String],
    /// The bounds of the budget, where the form plans one.
    pub amounts: Option<&'a AmountRules>,
}

/// What somebody has put in a form so far.
#[derive(Debug, Clone, Copy)]
pub struct Filled<'a> {
    pub answers: &'a Answers,
    /// The codes of the documents attached.
    pub attached: &'a [String],
    /// With the amount asked for as its grant.
    pub budget: Option<&'a Budget>,
    pub partners: usize,
    /// The form of the organisation that applies, when known: some statements concern some forms only.
    pub legal_form: Option<LegalForm>,
}

codes! {
    /// How much a problem matters.
    pub enum Gravity {
        /// Nothing there yet, and it is required.
        Missing => "missing",
        /// Something is there that cannot be right.
        Wrong => "wrong",
        /// One may file without.
        Advice => "advice",
    }

    /// How far a section is.
    pub enum SectionState {
        ToDo => "to_do",
        Started => "started",
        Complete => "complete",
        /// Its condition does not hold, or that of none of its questions: nothing is asked.
        NotNeeded => "not_needed",
    }
}

impl SectionState {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            SectionState::ToDo => "à faire",
            SectionState::Started => "en cours",
            SectionState::Complete => "complet",
            SectionState::NotNeeded => "pas nécessaire",
        }
    }
}

/// Something missing or wrong in a form, as a French sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The code of the section.
    pub section: String,
    /// The code of the question or document, when it is about one.
    pub question: Option<String>,
    /// The name of the field of one cell, when it is about a cell of a group.
    pub cell: Option<String>,
    pub gravity: Gravity,
    pub message: String,
}

impl Problem {
    /// The name of the field it is about, when it is about one.
    pub fn field(&self) -> Option<&str> {
        self.cell.as_deref().or(self.question.as_deref())
    }
}

impl<'a> Form<'a> {
    /// The application form of a call.
    pub fn of_call(call: &'a CallDefinition) -> Self {
        let amounts = Some(&call.amount);
        Form { sections: &call.sections, documents: &call.documents, axes: &call.axes, amounts }
    }

    /// Sections alone, as far as their answers lean on each other.
    pub fn of_sections(sections: &'a [Section]) -> Self {
        Form { sections, documents: &[], axes: &[], amounts: None }
    }

    /// The form of a report of a call that is open to these axes.
    pub fn of_report(template: &'a ReportTemplate, axes: &'a [String]) -> Self {
        Form { sections: &template.sections, documents: &template.documents, axes, amounts: None }
    }

    fn question(&self, code: &str) -> Option<(&'a Section, &'a Question)> {
        let all = self.sections.iter().flat_map(|section| section.questions.iter().map(move |q| (section, q)));
        all.into_iter().find(|(_, question)| question.code == code)
    }

    /// Whether a condition holds: the question it names is asked itself, and one of the answers is given.
    /// A condition may only name an earlier question, so this ends.
    fn holds(&self, condition: Option<&ShowIf>, answers: &Answers, depth: usize) -> bool {
        let Some(condition) = condition else { return true };
        let Some((section, question)) = self.question(&condition.question).filter(|_| depth > 0) else { return false };
        let given = answers.get(&condition.question).map_or("", String::as_str);
        chosen(given).any(|answer| condition.any_of.iter().any(|wanted| wanted == answer))
            && self.holds(section.show_if.as_ref(), answers, depth - 1)
            && self.holds(question.show_if.as_ref(), answers, depth - 1)
    }

    /// Whether a section is asked: its condition holds, and so does that of one of its questions.
    pub fn shows_section(&self, section: &Section, answers: &Answers) -> bool {
        let only_asks = section.content == SectionContent::Questions && !section.questions.is_empty();
        self.holds(section.show_if.as_ref(), answers, 16)
            && (!only_asks || section.questions.iter().any(|question| self.shows(question, answers)))
    }

    /// Whether a question is asked, its section being asked.
    pub fn shows(&self, question: &Question, answers: &Answers) -> bool {
        self.holds(question.show_if.as_ref(), answers, 16)
    }

    /// Everything missing or wrong, in the order of the form. What is not asked is never missing.
    pub fn check(&self, filled: &Filled) -> Vec<Problem> {
        self.sections.iter().flat_map(|section| self.check_section(section, filled)).collect()
    }

    /// What keeps the form from being filed: [`Form::check`] without the advice.
    pub fn obstacles(&self, filled: &Filled) -> Vec<Problem> {
        self.check(filled).into_iter().filter(|problem| problem.gravity != Gravity::Advice).collect()
    }

    /// The problems of one section.
    pub fn check_section(&self, section: &Section, filled: &Filled) -> Vec<Problem> {
        if !self.shows_section(section, filled.answers) {
            return Vec::new();
        }
        let asked = section.questions.iter().filter(|question| self.shows(question, filled.answers));
        let mut problems: Vec<Problem> =
            asked.flat_map(|question| self.check_question(section, question, filled)).collect();
        match section.content {
            SectionContent::Budget => self.check_budget(section, filled, &mut problems),
            SectionContent::Documents => self.check_documents(section, filled, &mut problems),
            SectionContent::Questions | SectionContent::Partners => {}
        }
        problems
    }

    fn check_question(&self, section: &Section, question: &Question, filled: &Filled) -> Vec<Problem> {
        let typed = filled.answers.get(&question.code).map_or("", |answer| answer.trim());
        let found = match question.kind {
            QuestionKind::Computed => self.ruled_out(question, typed, filled),
            _ if typed.is_empty() => self.unanswered(question, filled),
            kind if kind.has_rows() && groups::count(question, typed) == 0 => self.unanswered(question, filled),
            kind if kind.has_rows() => {
                let mut problems = self.check_rows(section, question, filled.answers);
                problems.extend(self.ruled_out(question, typed, filled).map(|found| about(section, question, found)));
                return problems;
            }
            // It came, and the antivirus refused it.
            QuestionKind::File if !filled.attached.contains(&question.code) => Some((
                Gravity::Missing,
                format!("Le fichier joint à «\u{a0}{}\u{a0}» a été refusé\u{a0}: joignez-en un autre.", question.label),
            )),
            _ => self.misread(question, typed, filled),
        };
        found.map(|found| about(section, question, found)).into_iter().collect()
    }

    /// What is said of a question without an answer.
    fn unanswered(&self, question: &Question, filled: &Filled) -> Option<(Gravity, String)> {
        match need_of(question, filled.legal_form) {
            Need::Required => Some((Gravity::Missing, missing_sentence(question))),
            need => self.ruled_out(question, "", filled).or_else(|| {
                let advice =
                    format!("«\u{a0}{}\u{a0}» est vide\u{a0}: une réponse aiderait le comité.", question.label);
                (need == Need::Recommended).then_some((Gravity::Advice, advice))
            }),
        }
    }

    /// What is said of an answer by itself, and then in the light of others.
    fn misread(&self, question: &Question, typed: &str, filled: &Filled) -> Option<(Gravity, String)> {
        if let Err(message) = read(question, self.axes, typed) {
            return Some((Gravity::Wrong, message));
        }
        let ends_early = question.fills == Some(ProjectField::EndsOn)
            && self.start(filled.answers).zip(day(typed)).is_some_and(|(start, end)| end < start);
        match ends_early {
            true => Some((Gravity::Wrong, "La fin ne peut pas précéder le début.".to_owned())),
            false => self.ruled_out(question, typed, filled),
        }
    }

    fn ruled_out(&self, question: &Question, typed: &str, filled: &Filled) -> Option<(Gravity, String)> {
        let sentence = self.broken_rule(question, typed, None, filled.answers)?;
        Some((Gravity::Wrong, sentence.to_owned()))
    }

    fn start(&self, answers: &Answers) -> Option<chrono::NaiveDate> {
        let mut questions = self.sections.iter().flat_map(|section| &section.questions);
        let start = questions.find(|question| question.fills == Some(ProjectField::StartsOn))?;
        day(answers.get(&start.code)?)
    }

    fn check_budget(&self, section: &Section, filled: &Filled, problems: &mut Vec<Problem>) {
        let Some(amounts) = self.amounts else { return };
        let of_budget =
            |gravity, message| Problem { section: section.code.clone(), question: None, cell: None, gravity, message };
        match filled.budget.filter(|budget| !budget.lines.is_empty()) {
            None => problems.push(of_budget(Gravity::Missing, "Remplissez le budget du projet.".to_owned())),
            Some(budget) => {
                let wrong = budget.problems(amounts).into_iter();
                problems.extend(wrong.map(|problem| of_budget(Gravity::Wrong, problem.message)));
            }
        }
    }

    fn check_documents(&self, section: &Section, filled: &Filled, problems: &mut Vec<Problem>) {
        let absent = self.documents.iter().filter(|document| !filled.attached.contains(&document.code));
        problems.extend(absent.filter_map(|document| {
            let (gravity, message) = match document.need {
                DocumentNeed::Required => {
                    (Gravity::Missing, format!("Joignez le document «\u{a0}{}\u{a0}».", document.label))
                }
                DocumentNeed::Later => (
                    Gravity::Advice,
                    format!(
                        "Le document «\u{a0}{}\u{a0}» pourra suivre\u{a0}: rien n’est versé avant.",
                        document.label
                    ),
                ),
                DocumentNeed::Optional => return None,
            };
            let question = Some(document.code.clone());
            Some(Problem { section: section.code.clone(), question, cell: None, gravity, message })
        }));
    }

    /// How far each section is, in order, by code.
    pub fn states(&self, filled: &Filled) -> Vec<(&'a str, SectionState)> {
        self.sections.iter().map(|section| (section.code.as_str(), self.state(section, filled))).collect()
    }

    fn state(&self, section: &Section, filled: &Filled) -> SectionState {
        if !self.shows_section(section, filled.answers) {
            return SectionState::NotNeeded;
        }
        let answered =
            section.questions.iter().any(|q| filled.answers.get(&q.code).is_some_and(|a| !a.trim().is_empty()));
        let begun = match section.content {
            SectionContent::Questions => answered,
            SectionContent::Budget => answered || filled.budget.is_some_and(|budget| !budget.lines.is_empty()),
            SectionContent::Partners => answered || filled.partners > 0,
            SectionContent::Documents => answered || self.documents.iter().any(|d| filled.attached.contains(&d.code)),
        };
        let is_held_up = self.check_section(section, filled).iter().any(|problem| problem.gravity != Gravity::Advice);
        match (is_held_up, begun) {
            (false, _) => SectionState::Complete,
            (true, true) => SectionState::Started,
            (true, false) => SectionState::ToDo,
        }
    }
}

/// A problem of one question.
fn about(section: &Section, question: &Question, (gravity, message): (Gravity, String)) -> Problem {
    Problem { section: section.code.clone(), question: Some(question.code.clone()), cell: None, gravity, message }
}

/// The republican contract is asked of associations and foundations only (loi 2000-321, art. 10-1).
fn need_of(question: &Question, legal_form: Option<LegalForm>) -> Need {
    let is_exempt = question.statement.as_deref() == Some(REPUBLICAN_CONTRACT)
        && legal_form.is_some_and(|form| !form.owes_republican_contract());
    if is_exempt { Need::Optional } else { question.need }
}

fn missing_sentence(question: &Question) -> String {
    match question.kind {
        QuestionKind::Statement => format!("Cochez «\u{a0}{}\u{a0}» après avoir lu le texte.", question.label),
        QuestionKind::Choice
        | QuestionKind::Choices
        | QuestionKind::Axis
        | QuestionKind::Goals
        | QuestionKind::Targets
        | QuestionKind::Themes => {
            format!("Choisissez une réponse à «\u{a0}{}\u{a0}».", question.label)
        }
        QuestionKind::File => format!("Joignez le fichier demandé à «\u{a0}{}\u{a0}».", question.label),
        QuestionKind::Organisation => format!("Indiquez une organisation pour «\u{a0}{}\u{a0}».", question.label),
        QuestionKind::Group => format!("Ajoutez au moins une ligne à «\u{a0}{}\u{a0}».", question.label),
        _ => format!("Répondez à «\u{a0}{}\u{a0}».", question.label),
    }
}

/// The lines of an answer that holds several.
pub fn chosen(answer: &str) -> impl Iterator<Item = &str> {
    answer.lines().map(str::trim).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests;

//! Rules between answers: what one must be in the light of another.

use super::{
    Answers, Filled, Form, Gravity, Problem,
    computing::{self, DEPTH, Measure, Quantity},
    groups::{self, Row},
    reading,
};
use crate::domain::definitions::{AnswerRule, Comparison, ProjectField, Question, QuestionKind, Section};
use chrono::NaiveDate;
use std::cmp::Ordering;

/// An answer as it compares with another one.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Quantity(Quantity),
    Day(NaiveDate),
    Word(String),
}

impl Value {
    /// `None` when they cannot be told apart in this way.
    fn holds(&self, is: Comparison, other: &Value) -> Option<bool> {
        let order = match (self, other) {
            (Value::Quantity(one), Value::Quantity(other)) => one.compared(*other)?,
            (Value::Day(one), Value::Day(other)) => one.cmp(other),
            (Value::Word(one), Value::Word(other)) if !is.is_ordering() => one.cmp(other),
            _ => return None,
        };
        Some(match is {
            Comparison::Filled => true,
            Comparison::Equal => order == Ordering::Equal,
            Comparison::Different => order != Ordering::Equal,
            Comparison::AtLeast => order != Ordering::Less,
            Comparison::AtMost => order != Ordering::Greater,
            Comparison::More => order == Ordering::Greater,
            Comparison::Less => order == Ordering::Less,
        })
    }
}

/// What a typed answer compares as; a group by the number of its rows.
fn value(question: &Question, typed: &str) -> Option<Value> {
    let typed = typed.trim();
    match question.kind {
        _ if typed.is_empty() => None,
        QuestionKind::Number | QuestionKind::Euros => computing::measured(question, typed).map(Value::Quantity),
        QuestionKind::Date => reading::day(typed).map(Value::Day),
        kind if kind.has_rows() => {
            i64::try_from(groups::count(question, typed)).ok().map(|count| Value::Quantity(Quantity::number(count)))
        }
        _ if is_word(question.kind) => Some(Value::Word(typed.to_owned())),
        _ => None,
    }
}

/// Whether answers of this kind are the same or not, without an order.
const fn is_word(kind: QuestionKind) -> bool {
    use QuestionKind::{Axis, Choice, Commune, Country, Email, Phone, Rna, ShortText, Siret, Uai, YesNo};
    matches!(kind, ShortText | YesNo | Choice | Commune | Country | Axis | Email | Phone | Siret | Rna | Uai)
}

/// The columns of a group and one of its rows, around a cell.
pub(super) type Around<'r> = Option<(&'r [Question], &'r Row)>;

/// What a kind of answer compares with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparable {
    Measured(Measure),
    Day,
    Word(QuestionKind),
}

impl Form<'_> {
    /// What an answer named by its path compares as; a column of the same group comes before a question of the form.
    fn value_at(&self, path: &str, around: Around, answers: &Answers) -> Option<Value> {
        let sibling = around.and_then(|(columns, row)| Some((columns.iter().find(|c| c.code == path)?, row)));
        if let Some((column, row)) = sibling {
            return value(column, row.get(&column.code)?);
        }
        let (section, question, column) = self.named(path)?;
        if column.is_some() || question.kind == QuestionKind::Computed {
            return self.quantity(path, answers, DEPTH).map(Value::Quantity);
        }
        let is_asked = self.shows_section(section, answers) && self.shows(question, answers);
        value(question, answers.get(&question.code).filter(|_| is_asked)?)
    }

    fn is_called_for(&self, rule: &AnswerRule, answers: &Answers) -> bool {
        let Some(when) = &rule.when else { return true };
        if !when.any_of.is_empty() {
            return self.holds(Some(when), answers, 16);
        }
        let Some((section, question)) = self.question(&when.question) else { return false };
        let is_asked = self.shows_section(section, answers) && self.shows(question, answers);
        is_asked && !self.answer(question, answers).trim().is_empty()
    }

    /// The sentence of the first rule that an answer breaks; `typed` is empty when there is none. A cell is judged in its
    /// row.
    pub(super) fn broken_rule<'q>(
        &self,
        question: &'q Question,
        typed: &str,
        around: Around,
        answers: &Answers,
    ) -> Option<&'q str> {
        let own = match question.kind {
            QuestionKind::Computed => self.computed(question, answers).map(Value::Quantity),
            _ => value(question, typed),
        };
        let is_broken = |rule: &&AnswerRule| {
            let holds = match (rule.is, &own) {
                (Comparison::Filled, _) => Some(!typed.trim().is_empty() || own.is_some()),
                (is, Some(own)) => self.other(question, rule, around, answers).and_then(|other| own.holds(is, &other)),
                (_, None) => None,
            };
            holds == Some(false) && self.is_called_for(rule, answers)
        };
        question.rules.iter().find(is_broken).map(|rule| rule.sentence.as_str())
    }

    fn other(&self, question: &Question, rule: &AnswerRule, around: Around, answers: &Answers) -> Option<Value> {
        match &rule.to {
            Some(path) => self.value_at(path, around, answers),
            None => self.written(question, rule.value.as_deref()?),
        }
    }

    /// The value of a rule, written as the question is answered.
    fn written(&self, question: &Question, typed: &str) -> Option<Value> {
        match question.kind {
            kind if kind.has_rows() => reading::whole(typed).map(|count| Value::Quantity(Quantity::number(count))),
            QuestionKind::Computed => {
                let measure = self.measure(&question.code)?;
                Quantity::read(measure, typed).map(Value::Quantity)
            }
            _ => value(question, typed),
        }
    }

    fn comparable(&self, path: &str, siblings: &[Question]) -> Option<Comparable> {
        let sibling = siblings.iter().find(|column| column.code == path);
        let question = match sibling {
            Some(column) => column,
            None => {
                let (_, question, column) = self.named(path)?;
                if column.is_some() {
                    return self.measure(path).map(Comparable::Measured);
                }
                question
            }
        };
        match question.kind {
            QuestionKind::Number => Some(Comparable::Measured(Measure::Number)),
            kind if kind.has_rows() => Some(Comparable::Measured(Measure::Number)),
            QuestionKind::Euros => Some(Comparable::Measured(Measure::Amount)),
            QuestionKind::Computed => self.measure(path).map(Comparable::Measured),
            QuestionKind::Date => Some(Comparable::Day),
            kind if is_word(kind) => Some(Comparable::Word(kind)),
            _ => None,
        }
    }

    /// Whether the rule of another question can compare it with what a path names.
    pub fn is_comparable(&self, path: &str) -> bool {
        self.comparable(path, &[]).is_some()
    }

    /// Whether a path names a question of the form, or a column of one.
    pub fn asks(&self, path: &str) -> bool {
        self.named(path).is_some()
    }

    /// The question with this code.
    pub fn asked(&self, code: &str) -> Option<&Question> {
        self.question(code).map(|(_, question)| question)
    }

    /// Whether a rule of this question can compare it with what it names; `siblings` are the columns beside it.
    pub fn compares(&self, question: &Question, siblings: &[Question], rule: &AnswerRule) -> bool {
        let own = self.comparable(&question.code, siblings).filter(|own| match own {
            Comparable::Word(_) => !rule.is.is_ordering(),
            Comparable::Measured(_) | Comparable::Day => true,
        });
        match (&rule.to, &rule.value) {
            (Some(path), None) => own.is_some() && own == self.comparable(path, siblings),
            (None, Some(typed)) => own.is_some() && self.written(question, typed).is_some(),
            _ => false,
        }
    }

    /// Whether what is said of `question` changes with the answer to `code`.
    pub fn is_bound(&self, question: &Question, code: &str) -> bool {
        let rules = question.rules.iter().chain(question.row_columns().iter().flat_map(|column| &column.rules));
        let mut names = rules.flat_map(AnswerRule::names);
        let is_end = question.fills == Some(ProjectField::EndsOn);
        names.any(|name| name == code || self.leans_on(name, code))
            || (question.kind == QuestionKind::Computed && self.leans_on(&question.code, code))
            || (is_end && self.question(code).is_some_and(|(_, other)| other.fills == Some(ProjectField::StartsOn)))
    }

    /// What the rules of questions elsewhere say against the answers of this section: the question that each one leans on
    /// here, and its sentence.
    pub fn crossed(&self, section: &Section, answers: &Answers) -> Vec<(String, String)> {
        let elsewhere = self.sections.iter().filter(|other| other.code != section.code);
        let mut said = Vec::new();
        for (other, question) in elsewhere.flat_map(|other| other.questions.iter().map(move |q| (other, q))) {
            let typed = answers.get(&question.code).map_or("", String::as_str);
            let is_given = !question.rules.is_empty() && !self.answer(question, answers).trim().is_empty();
            let here = section.questions.iter().find(|own| is_given && self.is_bound(question, &own.code));
            let Some(here) = here else { continue };
            let is_asked = self.shows_section(other, answers) && self.shows(question, answers);
            let sentence = self.broken_rule(question, typed, None, answers).filter(|_| is_asked);
            said.extend(sentence.map(|sentence| (here.code.clone(), sentence.to_owned())));
        }
        said
    }

    /// What is wrong with an answer that was given; what is missing is not wrong yet.
    pub fn wrong(&self, section: &Section, question: &Question, answers: &Answers) -> Vec<Problem> {
        if !self.shows(question, answers) {
            return Vec::new();
        }
        let filled = Filled { answers, attached: &[], budget: None, partners: 0, legal_form: None };
        let mut problems = self.check_question(section, question, &filled);
        problems.retain(|problem| problem.gravity == Gravity::Wrong);
        problems
    }
}

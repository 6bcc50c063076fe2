//! Values computed from other answers, exactly: whole numbers, cents and hundredths of a per cent in 64 bits.

use super::{Answers, Form, groups, reading};
use crate::domain::{
    definitions::{Formula, Operation, Question, QuestionKind, Section},
    money::{Euros, Rate},
};
use std::{cmp::Ordering, fmt};

/// What a quantity counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    Number,
    Amount,
    Share,
}

/// A number with what it counts. Two of them add up or compare only when they count the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity {
    pub measure: Measure,
    /// Whole ones, cents, basis points.
    units: i64,
}

impl Quantity {
    pub(super) const fn number(units: i64) -> Self {
        Quantity { measure: Measure::Number, units }
    }

    const fn amount(amount: Euros) -> Self {
        Quantity { measure: Measure::Amount, units: amount.cents() }
    }

    const fn share(points: i64) -> Self {
        Quantity { measure: Measure::Share, units: points }
    }

    /// Whole ones, cents or basis points, by what it counts.
    pub const fn units(self) -> i64 {
        self.units
    }

    fn with(self, other: Quantity, count: fn(i64, i64) -> Option<i64>) -> Option<Quantity> {
        let units = count(self.units, other.units).filter(|_| self.measure == other.measure)?;
        Some(Quantity { units, ..self })
    }

    /// What it is of the other, rounded to the hundredth of a per cent, halves away from zero.
    fn of(self, whole: Quantity) -> Option<Quantity> {
        if self.measure != whole.measure || whole.units <= 0 {
            return None;
        }
        let (part, whole) = (i128::from(self.units) * 10_000, i128::from(whole.units));
        let half = if part < 0 { -whole } else { whole };
        i64::try_from((2 * part + half) / (2 * whole)).ok().map(Quantity::share)
    }

    /// `None` when they do not count the same.
    pub(super) fn compared(self, other: Quantity) -> Option<Ordering> {
        (self.measure == other.measure).then(|| self.units.cmp(&other.units))
    }

    /// A value as one would type it; `None` when it does not read.
    pub(super) fn read(measure: Measure, typed: &str) -> Option<Quantity> {
        match measure {
            Measure::Number => reading::whole(typed).map(Quantity::number),
            Measure::Amount => typed.parse().ok().map(Quantity::amount),
            // A percentage has two decimals at most, as an amount does: its hundredths are basis points.
            Measure::Share => {
                let points = typed.trim_end_matches(['%', ' ', '\u{a0}']).parse::<Euros>().ok()?;
                Some(Quantity::share(points.cents()))
            }
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.measure {
            Measure::Amount => Euros::from_cents(self.units).fmt(f),
            // Whole numbers are grouped as whole amounts are.
            Measure::Number => {
                let amount = i64::checked_mul(self.units, 100).map(|cents| Euros::from_cents(cents).to_string());
                f.write_str(amount.unwrap_or_else(|| self.units.to_string()).trim_end_matches("\u{a0}€"))
            }
            Measure::Share => match i32::try_from(self.units) {
                Ok(points) => Rate::from_basis_points(points).fmt(f),
                Err(_) => f.write_str("plus de 100\u{a0}000\u{a0}%"),
            },
        }
    }
}

/// How far computed values lean on each other: each time a few answers at most, so that the work stays small.
pub(super) const DEPTH: usize = 4;
/// The most answers that one formula takes.
pub const MOST_TERMS: usize = 20;

impl<'a> Form<'a> {
    /// The value of a computed question. A sum counts what is there, and is `None` while nothing is; the others are `None`
    /// while an answer they need is not there or does not read.
    pub fn computed(&self, question: &Question, answers: &Answers) -> Option<Quantity> {
        self.compute(question.formula.as_ref()?, answers, DEPTH)
    }

    /// The answer to a question: what was typed, or the value computed from other answers.
    pub fn answer(&self, question: &Question, answers: &Answers) -> String {
        match question.kind {
            QuestionKind::Computed => self.computed(question, answers).map(|value| value.to_string()),
            _ => answers.get(&question.code).cloned(),
        }
        .unwrap_or_default()
    }

    fn compute(&self, formula: &Formula, answers: &Answers, depth: usize) -> Option<Quantity> {
        let depth = depth.checked_sub(1)?;
        let mut values = formula.of.iter().map(|path| self.quantity(path, answers, depth));
        match formula.operation {
            Operation::Sum => {
                let mut known = values.flatten();
                let first = known.next()?;
                known.try_fold(first, |sum, value| sum.with(value, i64::checked_add))
            }
            Operation::Difference => {
                let first = values.next()??;
                values.try_fold(first, |rest, value| rest.with(value?, i64::checked_sub))
            }
            Operation::Share => values.next()??.of(values.next()??),
        }
    }

    /// The section and question that a path names, with its column.
    pub(super) fn named(&self, path: &str) -> Option<(&'a Section, &'a Question, Option<&'a Question>)> {
        let (code, column) = path.split_once('.').map_or((path, None), |(code, column)| (code, Some(column)));
        let (section, question) = self.question(code)?;
        match column {
            None => Some((section, question, None)),
            Some(code) => Some((section, question, Some(question.row_columns().iter().find(|c| c.code == code)?))),
        }
    }

    /// What the answers say of a path, `None` when it is not asked or not answered.
    pub(super) fn quantity(&self, path: &str, answers: &Answers, depth: usize) -> Option<Quantity> {
        let (section, question, column) = self.named(path)?;
        if !self.shows_section(section, answers) || !self.shows(question, answers) {
            return None;
        }
        let typed = answers.get(&question.code).map_or("", String::as_str);
        match column {
            Some(column) => {
                let rows = groups::rows(typed);
                let mut cells = rows.iter().filter_map(|row| measured(column, row.get(&column.code)?));
                let first = cells.next()?;
                cells.try_fold(first, |sum, cell| sum.with(cell, i64::checked_add))
            }
            None if question.kind == QuestionKind::Computed => self.compute(question.formula.as_ref()?, answers, depth),
            None => measured(question, typed),
        }
    }

    /// What a path counts; `None` when it counts nothing, or comes back to itself.
    pub fn measure(&self, path: &str) -> Option<Measure> {
        self.measure_within(path, DEPTH)
    }

    fn measure_within(&self, path: &str, depth: usize) -> Option<Measure> {
        let (_, question, column) = self.named(path)?;
        let asked = column.unwrap_or(question);
        match asked.kind {
            QuestionKind::Number => Some(Measure::Number),
            QuestionKind::Euros => Some(Measure::Amount),
            QuestionKind::Computed => {
                let formula = asked.formula.as_ref()?;
                let first = formula.of.first()?;
                let first = self.measure_within(first, depth.checked_sub(1)?);
                if formula.operation == Operation::Share { first.map(|_| Measure::Share) } else { first }
            }
            _ => None,
        }
    }

    /// Whether a computed question leans on this one, by itself or through others; also when it leans too far to tell.
    pub fn leans_on(&self, path: &str, code: &str) -> bool {
        self.leans_within(path, code, DEPTH)
    }

    fn leans_within(&self, path: &str, code: &str, depth: usize) -> bool {
        let formula = self.named(path).and_then(|(_, question, _)| question.formula.as_ref());
        let Some(formula) = formula else { return false };
        let Some(depth) = depth.checked_sub(1) else { return true };
        let mut names = formula.names();
        names.any(|name| name == code || self.leans_within(name, code, depth))
    }
}

/// A typed number or amount.
pub(super) fn measured(question: &Question, typed: &str) -> Option<Quantity> {
    match question.kind {
        QuestionKind::Number => reading::whole(typed).map(Quantity::number),
        QuestionKind::Euros => typed.parse().ok().filter(|amount| *amount >= Euros::ZERO).map(Quantity::amount),
        _ => None,
    }
}

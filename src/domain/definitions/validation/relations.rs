//! Groups, computed values and rules between answers that cannot be asked, computed or judged.

use super::Faults;
use crate::domain::{
    definitions::{AnswerRule, Comparison, Formula, Operation, Question, QuestionKind, Section},
    forms::{COLUMN_KINDS, Form, MOST_ROWS, MOST_TERMS, Measure},
};

/// Faults of how the answers of a form hold together.
pub(super) fn form(sections: &[Section], path: &str, faults: &mut Faults) {
    let form = Form::of_sections(sections);
    for (i, section) in sections.iter().enumerate() {
        for (j, question) in section.questions.iter().enumerate() {
            let at = format!("{path}.{i}.question.{j}");
            columns(&form, question, &at, faults);
            formula(&form, question, &at, faults);
            rules(&form, question, &[], &at, faults);
        }
    }
}

fn columns(form: &Form<'_>, group: &Question, path: &str, faults: &mut Faults) {
    let (is_group, has_rows) = (group.kind == QuestionKind::Group, group.kind.has_rows());
    faults.unless(is_group != group.columns.is_empty(), path, || match is_group {
        true => format!("the group {:?} has no column.", group.code),
        false => format!("the question {:?} has columns, and its kind has none.", group.code),
    });
    let most = i64::try_from(MOST_ROWS).unwrap_or(i64::MAX);
    let is_bounded = |from: i64, rows: Option<i64>| rows.is_none_or(|rows| (from..=most).contains(&rows));
    faults.unless(!has_rows || is_bounded(0, group.least), format!("{path}.least"), || {
        format!("the group {:?} has at most {MOST_ROWS} rows.", group.code)
    });
    faults.unless(!has_rows || is_bounded(1, group.most), format!("{path}.most"), || {
        format!("the most of the group {:?} is from 1 to {MOST_ROWS} rows.", group.code)
    });
    let codes = group.columns.iter().enumerate();
    faults.codes("column", codes.map(|(i, column)| (format!("{path}.column.{i}.code"), column.code.as_str())));
    for (i, column) in group.columns.iter().enumerate() {
        let at = format!("{path}.column.{i}");
        faults.unless(COLUMN_KINDS.contains(&column.kind), format!("{at}.kind"), || {
            format!("a column cannot be of kind {:?}.", column.kind.code())
        });
        let is_plain = column.show_if.is_none() && column.fills.is_none() && column.statement.is_none();
        faults.unless(is_plain && column.columns.is_empty() && column.formula.is_none(), at.clone(), || {
            format!("the column {:?} can only be asked by itself.", column.code)
        });
        super::questionnaires::question(column, &at, faults);
        rules(form, column, &group.columns, &at, faults);
    }
}

fn formula(form: &Form<'_>, question: &Question, path: &str, faults: &mut Faults) {
    let is_computed = question.kind == QuestionKind::Computed;
    faults.unless(is_computed == question.formula.is_some(), format!("{path}.formula"), || match is_computed {
        true => format!("the question {:?} has no formula.", question.code),
        false => format!("the question {:?} has a formula, and its kind has none.", question.code),
    });
    let Some(formula) = question.formula.as_ref().filter(|_| is_computed) else { return };
    let at = format!("{path}.formula.of");
    let wanted = match formula.operation {
        Operation::Sum => 1..=MOST_TERMS,
        Operation::Difference => 2..=MOST_TERMS,
        Operation::Share => 2..=2,
    };
    let (least, most) = wanted.into_inner();
    if !(least..=most).contains(&formula.of.len()) {
        let sentence = match least == most {
            true => format!("the formula of {:?} takes {most} answers.", question.code),
            false => format!("the formula of {:?} takes from {least} to {most} answers.", question.code),
        };
        return faults.add(format!("{at}.0"), sentence);
    }
    // What leans on a formula that is far too long is not followed: it would take too long to tell.
    let mut formulas = form.sections.iter().flat_map(|section| &section.questions).filter_map(|q| q.formula.as_ref());
    if formulas.all(|formula| formula.of.len() <= MOST_TERMS) {
        terms(form, (question, formula), &at, faults);
    }
}

fn terms(form: &Form<'_>, (question, formula): (&Question, &Formula), at: &str, faults: &mut Faults) {
    if form.leans_on(&question.code, &question.code) {
        return faults.add(
            format!("{at}.0"),
            format!("the formula of {:?} comes back to itself, or leans on too many.", question.code),
        );
    }
    let mut first: Option<Measure> = None;
    for (i, name) in formula.of.iter().enumerate() {
        let at = format!("{at}.{i}");
        match form.measure(name) {
            _ if !form.asks(name) => {
                faults.add(at, format!("the formula of {:?} names {name:?}, which is no question.", question.code));
            }
            None | Some(Measure::Share) => faults.add(
                at,
                format!("the formula of {:?} names {name:?}, which is neither a number nor an amount.", question.code),
            ),
            measure if first.is_none() => first = measure,
            measure => faults.unless(measure == first, at, || {
                format!("the formula of {:?} mixes numbers and amounts.", question.code)
            }),
        }
    }
}

fn rules(form: &Form<'_>, question: &Question, siblings: &[Question], path: &str, faults: &mut Faults) {
    for (i, rule) in question.rules.iter().enumerate() {
        let at = format!("{path}.rule.{i}");
        faults.unless(!rule.sentence.trim().is_empty(), format!("{at}.sentence"), || {
            format!("a rule of {:?} has no sentence.", question.code)
        });
        compared(form, (question, rule), siblings, &at, faults);
        if let Some(when) = &rule.when {
            match form.asked(&when.question) {
                None => faults.add(
                    format!("{at}.when"),
                    format!("a rule of {:?} names {:?}, which is no question.", question.code, when.question),
                ),
                Some(asked) => super::questionnaires::answers(asked, &when.any_of, &format!("{at}.when"), faults),
            }
        }
    }
}

fn compared(
    form: &Form<'_>,
    (question, rule): (&Question, &AnswerRule),
    siblings: &[Question],
    at: &str,
    faults: &mut Faults,
) {
    if rule.is == Comparison::Filled {
        return faults.unless(rule.to.is_none() && rule.value.is_none(), at, || {
            format!("a rule of {:?} wants an answer, and compares it too.", question.code)
        });
    }
    match (&rule.to, &rule.value) {
        (Some(_), Some(_)) | (None, None) => {
            faults.add(at, format!("a rule of {:?} compares with one answer or one value.", question.code));
        }
        (Some(name), None) if !form.asks(name) && !siblings.iter().any(|column| column.code == *name) => faults
            .add(format!("{at}.to"), format!("a rule of {:?} names {name:?}, which is no question.", question.code)),
        (Some(name), None) => faults.unless(form.compares(question, siblings, rule), format!("{at}.to"), || {
            format!("a rule of {:?} cannot compare it with {name:?} in this way.", question.code)
        }),
        (None, Some(value)) => faults.unless(form.compares(question, siblings, rule), format!("{at}.value"), || {
            format!("a rule of {:?} cannot compare it with the value {value:?}.", question.code)
        }),
    }
}

//! Groups: a question answered by rows of simple answers.
//!
//! The whole is one answer, a row a line, its cells apart by tabs and each under the code of its column:
//! `date=2027-04-01\theures=2`. A row left empty between two others is `=`, so that rows keep their numbers.

use super::{Answers, Form, Gravity, Problem, reading};
use crate::domain::{
    definitions::{Need, Question, QuestionKind, Section},
    text::counted,
};
use std::collections::BTreeMap;

/// One row: what was typed in each column, by its code. An empty cell is not there.
pub type Row = BTreeMap<String, String>;

/// More rows than any group has.
pub const MOST_ROWS: usize = 50;

/// The kinds of answers that a column may hold.
pub const COLUMN_KINDS: &[QuestionKind] = &[
    QuestionKind::ShortText,
    QuestionKind::Number,
    QuestionKind::Euros,
    QuestionKind::Date,
    QuestionKind::YesNo,
    QuestionKind::Choice,
    QuestionKind::Country,
    QuestionKind::Email,
    QuestionKind::Phone,
];

/// The rows of an answer, empty ones included.
pub fn rows(answer: &str) -> Vec<Row> {
    let row = |line: &str| {
        let cells = line.split('\t').filter_map(|cell| cell.split_once('='));
        cells.filter(|(column, _)| !column.is_empty()).map(|(c, value)| (c.to_owned(), value.to_owned())).collect()
    };
    match answer.trim() {
        "" => Vec::new(),
        answer => answer.split('\n').take(MOST_ROWS).map(row).collect(),
    }
}

/// The rows as an answer is kept; empty ones at the end are left out.
pub fn rows_text(rows: &[Row]) -> String {
    let clean = |value: &str| value.replace(['\t', '\n', '\r'], " ").trim().to_owned();
    let line = |row: &Row| {
        let cells = row.iter().map(|(column, value)| (column, clean(value))).filter(|(_, value)| !value.is_empty());
        let cells: Vec<_> = cells.map(|(column, value)| format!("{column}={value}")).collect();
        if cells.is_empty() { "=".to_owned() } else { cells.join("\t") }
    };
    let mut lines: Vec<_> = rows.iter().map(line).collect();
    while lines.last().is_some_and(|line| line == "=") {
        lines.pop();
    }
    lines.join("\n")
}

/// The same answer without its empty rows.
pub fn packed(answer: &str) -> String {
    let filled: Vec<_> = rows(answer).into_iter().filter(|row| !row.is_empty()).collect();
    rows_text(&filled)
}

/// The name of the field of one cell; rows count from 0.
pub fn cell_field(group: &str, row: usize, column: &str) -> String {
    format!("{group}-{row}-{column}")
}

/// How many rows say something in the columns of the group.
pub(super) fn count(group: &Question, answer: &str) -> usize {
    rows(answer).iter().filter(|row| group.row_columns().iter().any(|column| row.contains_key(&column.code))).count()
}

fn placed(row: usize, column: &Question, sentence: &str) -> String {
    format!("Ligne {}, «\u{a0}{}\u{a0}». {sentence}", row + 1, column.label)
}

/// Judges a whole answer, as one that goes over to another form: nothing of it may be lost.
pub(super) fn read(group: &Question, axes: &[String], answer: &str) -> Result<(), String> {
    for (i, row) in rows(answer).iter().enumerate() {
        for (code, value) in row {
            let Some(column) = group.row_columns().iter().find(|column| column.code == *code) else {
                return Err(format!("Ligne {}\u{a0}: «\u{a0}{value}\u{a0}» n’est plus demandé.", i + 1));
            };
            reading::read(column, axes, value).map_err(|sentence| placed(i, column, &sentence))?;
        }
    }
    too_many(group, count(group, answer)).map_or(Ok(()), Err)
}

/// What of an answer the group can take: its known columns, where they read.
pub(super) fn kept(group: &Question, axes: &[String], answer: &str) -> String {
    let reads = |code: &String, value: &String| {
        let column = group.row_columns().iter().find(|column| column.code == *code);
        column.is_some_and(|column| reading::read(column, axes, value).is_ok())
    };
    let kept = rows(answer).into_iter().map(|row| row.into_iter().filter(|(c, v)| reads(c, v)).collect::<Row>());
    let kept: Vec<_> = kept.filter(|row| !row.is_empty()).collect();
    rows_text(&kept[..kept.len().min(most(group))])
}

/// The most rows of a group; of an organisation, one unless the question takes several.
pub fn most(group: &Question) -> usize {
    let usual = if group.kind == QuestionKind::Organisation { 1 } else { MOST_ROWS };
    group.most.and_then(|most| usize::try_from(most).ok()).unwrap_or(usual).min(MOST_ROWS)
}

/// « 1 ligne », « 2 lignes ».
pub fn rows_counted(rows: usize) -> String {
    counted(i64::try_from(rows).unwrap_or(i64::MAX), "ligne", "lignes")
}

fn too_many(group: &Question, count: usize) -> Option<String> {
    let most = most(group);
    (count > most).then(|| format!("Gardez au plus {}\u{a0}: il y en a {count}.", rows_counted(most)))
}

impl Form<'_> {
    /// What is missing or wrong in the rows of a group that has some.
    pub(super) fn check_rows(&self, section: &Section, group: &Question, answers: &Answers) -> Vec<Problem> {
        let typed = answers.get(&group.code).map_or("", String::as_str);
        let problem = |gravity, cell, message| Problem {
            section: section.code.clone(),
            question: Some(group.code.clone()),
            cell,
            gravity,
            message,
        };
        let mut problems = Vec::new();
        for (i, row) in rows(typed).iter().enumerate().filter(|(_, row)| !row.is_empty()) {
            for column in group.row_columns() {
                let cell = || Some(cell_field(&group.code, i, &column.code));
                match (row.get(&column.code), self.wrong_cell(group, column, row, answers)) {
                    (_, Some(said)) => problems.push(problem(Gravity::Wrong, cell(), placed(i, column, &said))),
                    (None, None) if column.need == Need::Required => {
                        problems.push(problem(Gravity::Missing, cell(), placed(i, column, "Remplissez cette case.")));
                    }
                    _ => {}
                }
            }
        }
        let count = count(group, typed);
        let least = group.least.and_then(|least| usize::try_from(least).ok()).unwrap_or_default();
        if count < least {
            let said = format!(
                "Remplissez au moins {} de «\u{a0}{}\u{a0}»\u{a0}: il y en a {count}.",
                rows_counted(least),
                group.label
            );
            problems.push(problem(Gravity::Missing, None, said));
        }
        problems.extend(too_many(group, count).map(|said| problem(Gravity::Wrong, None, said)));
        problems
    }

    fn wrong_cell(&self, group: &Question, column: &Question, row: &Row, answers: &Answers) -> Option<String> {
        let typed = row.get(&column.code).map_or("", String::as_str);
        let misread = Some(typed).filter(|typed| !typed.is_empty());
        let misread = misread.and_then(|typed| reading::read(column, self.axes, typed).err());
        misread.or_else(|| {
            let around = Some((group.row_columns(), row));
            self.broken_rule(column, typed, around, answers).map(ToOwned::to_owned)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[(&str, &str)]) -> Row {
        cells.iter().map(|(column, value)| ((*column).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn rows_are_kept_as_typed_and_keep_their_numbers() {
        let typed = [row(&[("lieu", "Lille = centre"), ("le", "2027-04-01")]), row(&[]), row(&[("lieu", "Lens")])];
        let text = rows_text(&typed);
        assert_eq!(text, "le=2027-04-01\tlieu=Lille = centre\n=\nlieu=Lens");
        assert_eq!(rows(&text), typed);
        assert_eq!(packed(&text), "le=2027-04-01\tlieu=Lille = centre\nlieu=Lens");
        assert_eq!(rows_text(&[row(&[("a", " deux\tmots\n")]), row(&[("a", " ")])]), "a=deux mots");
        assert_eq!((rows(""), rows_text(&[row(&[])])), (Vec::new(), String::new()));
    }
}

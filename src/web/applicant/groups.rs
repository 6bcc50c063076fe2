//! Groups on the page: rows of fields, the buttons that add and take away a row, and what is read back.

use super::questions::{self, Asked};
use crate::{
    domain::{
        definitions::{CallDefinition, Question},
        forms::{self, Row},
    },
    usecases::answers::Typed,
    web::Fields,
};

/// One row of a group.
pub(in crate::web) struct RowAsked {
    pub cells: Vec<Asked>,
    /// What the button that takes it away sends.
    pub removal: String,
}

/// What a button of a group asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RowDeed {
    /// One more row than the page showed.
    Add(String),
    /// The group, and the row from 0.
    Remove(String, usize),
}

impl RowDeed {
    /// What a button sends: `ligne.sessions`, `retrait.sessions.2`.
    pub(super) fn parse(sent: &str) -> Option<RowDeed> {
        let (deed, rest) = sent.split_once('.')?;
        match deed {
            "ligne" => Some(RowDeed::Add(rest.to_owned())),
            "retrait" => {
                let (group, row) = rest.split_once('.')?;
                Some(RowDeed::Remove(group.to_owned(), row.parse().ok()?))
            }
            _ => None,
        }
    }

    pub(super) fn group(&self) -> &str {
        match self {
            RowDeed::Add(group) | RowDeed::Remove(group, _) => group,
        }
    }
}

/// A group with its rows under their own numbers, and empty ones up to `least` or to its own minimum.
pub(super) fn with_rows(asked: Asked, call: &CallDefinition, group: &Question, least: usize) -> Asked {
    let mut rows = forms::rows(&asked.value);
    let (known, most) = (rows.len(), forms::most(group));
    let own = group.least.and_then(|least| usize::try_from(least).ok()).unwrap_or_default();
    rows.resize(known.max(least.max(own).min(most)), Row::new());
    let full = if rows.len() < most { String::new() } else { format!("{} au plus.", forms::rows_counted(most)) };
    let row = |(i, row): (usize, &Row)| RowAsked {
        cells: group.row_columns().iter().map(|column| cell(call, (group, i), column, row)).collect(),
        removal: format!("retrait.{}.{i}", group.code),
    };
    Asked { rows: rows.iter().enumerate().map(row).collect(), full, ..asked }
}

fn cell(call: &CallDefinition, (group, row): (&Question, usize), column: &Question, typed: &Row) -> Asked {
    let cell = questions::asked(call, column, typed.get(&column.code).map_or("", String::as_str));
    let name = forms::cell_field(&group.code, row, &column.code);
    // Beside other cells a list takes less room than buttons.
    Asked { name, widget: if cell.widget == "radios" { "select" } else { cell.widget }, ..cell }
}

/// The fields that say an answer, each with its value.
pub(super) fn fields(group: &Question, answer: &str) -> Vec<(String, String)> {
    let cells = forms::rows(answer).into_iter().enumerate();
    let cells = cells.flat_map(|(i, row)| row.into_iter().map(move |(column, value)| (i, column, value)));
    cells.map(|(i, column, value)| (forms::cell_field(&group.code, i, &column), value)).collect()
}

/// The rows of a group as the form sends them, empty ones included.
pub(super) fn typed(group: &Question, form: &Fields) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let prefix = format!("{}-", group.code);
    for (name, value) in form.iter() {
        let Some((row, column)) = name.strip_prefix(&prefix).and_then(|rest| rest.split_once('-')) else { continue };
        let Some(row) = row.parse::<usize>().ok().filter(|row| *row < forms::MOST_ROWS) else { continue };
        if group.row_columns().iter().any(|known| known.code == column) {
            rows.resize(rows.len().max(row + 1), Row::new());
            if !value.trim().is_empty() {
                rows[row].insert(column.to_owned(), value.trim().to_owned());
            }
        }
    }
    rows
}

/// How many rows the page of the form shows once a deed is done: one more, or one fewer.
pub(super) fn rows_after(group: &Question, form: &Fields, deed: &RowDeed) -> usize {
    let shown = typed(group, form).len();
    match deed {
        RowDeed::Add(_) => shown + 1,
        RowDeed::Remove(..) => shown.saturating_sub(1),
    }
}

/// Takes away the row that a button names, and the rows that say nothing.
pub(super) fn tidy(questions: &[Question], form: &Fields, deed: Option<&RowDeed>, said: &mut Typed) {
    for group in questions.iter().filter(|question| question.kind.has_rows()) {
        let Some(answer) = said.get_mut(&group.code) else { continue };
        let mut rows = typed(group, form);
        let gone = match deed.filter(|deed| deed.group() == group.code) {
            Some(RowDeed::Remove(_, row)) => Some(*row),
            _ => None,
        };
        let mut place = 0..;
        rows.retain(|_| place.next() != gone);
        *answer = forms::packed(&forms::rows_text(&rows));
    }
}

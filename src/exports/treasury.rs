//! What has to leave and what leaves each month, as the pages show them: two tables without a line of totals.

use super::{
    csv_files::CsvRows,
    lists::ListColumn,
    sheets::{Cell, ExportError, Form, Heading},
    xlsx_files::begin_pages,
};
use crate::{
    domain::blockers::Blocker,
    usecases::payables::{Cash, Flow, Payable, SourceCash},
};
use std::{convert::Infallible, io::Cursor};

/// Why a table could not be written.
pub type TreasuryError = ExportError<Infallible>;

/// A table in one of its forms, ready to be written.
pub struct Sheet {
    name: &'static str,
    form: Form,
    headings: Vec<Heading>,
    rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// The table as CSV.
    pub fn csv(&self) -> Result<Vec<u8>, TreasuryError> {
        let mut bytes = Vec::new();
        let mut file = CsvRows::begin(&self.headings, self.form, &mut bytes)?;
        self.rows.iter().try_for_each(|cells| file.write(cells))?;
        file.end()?;
        Ok(bytes)
    }

    /// The table as a workbook of one sheet.
    pub fn xlsx(&self) -> Result<Vec<u8>, TreasuryError> {
        let mut book = begin_pages();
        let place = book.open(self.name, &self.headings)?;
        self.rows.iter().try_for_each(|cells| book.write(place, cells))?;
        let mut bytes = Cursor::new(Vec::new());
        book.end(&mut bytes)?;
        Ok(bytes.into_inner())
    }
}

fn headings(columns: &'static [ListColumn]) -> Vec<Heading> {
    columns.iter().map(|(key, heading, width)| Heading::new(key, heading, *width)).collect()
}

/// The columns of what has to leave.
pub const PAYABLES: &[ListColumn] = &[
    ("beneficiary_name", "Bénéficiaire", 34),
    ("grant_reference", "Subvention", 18),
    ("call_title", "Appel à projets", 30),
    ("kind", "Nature", 12),
    ("sequence", "Rang", 8),
    ("status", "État", 18),
    ("due_on", "Échéance", 12),
    ("not_before", "Pas avant le", 12),
    ("waits_for", "Ce qui manque", 44),
    ("turn", "Qui doit agir", 28),
    ("amount", "Montant (€)", 16),
];

/// What has to leave: a line for each disbursement.
pub fn payables(lines: &[Payable], form: Form) -> Sheet {
    let headings = headings(PAYABLES);
    Sheet { name: "À verser", form, headings, rows: lines.iter().map(|line| payable(line, form)).collect() }
}

fn payable(line: &Payable, form: Form) -> Vec<Cell> {
    let row = &line.file.disbursement;
    let is_french = form == Form::French;
    let all = |of: fn(Blocker, bool) -> &'static str| {
        let mut words: Vec<&'static str> = Vec::new();
        for word in line.blockers.iter().map(|blocker| of(*blocker, is_french)) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
        words.join(if is_french { ", " } else { "|" })
    };
    vec![
        Cell::Text(line.file.holder.name.clone()),
        Cell::Text(line.file.grant.grant_reference.clone()),
        Cell::Text(line.file.call.call_title.clone()),
        Cell::Text(if is_french { row.kind.label() } else { row.kind.code() }.to_owned()),
        Cell::Integer(row.number.into()),
        Cell::Text(if is_french { row.state.label() } else { row.state.code() }.to_owned()),
        row.due_on.map_or(Cell::Empty, Cell::Date),
        line.not_before.map_or(Cell::Empty, Cell::Date),
        Cell::Text(all(|blocker, is_french| if is_french { blocker.label() } else { blocker.code() })),
        Cell::Text(all(|blocker, is_french| if is_french { blocker.turn().label() } else { blocker.turn().code() })),
        Cell::Money(row.amount_cents),
    ]
}

/// The columns of what leaves each month.
pub const CASH: &[ListColumn] = &[
    ("funder", "Bailleur", 30),
    ("source", "Financement", 18),
    ("month", "Mois", 10),
    ("paid", "Versé (€)", 16),
    ("in_run", "Dans un lot (€)", 16),
    ("due", "Dû (€)", 16),
    ("planned", "Prévu (€)", 16),
    ("left", "Reste disponible (€)", 18),
];

/// What leaves: a line for each source and month, one for all the months before and one for all those after.
pub fn cash(found: &Cash, form: Form) -> Sheet {
    let headings = headings(CASH);
    let rows = found.sources.iter().flat_map(|source| months(found, source, form)).collect();
    Sheet { name: "Trésorerie", form, headings, rows }
}

fn months(found: &Cash, source: &SourceCash, form: Form) -> Vec<Vec<Cell>> {
    let line = |month: String, flow: &Flow, left| {
        let sums = [flow.paid, flow.in_run, flow.due, flow.planned, left].map(Cell::Money);
        let names = [source.funder.clone(), source.reference.clone(), month].map(Cell::Text);
        names.into_iter().chain(sums).collect::<Vec<_>>()
    };
    let (before, after) = if form == Form::French { ("avant", "après") } else { ("before", "after") };
    let mut lines = vec![line(before.to_owned(), &source.before, source.given - source.before.total())];
    let left = source.left();
    for ((month, flow), left) in found.months.iter().zip(&source.months).zip(left) {
        lines.push(line(month.format("%Y-%m").to_string(), flow, left));
    }
    lines.push(line(after.to_owned(), &source.after, source.given - source.whole().total()));
    lines
}

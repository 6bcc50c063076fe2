//! What a table that leaves the house is made of: columns with a fixed key, a French heading and a typed value. The
//! same columns give the CSV in both forms and the XLSX, so that no two exports of one noun can disagree.

use crate::{
    domain::{
        identity::SealedIban,
        money::{Euros, Rate},
        time::Moment,
    },
    usecases::exports::FunderShare,
};
use chrono::NaiveDate;
use std::io::{self, Write};

pub use super::{csv_files::write_csv, xlsx_files::write_xlsx};

/// For whom a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For a French spreadsheet: headings, `;`, decimal comma, byte-order mark, a line of totals.
    French,
    /// For a program: stable keys, `,`, decimal point, no mark, nothing but rows.
    Machine,
}

/// What a column holds and how to get it from a row.
pub enum Value<Row> {
    /// A text kept by the row.
    Text(fn(&Row) -> &str),
    /// Several codes: separated by commas for people, by `|` for programs.
    Codes(fn(&Row) -> &[String]),
    /// From which funding sources an amount comes.
    Split(fn(&Row) -> &[FunderShare]),
    /// An account number, of which only the ends are written.
    Masked(fn(&Row) -> Option<&SealedIban>),
    /// An amount; the only kind that is totalled.
    Money(fn(&Row) -> Option<Euros>),
    /// A day.
    Date(fn(&Row) -> Option<NaiveDate>),
    /// An instant: shown on the Paris wall clock to people, in UTC to programs.
    Instant(fn(&Row) -> Option<Moment>),
    /// A whole number.
    Integer(fn(&Row) -> Option<i64>),
    /// A rate, written in percent.
    Rate(fn(&Row) -> Option<Rate>),
}

/// One column of a table.
pub struct Column<Row> {
    /// The name for programs. Never changes once published.
    pub key: &'static str,
    /// The name for people, in French.
    pub heading: &'static str,
    /// How wide in a spreadsheet, in characters.
    pub width: u16,
    /// What it holds.
    pub value: Value<Row>,
}

impl<Row> Column<Row> {
    /// A column of texts kept by the row.
    pub const fn text(key: &'static str, heading: &'static str, width: u16, of: fn(&Row) -> &str) -> Self {
        Self { key, heading, width, value: Value::Text(of) }
    }

    /// A column of lists of codes.
    pub const fn codes(key: &'static str, heading: &'static str, width: u16, of: fn(&Row) -> &[String]) -> Self {
        Self { key, heading, width, value: Value::Codes(of) }
    }

    /// A column that says where an amount comes from.
    pub const fn split(key: &'static str, heading: &'static str, width: u16, of: fn(&Row) -> &[FunderShare]) -> Self {
        Self { key, heading, width, value: Value::Split(of) }
    }

    /// A column of masked account numbers.
    pub const fn masked(
        key: &'static str,
        heading: &'static str,
        width: u16,
        of: fn(&Row) -> Option<&SealedIban>,
    ) -> Self {
        Self { key, heading, width, value: Value::Masked(of) }
    }

    /// A column of amounts.
    pub const fn money(key: &'static str, heading: &'static str, of: fn(&Row) -> Option<Euros>) -> Self {
        Self { key, heading, width: 16, value: Value::Money(of) }
    }

    /// A column of days.
    pub const fn date(key: &'static str, heading: &'static str, of: fn(&Row) -> Option<NaiveDate>) -> Self {
        Self { key, heading, width: 12, value: Value::Date(of) }
    }

    /// A column of instants.
    pub const fn instant(key: &'static str, heading: &'static str, of: fn(&Row) -> Option<Moment>) -> Self {
        Self { key, heading, width: 18, value: Value::Instant(of) }
    }

    /// A column of whole numbers.
    pub const fn integer(key: &'static str, heading: &'static str, of: fn(&Row) -> Option<i64>) -> Self {
        Self { key, heading, width: 10, value: Value::Integer(of) }
    }

    /// A column of rates.
    pub const fn rate(key: &'static str, heading: &'static str, of: fn(&Row) -> Option<Rate>) -> Self {
        Self { key, heading, width: 10, value: Value::Rate(of) }
    }
}

/// A column that more than one table has, under one key and one heading.
macro_rules! shared {
    (application_reference) => {
        Column::text("application_reference", "Dossier", 18, |r| &r.application_reference)
    };
    (project_title) => {
        Column::text("project_title", "Projet", 40, |r| &r.project_title)
    };
    (call_reference) => {
        Column::text("call_reference", "Référence de l’appel", 18, |r| &r.origin.call_reference)
    };
    (call_title) => {
        Column::text("call_title", "Appel à projets", 30, |r| &r.origin.call_title)
    };
    (status) => {
        Column::text("status", "Code d’état", 12, |r| r.status)
    };
    (status_label) => {
        Column::text("status_label", "État", 18, |r| r.status_label)
    };
    (reviews) => {
        Column::integer("reviews", "Notations rendues", |r| r.reviews)
    };
    (rank) => {
        Column::integer("rank", "Rang", |r| r.rank)
    };
    (requested) => {
        Column::money("requested", "Demandé (€)", |r| r.requested)
    };
    (awarded) => {
        Column::money("awarded", "Attribué (€)", |r| r.awarded)
    };
}
pub(super) use shared;

/// A table that leaves the house.
pub struct Table<Row: 'static> {
    /// The name of the sheet when there is no row to name it by, in French.
    pub name: &'static str,
    /// The columns, in order. The first one holds texts: the word « Total » goes there.
    pub columns: &'static [Column<Row>],
    /// The fund of a row: in a workbook each fund has its sheet, and rows come ordered by fund.
    pub fund: fn(&Row) -> &str,
}

/// What went out: to be compared with the money journal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// How many rows, headings and totals aside.
    pub rows: u64,
    /// The total of each column of amounts, by its key.
    pub totals: Vec<(&'static str, Euros)>,
}

/// Why a table could not be written to its end. What has been written of it is of no use.
#[derive(Debug, thiserror::Error)]
pub enum ExportError<E> {
    /// The rows stopped coming.
    #[error("the rows could not be read")]
    Rows(#[source] E),
    /// The file, the disk or the visitor's connection failed.
    #[error("the file could not be written")]
    Write(#[from] io::Error),
    /// The spreadsheet could not be built.
    #[error("the spreadsheet could not be written")]
    Sheet(#[from] rust_xlsxwriter::XlsxError),
}

/// Writes a table as a workbook to a temporary file, ready to be read from its beginning. The file has no name and
/// disappears with its handle.
pub fn xlsx_file<Row, E>(
    table: &Table<Row>,
    rows: impl Iterator<Item = Result<Row, E>>,
) -> Result<(std::fs::File, Written), ExportError<E>> {
    let mut file = tempfile::tempfile()?;
    let written = write_xlsx(table, rows, io::BufWriter::new(&mut file))?;
    file.flush()?;
    io::Seek::rewind(&mut file)?;
    Ok((file, written))
}

/// The name of a column that is known only once its call is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// For programs. Never changes once published.
    pub key: String,
    /// For people, in French.
    pub heading: String,
    /// How wide in a spreadsheet, in characters.
    pub width: u16,
}

impl Heading {
    /// A heading.
    pub fn new(key: &str, heading: &str, width: u16) -> Self {
        Heading { key: key.to_owned(), heading: heading.to_owned(), width }
    }
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Empty,
    Text(String),
    Money(Euros),
    Date(NaiveDate),
    Instant(Moment),
    Integer(i64),
    Rate(Rate),
}

impl<Row> Value<Row> {
    /// The cell of a row.
    pub(super) fn cell(&self, row: &Row, form: Form) -> Cell {
        let some = |cell: Option<Cell>| cell.unwrap_or(Cell::Empty);
        match self {
            Value::Text(of) => Cell::Text(of(row).to_owned()),
            Value::Codes(_) | Value::Split(_) | Value::Masked(_) => {
                let mut text = String::new();
                self.compose(row, form, &mut text);
                Cell::Text(text)
            }
            Value::Money(of) => some(of(row).map(Cell::Money)),
            Value::Date(of) => some(of(row).map(Cell::Date)),
            Value::Instant(of) => some(of(row).map(Cell::Instant)),
            Value::Integer(of) => some(of(row).map(Cell::Integer)),
            Value::Rate(of) => some(of(row).map(Cell::Rate)),
        }
    }

    /// Appends the text of a cell composed from the row, whose writing may depend on the form; nothing for the others.
    pub(super) fn compose(&self, row: &Row, form: Form, text: &mut String) {
        match self {
            Value::Codes(of) => push_codes(of(row), form, text),
            Value::Split(of) => push_split(of(row), form, text),
            Value::Masked(of) => of(row).into_iter().for_each(|iban| text.push_str(&iban.masked())),
            _ => {}
        }
    }
}

/// The totals of the columns of amounts, column by column.
pub(super) struct Totals<Row: 'static> {
    columns: &'static [Column<Row>],
    sums: Vec<Euros>,
    pub(super) rows: u64,
}

impl<Row> Totals<Row> {
    pub(super) fn new(table: &Table<Row>) -> Self {
        Self { columns: table.columns, sums: vec![Euros::ZERO; table.columns.len()], rows: 0 }
    }

    /// Counts the amount of this column.
    pub(super) fn add(&mut self, column: usize, amount: Euros) {
        if let Some(sum) = self.sums.get_mut(column) {
            *sum += amount;
        }
    }

    /// The total of this column.
    pub(super) fn of(&self, column: usize) -> Euros {
        self.sums.get(column).copied().unwrap_or_default()
    }

    /// Adds the totals of another sheet of the same table.
    pub(super) fn absorb(&mut self, other: &Totals<Row>) {
        self.rows += other.rows;
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, more)| *sum += *more);
    }

    pub(super) fn written(&self) -> Written {
        let amounts = self.columns.iter().zip(&self.sums).filter(|(column, _)| matches!(column.value, Value::Money(_)));
        Written { rows: self.rows, totals: amounts.map(|(column, sum)| (column.key, *sum)).collect() }
    }
}

/// Appends an amount as a French text: `2 400,00`, by thousands, always two decimals, no sign of euro.
pub fn push_french_amount(text: &mut String, amount: Euros) {
    let plain = amount.plain();
    let (whole, cents) = plain.split_once(',').unwrap_or((&plain, "00"));
    let digits = whole.trim_start_matches('-');
    text.push_str(&whole[..whole.len() - digits.len()]);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text.push(',');
    text.push_str(cents);
}

/// Appends a split: `AFD 2 400,00 ; Région 600,00` for people, `AFD-2026=2400.00|REG-2026=600.00` for programs.
fn push_split(shares: &[FunderShare], form: Form, text: &mut String) {
    for (place, share) in shares.iter().enumerate() {
        match form {
            Form::French => {
                text.push_str(if place > 0 { " ; " } else { "" });
                text.push_str(&share.funder);
                text.push(' ');
                push_french_amount(text, share.amount);
            }
            Form::Machine => {
                text.push_str(if place > 0 { "|" } else { "" });
                text.push_str(&share.source);
                text.push('=');
                text.push_str(&share.amount.machine());
            }
        }
    }
}

/// Appends a list of codes: separated by commas for people, by `|` for programs.
fn push_codes(codes: &[String], form: Form, text: &mut String) {
    for (place, code) in codes.iter().enumerate() {
        if place > 0 {
            text.push_str(if form == Form::French { ", " } else { "|" });
        }
        text.push_str(code);
    }
}

//! Tables as CSV (RFC 4180), row by row: nothing is kept but one row, one cell and the totals.

use super::sheets::{Cell, ExportError, Form, Heading, Table, Totals, Value, Written};
use crate::domain::{
    money::{Euros, Rate},
    time::Moment,
};
use chrono::{Datelike, NaiveDate, Timelike};
use csv::{Terminator, Writer, WriterBuilder};
use std::{
    fmt::Write as _,
    io::{self, Write},
};

/// Writes the rows as they come. UTF-8 and CRLF in both forms; see `Form` for what differs.
pub fn write_csv<Row, E, W: Write, I: Iterator<Item = Result<Row, E>>>(
    table: &Table<Row>,
    form: Form,
    rows: I,
    to: W,
) -> Result<Written, ExportError<E>> {
    let french = form == Form::French;
    let mut writer = begun(form, to)?;
    for column in table.columns {
        writer.write_field(if french { column.heading } else { column.key }).map_err(io::Error::from)?;
    }
    end_line(&mut writer)?;
    let mut totals = Totals::new(table);
    let mut cell = String::with_capacity(256);
    for row in rows {
        let row = row.map_err(ExportError::Rows)?;
        write_row(&mut writer, table, form, &row, &mut totals, &mut cell)?;
    }
    if french {
        write_totals(&mut writer, table, &totals, &mut cell)?;
    }
    writer.flush()?;
    Ok(totals.written())
}

/// A file whose columns are known only once its call is.
pub(super) struct CsvRows<W: Write> {
    writer: Writer<W>,
    form: Form,
    cell: String,
    rows: u64,
}

impl<W: Write> CsvRows<W> {
    /// Writes the headings.
    pub(super) fn begin(headings: &[Heading], form: Form, to: W) -> io::Result<Self> {
        let french = form == Form::French;
        let mut writer = begun(form, to)?;
        let mut cell = String::with_capacity(256);
        for heading in headings {
            cell.clear();
            writer.write_field(harmless(if french { &heading.heading } else { &heading.key }, &mut cell))?;
        }
        end_line(&mut writer)?;
        Ok(CsvRows { writer, form, cell, rows: 0 })
    }

    /// Writes one row.
    pub(super) fn write(&mut self, cells: &[Cell]) -> io::Result<()> {
        for value in cells {
            let cell = &mut self.cell;
            cell.clear();
            match value {
                Cell::Empty => {}
                Cell::Text(text) => {
                    self.writer.write_field(harmless(text, cell))?;
                    continue;
                }
                Cell::Money(amount) => push_amount(cell, *amount, self.form),
                Cell::Date(date) => push_date(cell, *date),
                Cell::Instant(at) => push_instant(cell, *at, self.form),
                Cell::Integer(number) => push(cell, format_args!("{number}")),
                Cell::Rate(rate) => push_rate(cell, *rate, self.form),
            }
            self.writer.write_field(cell.as_bytes())?;
        }
        self.rows += 1;
        end_line(&mut self.writer)
    }

    /// How many rows were written.
    pub(super) fn end(mut self) -> io::Result<u64> {
        self.writer.flush()?;
        Ok(self.rows)
    }
}

/// What writes a file of this form: the mark that a French spreadsheet looks for is there.
fn begun<W: Write>(form: Form, mut to: W) -> io::Result<Writer<W>> {
    let french = form == Form::French;
    if french {
        to.write_all("\u{feff}".as_bytes())?;
    }
    let mut builder = WriterBuilder::new();
    builder.delimiter(if french { b';' } else { b',' }).terminator(Terminator::CRLF).buffer_capacity(32 * 1024);
    Ok(builder.from_writer(to))
}

fn end_line<W: Write>(writer: &mut Writer<W>) -> io::Result<()> {
    Ok(writer.write_record(None::<&[u8]>)?)
}

/// Writes one row, using `cell` as the room where each value is composed.
fn write_row<Row, W: Write>(
    writer: &mut Writer<W>,
    table: &Table<Row>,
    form: Form,
    row: &Row,
    totals: &mut Totals<Row>,
    cell: &mut String,
) -> io::Result<()> {
    for (place, column) in table.columns.iter().enumerate() {
        cell.clear();
        match column.value {
            Value::Text(of) => {
                writer.write_field(harmless(of(row), cell))?;
                continue;
            }
            Value::Codes(_) | Value::Split(_) | Value::Masked(_) => {
                column.value.compose(row, form, cell);
                if is_formula(cell) {
                    cell.insert(0, '\'');
                }
            }
            Value::Money(of) => {
                if let Some(amount) = of(row) {
                    totals.add(place, amount);
                    push_amount(cell, amount, form);
                }
            }
            Value::Date(of) => of(row).into_iter().for_each(|date| push_date(cell, date)),
            Value::Instant(of) => of(row).into_iter().for_each(|at| push_instant(cell, at, form)),
            Value::Integer(of) => of(row).into_iter().for_each(|number| push(cell, format_args!("{number}"))),
            Value::Rate(of) => of(row).into_iter().for_each(|rate| push_rate(cell, rate, form)),
        }
        writer.write_field(cell.as_bytes())?;
    }
    totals.rows += 1;
    end_line(writer)
}

/// The last line of the French form.
fn write_totals<Row, W: Write>(
    writer: &mut Writer<W>,
    table: &Table<Row>,
    totals: &Totals<Row>,
    cell: &mut String,
) -> io::Result<()> {
    for (place, column) in table.columns.iter().enumerate() {
        cell.clear();
        match column.value {
            Value::Money(_) => push_amount(cell, totals.of(place), Form::French),
            _ if place == 0 => cell.push_str("Total"),
            _ => {}
        }
        writer.write_field(cell.as_bytes())?;
    }
    end_line(writer)
}

/// Whether a spreadsheet would take this text for a formula: its first visible character begins one, or a tab or a
/// carriage return hides what follows.
fn is_formula(text: &str) -> bool {
    if text.as_bytes().first().is_none_or(u8::is_ascii_alphanumeric) {
        return false;
    }
    let unseen =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}');
    let dangerous = ['=', '+', '-', '@', '|', '%', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    text.starts_with(['\t', '\r', '\n']) || text.trim_start_matches(unseen).starts_with(dangerous)
}

/// The text, behind an apostrophe when a spreadsheet would compute it.
fn harmless<'a>(text: &'a str, cell: &'a mut String) -> &'a str {
    if !is_formula(text) {
        return text;
    }
    cell.push('\'');
    cell.push_str(text);
    cell
}

/// Appends without allocating; writing to a `String` cannot fail.
fn push(cell: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = cell.write_fmt(text);
}

/// The last digits of a number, zeros before them: a table is full of days, and a general format takes longer.
fn push_digits(cell: &mut String, number: u32, digits: u32) {
    for place in (0..digits).rev() {
        cell.push(char::from_digit(number / 10_u32.pow(place) % 10, 10).unwrap_or('0'));
    }
}

/// `12345,67` or `12345.67`.
fn push_amount(cell: &mut String, amount: Euros, form: Form) {
    let (sign, cents) = (if amount.cents() < 0 { "-" } else { "" }, amount.cents().unsigned_abs());
    let point = if form == Form::French { ',' } else { '.' };
    push(cell, format_args!("{sign}{}{point}{:02}", cents / 100, cents % 100));
}

/// `2027-03-31`: the one writing every spreadsheet takes for a date, in any language.
fn push_date(cell: &mut String, date: NaiveDate) {
    let Ok(year @ 0..=9999) = u32::try_from(date.year()) else { return push(cell, format_args!("{date}")) };
    push_digits(cell, year, 4);
    cell.push('-');
    push_digits(cell, date.month(), 2);
    cell.push('-');
    push_digits(cell, date.day(), 2);
}

/// `2027-03-31 23:59:00` in Paris, or `2027-03-31T21:59:00Z`.
fn push_instant(cell: &mut String, at: Moment, form: Form) {
    if form == Form::Machine {
        return cell.push_str(&at.machine());
    }
    let at = at.paris().naive_local();
    push_date(cell, at.date());
    push(cell, format_args!(" {:02}:{:02}:{:02}", at.hour(), at.minute(), at.second()));
}

/// In percent, two decimals: `12,50` or `12.50`.
fn push_rate(cell: &mut String, rate: Rate, form: Form) {
    push_amount(cell, Euros::from_cents(i64::from(rate.basis_points())), form);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_with_all_their_digits() {
        for (year, month, day, text) in
            [(2027, 3, 31, "2027-03-31"), (987, 12, 1, "0987-12-01"), (2030, 10, 10, "2030-10-10")]
        {
            let mut cell = String::from("le ");
            push_date(&mut cell, NaiveDate::from_ymd_opt(year, month, day).unwrap());
            assert_eq!(cell, format!("le {text}"));
        }
    }

    #[test]
    fn what_a_spreadsheet_would_compute_gets_an_apostrophe() {
        for text in [
            "=1+1",
            "+33",
            "-2",
            "@SUM(A1)",
            "|cmd",
            "%x",
            "\tx",
            "\rx",
            "\nx",
            "  =1",
            "\u{200b}=1",
            "\u{a0}\u{feff}@x",
            "\u{ff1d}1",
            "\u{1}=1",
        ] {
            let mut cell = String::new();
            assert_eq!(harmless(text, &mut cell), format!("'{text}"), "{text:?}");
        }
        for text in ["", "Lille", "1=1", "« = »", "(=1)", "É=", " Lille", "a\t=1"] {
            assert!(!is_formula(text), "{text:?}");
        }
    }
}

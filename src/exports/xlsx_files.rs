//! Tables as XLSX: typed cells, a sheet for each fund, headings that stay in sight, filters, totals that follow the
//! filter. Rows go to a temporary file as they come, so a hundred thousand of them need no more memory than one.

use super::sheets::{Cell, ExportError, Heading, Table, Totals, Value, Written};
use crate::domain::{
    money::{Euros, Rate},
    time::Moment,
};
use chrono::{NaiveDate, Timelike};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};
use std::io::{Seek, Write};

/// What a spreadsheet's cell may hold (its limit), in characters.
const LONGEST_TEXT: usize = 32_767;
/// Rows of one sheet before another is begun: the format allows 1,048,576, headings and totals included.
pub(super) const MOST_ROWS: u32 = 1_000_000;

/// Writes a table as a workbook. The rows must come ordered by fund.
pub fn write_xlsx<Row, E, W: Write + Seek + Send, I: Iterator<Item = Result<Row, E>>>(
    table: &Table<Row>,
    rows: I,
    to: W,
) -> Result<Written, ExportError<E>> {
    let mut workbook = Workbook::new();
    // The usual level, 6, takes a fifth more time for a file one fifteenth smaller.
    workbook.set_zip_compression_level(3);
    let mut book = Book { workbook, names: Vec::new(), looks: Looks::new() };
    let mut all = Totals::new(table);
    let mut sheet: Option<Sheet<Row>> = None;
    for row in rows {
        let row = row.map_err(ExportError::Rows)?;
        let fund = (table.fund)(&row);
        let full_or_other = |open: &mut Sheet<Row>| open.fund != fund || open.next_row > MOST_ROWS;
        if let Some(done) = sheet.take_if(full_or_other) {
            book.close(table, done, &mut all)?;
        }
        let open = match &mut sheet {
            Some(open) => open,
            None => sheet.insert(book.open(table, fund)?),
        };
        open.write(table, &row)?;
    }
    if sheet.is_none() && book.names.is_empty() {
        sheet = Some(book.open(table, table.name)?);
    }
    if let Some(last) = sheet {
        book.close(table, last, &mut all)?;
    }
    book.workbook.save_to_writer(to)?;
    Ok(all.written())
}

/// The workbook and the names its sheets have taken, in lower case.
struct Book {
    workbook: Workbook,
    names: Vec<String>,
    looks: Looks,
}

/// A workbook of sheets whose columns are known only once their call is; several are written at a time.
pub(super) struct Pages {
    book: Book,
    open: Vec<Page>,
}

/// One of its sheets.
struct Page {
    page: Worksheet,
    columns: u16,
    next_row: u32,
}

/// A workbook without a sheet yet.
pub(super) fn begin_pages() -> Pages {
    let mut workbook = Workbook::new();
    workbook.set_zip_compression_level(3);
    Pages { book: Book { workbook, names: Vec::new(), looks: Looks::new() }, open: Vec::new() }
}

impl Pages {
    /// Begins a sheet; gives its place among those that are open.
    pub(super) fn open(&mut self, name: &str, headings: &[Heading]) -> Result<usize, XlsxError> {
        let mut page = self.book.blank(name)?;
        for (place, heading) in (0..).zip(headings) {
            page.set_column_width(place, heading.width)?;
        }
        for (place, heading) in (0..).zip(headings) {
            page.write_string_with_format(0, place, &heading.heading, &self.book.looks.heading)?;
        }
        self.open.push(Page { page, columns: u16::try_from(headings.len()).unwrap_or(1), next_row: 1 });
        Ok(self.open.len() - 1)
    }

    /// Writes one row of the sheet at this place.
    pub(super) fn write(&mut self, place: usize, cells: &[Cell]) -> Result<(), XlsxError> {
        let (looks, Some(sheet)) = (&self.book.looks, self.open.get_mut(place)) else { return Ok(()) };
        let (page, row) = (&mut sheet.page, sheet.next_row);
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Empty => continue,
                Cell::Text(text) if text.is_empty() => continue,
                Cell::Text(text) => page.write_string(row, column, shortened(text))?,
                Cell::Money(amount) => {
                    page.write_number_with_format(row, column, money_number(*amount), &looks.money)?
                }
                Cell::Date(date) => page.write_number_with_format(row, column, date_number(*date), &looks.date)?,
                Cell::Instant(at) => page.write_number_with_format(row, column, instant_number(*at), &looks.instant)?,
                Cell::Integer(number) => {
                    page.write_number_with_format(row, column, integer_number(*number), &looks.integer)?
                }
                Cell::Rate(rate) => page.write_number_with_format(row, column, rate_number(*rate), &looks.rate)?,
            };
        }
        sheet.next_row += 1;
        Ok(())
    }

    /// Says when what it holds was so: otherwise the same rows would make other bytes each time.
    pub(super) fn made_at(&mut self, at: Moment) -> Result<(), XlsxError> {
        let at = ExcelDateTime::from_timestamp(at.unix_seconds())?;
        self.book.workbook.set_properties(&DocProperties::new().set_creation_datetime(&at));
        Ok(())
    }

    /// Ends the sheets that are open.
    pub(super) fn close(&mut self) -> Result<(), XlsxError> {
        for mut sheet in self.open.drain(..) {
            sheet.page.autofilter(0, 0, sheet.next_row - 1, sheet.columns.saturating_sub(1))?;
            self.book.workbook.push_worksheet(sheet.page);
        }
        Ok(())
    }

    /// Ends the workbook.
    pub(super) fn end<W: Write + Seek + Send>(mut self, to: W) -> Result<(), XlsxError> {
        if self.book.names.is_empty() {
            self.open("Dossiers", &[])?;
        }
        self.close()?;
        self.book.workbook.save_to_writer(to)
    }
}

/// What a cell can hold of a text.
fn shortened(text: &str) -> &str {
    text.char_indices().nth(LONGEST_TEXT).map_or(text, |(end, _)| &text[..end])
}

/// The looks of cells, made once.
struct Looks {
    heading: Format,
    money: Format,
    date: Format,
    instant: Format,
    integer: Format,
    rate: Format,
    total: Format,
    total_money: Format,
}

impl Looks {
    fn new() -> Self {
        let number = |code: &str| Format::new().set_num_format(code);
        let total = || Format::new().set_bold().set_border_top(FormatBorder::Thin);
        let heading = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::VerticalCenter);
        Self {
            heading: heading.set_background_color(Color::RGB(0x00E8_ECF1)).set_border_bottom(FormatBorder::Thin),
            money: number("#,##0.00 \"€\""),
            date: number("dd/mm/yyyy"),
            instant: number("dd/mm/yyyy hh:mm"),
            integer: number("0"),
            rate: number("0.00 %"),
            total: total(),
            total_money: total().set_num_format("#,##0.00 \"€\""),
        }
    }

    /// How the cells of a column look; texts look as a spreadsheet has them.
    fn of<Row>(&self, value: &Value<Row>) -> Option<&Format> {
        match value {
            Value::Text(_) | Value::Codes(_) | Value::Split(_) | Value::Masked(_) => None,
            Value::Money(_) => Some(&self.money),
            Value::Date(_) => Some(&self.date),
            Value::Instant(_) => Some(&self.instant),
            Value::Integer(_) => Some(&self.integer),
            Value::Rate(_) => Some(&self.rate),
        }
    }
}

/// The sheet being written.
struct Sheet<Row: 'static> {
    page: Worksheet,
    fund: String,
    next_row: u32,
    totals: Totals<Row>,
    cell: String,
}

impl Book {
    /// Begins a sheet: widths and looks first, then the headings, which stay in sight and on each printed page. A look is
    /// said once for its column: said for each cell, to find it again takes a third of the time of the whole workbook.
    fn open<Row>(&mut self, table: &Table<Row>, fund: &str) -> Result<Sheet<Row>, XlsxError> {
        let mut page = self.blank(fund)?;
        for (place, column) in (0..).zip(table.columns) {
            page.set_column_width(place, column.width)?;
            if let Some(look) = self.looks.of(&column.value) {
                page.set_column_format(place, look)?;
            }
        }
        for (place, column) in (0..).zip(table.columns) {
            page.write_string_with_format(0, place, column.heading, &self.looks.heading)?;
        }
        Ok(Sheet { page, fund: fund.to_owned(), next_row: 1, totals: Totals::new(table), cell: String::new() })
    }

    /// A sheet of this name, without columns yet.
    fn blank(&mut self, name: &str) -> Result<Worksheet, XlsxError> {
        let mut page = self.workbook.new_worksheet_with_constant_memory()?;
        page.set_name(self.free_name(name))?;
        page.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        page.set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?;
        Ok(page)
    }

    /// A name the format takes and no other sheet has: `RECITAL`, then `RECITAL (2)`.
    fn free_name(&mut self, fund: &str) -> String {
        let allowed = |c: &char| c.len_utf16() == 1 && !c.is_control() && !"[]:*?/\\'".contains(*c);
        let base: String = fund.chars().filter(allowed).take(24).collect();
        let base = if base.trim().is_empty() { "Fonds" } else { base.trim() };
        let mut name = base.to_owned();
        let mut copies = 1;
        while self.names.contains(&name.to_lowercase()) {
            copies += 1;
            name = format!("{base} ({copies})");
        }
        self.names.push(name.to_lowercase());
        name
    }

    /// Ends a sheet: filters over its rows, totals under them, that count only the rows in sight.
    fn close<Row>(
        &mut self,
        table: &Table<Row>,
        mut sheet: Sheet<Row>,
        all: &mut Totals<Row>,
    ) -> Result<(), XlsxError> {
        let (last, under) = (sheet.next_row - 1, sheet.next_row);
        let last_column = u16::try_from(table.columns.len()).unwrap_or(1).saturating_sub(1);
        for (place, column) in (0..).zip(table.columns) {
            match column.value {
                Value::Money(_) if last > 0 => {
                    let range = rust_xlsxwriter::utility::row_col_to_cell(1, place);
                    let end = rust_xlsxwriter::utility::row_col_to_cell(last, place);
                    let sum = Formula::new(format!("SUBTOTAL(109,{range}:{end})"));
                    let sum = sum.set_result(sheet.totals.of(usize::from(place)).machine());
                    sheet.page.write_formula_with_format(under, place, sum, &self.looks.total_money)?;
                }
                _ if place == 0 => {
                    sheet.page.write_string_with_format(under, 0, "Total", &self.looks.total)?;
                }
                _ => {
                    sheet.page.write_blank(under, place, &self.looks.total)?;
                }
            }
        }
        sheet.page.autofilter(0, 0, last, last_column)?;
        all.absorb(&sheet.totals);
        self.workbook.push_worksheet(sheet.page);
        Ok(())
    }
}

impl<Row> Sheet<Row> {
    fn write(&mut self, table: &Table<Row>, row: &Row) -> Result<(), XlsxError> {
        for (place, column) in (0..).zip(table.columns) {
            match column.value {
                Value::Text(of) => self.write_text(place, of(row))?,
                Value::Codes(_) | Value::Split(_) | Value::Masked(_) => {
                    let mut cell = std::mem::take(&mut self.cell);
                    cell.clear();
                    column.value.compose(row, super::sheets::Form::French, &mut cell);
                    self.write_text(place, &cell)?;
                    self.cell = cell;
                }
                Value::Money(of) => {
                    if let Some(amount) = of(row) {
                        self.totals.add(usize::from(place), amount);
                        self.write_number(place, money_number(amount))?;
                    }
                }
                Value::Date(of) => self.write_some(place, of(row).map(date_number))?,
                Value::Instant(of) => self.write_some(place, of(row).map(instant_number))?,
                Value::Integer(of) => self.write_some(place, of(row).map(integer_number))?,
                Value::Rate(of) => self.write_some(place, of(row).map(rate_number))?,
            }
        }
        self.totals.rows += 1;
        self.next_row += 1;
        Ok(())
    }

    /// Texts are typed as texts: whatever they begin with, no spreadsheet computes them.
    fn write_text(&mut self, place: u16, text: &str) -> Result<(), XlsxError> {
        if text.is_empty() {
            return Ok(());
        }
        self.page.write_string(self.next_row, place, shortened(text)).map(|_| ())
    }

    fn write_some(&mut self, place: u16, number: Option<f64>) -> Result<(), XlsxError> {
        number.map_or(Ok(()), |number| self.write_number(place, number))
    }

    fn write_number(&mut self, place: u16, number: f64) -> Result<(), XlsxError> {
        self.page.write_number(self.next_row, place, number).map(|_| ())
    }
}

// Spreadsheets know only binary floats. Each is read here from its exact decimal text: no arithmetic, no rounding of
// ours, and at most the fifteen digits a float keeps.

fn decimal_number(text: &str) -> f64 {
    text.parse().unwrap_or_default()
}

fn money_number(amount: Euros) -> f64 {
    decimal_number(&amount.machine())
}

fn integer_number(number: i64) -> f64 {
    // Every whole number of 32 bits is a float: there is nothing to read.
    i32::try_from(number).map_or_else(|_| decimal_number(&number.to_string()), f64::from)
}

/// 12.5 % is the number 0.125.
fn rate_number(rate: Rate) -> f64 {
    decimal_number(&format!("{}e-4", rate.basis_points()))
}

/// Days since 30 December 1899.
fn days(date: NaiveDate) -> i64 {
    date.signed_duration_since(NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default()).num_days()
}

fn date_number(date: NaiveDate) -> f64 {
    integer_number(days(date))
}

/// Days and, behind the point, the part of the day gone by on the Paris wall clock.
fn instant_number(at: Moment) -> f64 {
    let at = at.paris().naive_local();
    let gone = u64::from(at.time().num_seconds_from_midnight()) * 10_000_000_000 / 86_400;
    decimal_number(&format!("{}.{gone:010}", days(at.date())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_nearest_float_of_their_decimal_text() {
        assert_eq!(money_number(Euros::from_cents(123_456_789)).to_string(), "1234567.89");
        assert_eq!(money_number(Euros::from_cents(-5)).to_string(), "-0.05");
        assert_eq!(rate_number(Rate::from_basis_points(1_250)).to_string(), "0.125");
        assert_eq!(date_number(NaiveDate::from_ymd_opt(2027, 3, 31).unwrap()).to_string(), "46477");
        let noon = NaiveDate::from_ymd_opt(2027, 3, 31).unwrap().and_hms_opt(10, 0, 0).unwrap();
        assert_eq!(instant_number(Moment::from_utc(noon)).to_string(), "46477.5");
    }
}

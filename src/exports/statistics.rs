//! Statistics of a round as one long table: a line for each group of each theme. Groups of several themes hold the same
//! files, so it has no line of totals.

use super::{
    csv_files::CsvRows,
    sheets::{Cell, ExportError, Form, Heading},
    xlsx_files::begin_pages,
};
use crate::{
    domain::{
        money::Euros,
        statistics::{Slice, Theme},
    },
    usecases::statistics::Statistics,
};
use std::{convert::Infallible, io::Cursor};

/// Why the table could not be written.
pub type StatisticsError = ExportError<Infallible>;

fn headings() -> [Heading; 6] {
    [
        Heading::new("theme", "Thème", 34),
        Heading::new("label", "Groupe", 44),
        Heading::new("files", "Dossiers", 10),
        Heading::new("asked", "Demandé (€)", 16),
        Heading::new("awarded_files", "Dossiers retenus", 10),
        Heading::new("awarded", "Attribué (€)", 16),
    ]
}

fn cells(theme: Theme, slice: &Slice, form: Form) -> [Cell; 6] {
    let name = if form == Form::French { theme.label() } else { theme.code() };
    let money = |amount: Option<Euros>| amount.map_or(Cell::Empty, Cell::Money);
    [
        Cell::Text(name.to_owned()),
        Cell::Text(slice.label.clone()),
        Cell::Integer(slice.files),
        money(slice.asked),
        slice.awards.map_or(Cell::Empty, Cell::Integer),
        money(slice.awarded),
    ]
}

fn lines(found: &Statistics, form: Form) -> impl Iterator<Item = [Cell; 6]> {
    found.breakdowns.iter().flat_map(move |part| part.slices.iter().map(move |slice| cells(part.theme, slice, form)))
}

/// The table as CSV.
pub fn statistics_csv(found: &Statistics, form: Form) -> Result<Vec<u8>, StatisticsError> {
    let mut bytes = Vec::new();
    let mut file = CsvRows::begin(&headings(), form, &mut bytes)?;
    lines(found, form).try_for_each(|cells| file.write(&cells))?;
    file.end()?;
    Ok(bytes)
}

/// The table as a workbook of one sheet.
pub fn statistics_xlsx(found: &Statistics) -> Result<Vec<u8>, StatisticsError> {
    let mut book = begin_pages();
    let place = book.open("Statistiques", &headings())?;
    lines(found, Form::French).try_for_each(|cells| book.write(place, &cells))?;
    let mut bytes = Cursor::new(Vec::new());
    book.end(&mut bytes)?;
    Ok(bytes.into_inner())
}

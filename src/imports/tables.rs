//! Bank statements as tables (CSV): no two banks write the same one, so somebody says once which column is what.

use super::{
    Unreadable,
    camt::{NOTHING, too_many},
};
use crate::domain::{
    money::Euros,
    statements::{Column, EURO, MOST_LINES, Mapping, Statement, StatementLine, StatementSide},
    text::{cut, fold},
};
use chrono::NaiveDate;

const DELIMITERS: [u8; 4] = [b';', b',', b'\t', b'|'];
/// Rows read to tell how a table is written, and rows above its heads at most.
const LOOKED_AT: usize = 40;
/// Most columns and most characters of a cell shown again.
const MOST_COLUMNS: usize = 60;
const SHOWN: usize = 40;
/// Lines of the file in one cell at most: more come of a quotation mark that nobody closed, which hides the rows below it.
const LINES_OF_A_CELL: usize = 10;
/// Rows shown beside the choice of columns.
const EXAMPLES: usize = 5;

/// A table with its heads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub heads: Vec<String>,
    /// The rows below them, each with its line in the file, from 1.
    rows: Vec<(usize, Vec<String>)>,
}

fn rows(text: &str, delimiter: u8, most: usize) -> Vec<(usize, Vec<String>)> {
    let mut reader = csv::ReaderBuilder::new();
    reader.has_headers(false).flexible(true).delimiter(delimiter);
    let mut reader = reader.from_reader(text.as_bytes());
    let mut found = Vec::new();
    for record in reader.records().take(most).flatten() {
        let line = record.position().map_or(0, |place| place.line() as usize);
        found.push((line, record.iter().map(|cell| cell.trim().to_owned()).collect()));
    }
    found
}

/// The row, if any, in which a quotation mark hides those below it: a cell of too many lines, or the last one of several
/// lines when nothing closes it.
fn unclosed(text: &str, rows: &[(usize, Vec<String>)]) -> Option<usize> {
    let is_long = |cell: &String| cell.matches('\n').count() >= LINES_OF_A_CELL;
    let long = rows.iter().find(|(_, cells)| cells.iter().any(is_long));
    let is_open = |(_, cells): &&(usize, Vec<String>)| {
        !text.trim_end().ends_with('"') && cells.last().is_some_and(|cell| cell.contains('\n'))
    };
    long.or_else(|| rows.last().filter(is_open)).map(|(number, _)| *number)
}

/// The length most rows have.
fn usual_length(rows: &[(usize, Vec<String>)]) -> (usize, usize) {
    let lengths: Vec<usize> = rows.iter().map(|(_, cells)| cells.len()).filter(|length| *length > 1).collect();
    let count = |length: usize| lengths.iter().filter(|other| **other == length).count();
    lengths.iter().map(|length| (count(*length), *length)).max().unwrap_or_default()
}

impl Table {
    /// Reads a text as a table, by the sign that parts its cells most evenly. What banks write above the heads is left
    /// out.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let evenness = |delimiter: &u8| usual_length(&rows(text, *delimiter, LOOKED_AT));
        let delimiter = DELIMITERS.into_iter().max_by_key(evenness).unwrap_or(b';');
        let mut rows = rows(text, delimiter, LOOKED_AT + MOST_LINES + 2);
        let (_, length) = usual_length(&rows[..rows.len().min(LOOKED_AT)]);
        let is_head = |(_, cells): &(usize, Vec<String>)| {
            cells.len() == length && cells.iter().filter(|cell| !cell.is_empty()).count() * 2 > length
        };
        let at = rows.iter().take(LOOKED_AT).position(is_head);
        let Some(at) = at.filter(|_| (2..=MOST_COLUMNS).contains(&length)) else {
            return Err(Unreadable::because(
                "Ce fichier n’est ni un relevé camt.053, ni un tableau CSV lisible. Choisissez l’un de ces deux formats.",
            ));
        };
        if let Some(number) = unclosed(text, &rows) {
            return Err(Unreadable::because(format!(
                "Ligne {number}\u{a0}: un guillemet n’est pas refermé, et cache les lignes suivantes. Corrigez le fichier."
            )));
        }
        let below = rows.split_off(at + 1);
        let heads = rows.pop().map(|(_, cells)| cells).unwrap_or_default();
        if below.len() > MOST_LINES {
            return Err(too_many());
        }
        Ok(Table { heads, rows: below })
    }

    /// The heads as the page names them, a number where the bank gave none.
    pub fn names(&self) -> Vec<String> {
        let name = |(i, head): (usize, &String)| match head.as_str() {
            "" => format!("Colonne {}", i + 1),
            head => cut(head, SHOWN),
        };
        self.heads.iter().enumerate().map(name).collect()
    }

    /// The first rows, to see what each column holds.
    pub fn examples(&self) -> Vec<Vec<String>> {
        self.rows.iter().take(EXAMPLES).map(|(_, cells)| cells.iter().map(|cell| cut(cell, SHOWN)).collect()).collect()
    }

    /// What the columns probably are, by their names.
    pub fn guess(&self) -> Mapping {
        let mut mapping = Mapping { heads: self.heads.clone(), ..Mapping::default() };
        for (place, head) in self.heads.iter().enumerate() {
            if let Some(column) = likely(&fold(head)) {
                mapping.columns.entry(column).or_insert(place);
            }
        }
        if mapping.place(Column::Amount).is_some() {
            mapping.columns.remove(&Column::Debit);
            mapping.columns.remove(&Column::Credit);
        } else {
            mapping.columns.remove(&Column::Direction);
        }
        mapping
    }

    /// The lines of the table, read as `mapping` says. A row without date and amount is a total or a remark.
    pub fn statement(&self, mapping: &Mapping) -> Result<Statement, Unreadable> {
        let mut lines = Vec::with_capacity(self.rows.len());
        for (number, cells) in &self.rows {
            let row = Row { number: *number, cells, mapping };
            lines.extend(row.line()?);
        }
        Ok(Statement { lines, ..Statement::default() })
    }
}

fn likely(head: &str) -> Option<Column> {
    let has = |word: &str| head.split(' ').any(|other| other == word);
    Some(match head {
        "montant" | "montant eur" | "montant en euros" | "amount" | "montant operation" => Column::Amount,
        "sens" | "d c" | "dc" | "c d" | "debit credit" | "credit debit" | "sens operation" => Column::Direction,
        _ if has("date") && !has("valeur") => Column::Date,
        _ if has("debit") || has("debits") => Column::Debit,
        _ if has("credit") || has("credits") => Column::Credit,
        _ if has("devise") || has("currency") => Column::Currency,
        _ if has("iban") => Column::Iban,
        _ if (has("bout") && has("reference")) || has("endtoend") || has("endtoendid") || has("end") => {
            Column::EndToEndId
        }
        _ if has("libelle") || has("label") || has("intitule") => Column::Label,
        _ if has("reference") || has("ref") => Column::BankReference,
        _ => return None,
    })
}

/// A date as banks write it: `31/12/2027`, `31.12.27`, `2027-12-31`, `20271231`.
fn date(text: &str) -> Option<NaiveDate> {
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['/', '-', '.']).collect();
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    let (year, month, day) = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => (number(year)?, number(month)?, number(day)?),
        [day, month, year] if year.len() == 4 => (number(year)?, number(month)?, number(day)?),
        [day, month, year] if year.len() == 2 => (2000 + number(year)?, number(month)?, number(day)?),
        [whole] if whole.len() == 8 => {
            let whole = number(whole)?;
            (whole / 10_000, whole / 100 % 100, whole % 100)
        }
        _ => return None,
    };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// An amount as banks write it: `-1 234,56`, `+12.00`, `1.234,56 EUR`, and below nothing `12,00-` or `(12,00)` too.
fn amount(text: &str) -> Option<Euros> {
    let text: String = text.trim_end_matches("EUR").chars().filter(|c| !c.is_whitespace() && *c != '\'').collect();
    let left = text.strip_suffix(['-', '\u{2212}']);
    let left = left.or_else(|| text.strip_prefix('(').and_then(|text| text.strip_suffix(')')));
    let text = left.unwrap_or_else(|| text.trim_start_matches('+'));
    let last = text.rfind([',', '.']);
    let plain: String = match last {
        Some(last) => {
            text.char_indices().filter(|(at, c)| *at == last || !matches!(c, ',' | '.')).map(|(_, c)| c).collect()
        }
        None => text.to_owned(),
    };
    let amount: Euros = plain.parse().ok()?;
    match left {
        None => Some(amount),
        // Two signs say nothing certain.
        Some(_) => (amount >= Euros::ZERO).then_some(-amount),
    }
}

/// What banks write in a column that says whether money left or came in, in French and as ISO 20022 does.
fn direction(text: &str) -> Option<StatementSide> {
    match (text.trim(), fold(text).as_str()) {
        ("-" | "\u{2212}", _) | (_, "d" | "db" | "dr" | "dbit" | "deb" | "debit" | "debiteur") => {
            Some(StatementSide::Debit)
        }
        ("+", _) | (_, "c" | "cr" | "crdt" | "cre" | "credit" | "crediteur") => Some(StatementSide::Credit),
        _ => None,
    }
}

/// One row being read.
struct Row<'a> {
    number: usize,
    cells: &'a [String],
    mapping: &'a Mapping,
}

impl Row<'_> {
    fn cell(&self, column: Column) -> &str {
        let place = self.mapping.place(column);
        place.and_then(|place| self.cells.get(place)).map_or("", String::as_str)
    }

    fn filled(&self, column: Column) -> Option<String> {
        Some(self.cell(column)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn unreadable(&self, what: &str, text: &str) -> Unreadable {
        let text = cut(text, SHOWN);
        Unreadable::because(format!("Ligne {}\u{a0}: {what} «\u{a0}{text}\u{a0}» n’est pas lisible.", self.number))
    }

    /// What moved, less than nothing when it left; `None` when the row names no amount.
    fn signed(&self) -> Result<Option<Euros>, Unreadable> {
        let read = |column: Column| match self.cell(column) {
            "" => Ok(None),
            text => amount(text).map(Some).ok_or_else(|| self.unreadable("le montant", text)),
        };
        let positive = |amount: Euros| if amount < Euros::ZERO { -amount } else { amount };
        let is_something = |amount: &Euros| *amount != Euros::ZERO;
        if self.mapping.place(Column::Amount).is_some() {
            return read(Column::Amount)?.map(|amount| self.directed(amount)).transpose();
        }
        let debit = read(Column::Debit)?.filter(is_something).map(positive);
        let credit = read(Column::Credit)?.filter(is_something).map(positive);
        match (debit, credit) {
            (Some(debit), None) => Ok(Some(-debit)),
            (None, credit) => Ok(credit),
            (Some(_), Some(_)) => Err(Unreadable::because(format!(
                "Ligne {}\u{a0}: un débit et un crédit à la fois. Vérifiez les colonnes choisies.",
                self.number
            ))),
        }
    }

    /// An amount with the sign that another column gives it, where one does.
    fn directed(&self, amount: Euros) -> Result<Euros, Unreadable> {
        if self.mapping.place(Column::Direction).is_none() {
            return Ok(amount);
        }
        let said = self.cell(Column::Direction);
        match direction(said).ok_or_else(|| self.unreadable("le sens", said))? {
            StatementSide::Debit if amount < Euros::ZERO => Ok(amount),
            StatementSide::Debit => Ok(-amount),
            StatementSide::Credit if amount < Euros::ZERO => Err(Unreadable::because(format!(
                "Ligne {}\u{a0}: un montant négatif et le sens «\u{a0}{said}\u{a0}» se contredisent. Vérifiez les colonnes \
                 choisies.",
                self.number
            ))),
            StatementSide::Credit => Ok(amount),
        }
    }

    fn line(&self) -> Result<Option<StatementLine>, Unreadable> {
        let day = self.cell(Column::Date);
        let signed = match (day, self.signed()) {
            // Totals and remarks below the lines.
            ("", _) | (_, Ok(None)) => return Ok(None),
            (_, signed) => signed?.unwrap_or_default(),
        };
        let side = if signed < Euros::ZERO { StatementSide::Debit } else { StatementSide::Credit };
        Ok(Some(StatementLine {
            booked_on: date(day).ok_or_else(|| self.unreadable("la date", day))?,
            side,
            amount: if signed < Euros::ZERO { -signed } else { signed },
            currency: self.filled(Column::Currency).map_or(EURO.to_owned(), |text| {
                match text.to_uppercase().as_str() {
                    "€" | "EURO" | "EUROS" => EURO.to_owned(),
                    other => other.to_owned(),
                }
            }),
            end_to_end_id: self.filled(Column::EndToEndId).filter(|text| !NOTHING.contains(&text.as_str())),
            batch_id: None,
            bank_reference: self.filled(Column::BankReference),
            account: self.cell(Column::Iban).to_owned(),
            counterpart: String::new(),
            label: self.cell(Column::Label).to_owned(),
            return_reason: None,
        }))
    }
}

#[cfg(test)]
mod tests;

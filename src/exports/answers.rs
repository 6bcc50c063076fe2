//! Applications with their answers: a column for each question of their call, a table of its own for each question that is
//! answered by rows.

use super::{
    applications::APPLICATIONS,
    csv_files::CsvRows,
    sheets::{Cell, ExportError, Form, Heading},
    xlsx_files::{Pages, begin_pages},
};
use crate::{
    domain::{
        definitions::{CallDefinition, Question, QuestionKind},
        forms::{self, Measure, Quantity, Row},
        identity::masked_account,
        money::{Euros, Rate},
        references::communes,
    },
    usecases::exports::{AnswerSheet, AnsweredRow, AskedColumn},
};
use std::{
    collections::BTreeMap,
    io::{self, Seek, Write},
};

/// The names of the communes that answers give by their code.
fn commune_names() -> BTreeMap<String, String> {
    communes().map(|commune| (commune.insee, format!("{} ({})", commune.name, commune.department))).collect()
}

/// The table of one call, or of one of its questions answered by rows.
pub struct Answers<'a> {
    sheet: &'a AnswerSheet,
    form: Form,
    communes: BTreeMap<String, String>,
}

impl<'a> Answers<'a> {
    /// Of this call, for people or for programs.
    pub fn of(sheet: &'a AnswerSheet, form: Form) -> Self {
        Answers { sheet, form, communes: commune_names() }
    }

    /// The question answered by rows that has this code.
    pub fn group(&self, code: &str) -> Option<&'a Question> {
        self.groups().find(|question| question.code == code)
    }

    fn groups(&self) -> impl Iterator<Item = &'a Question> + use<'a> {
        self.sheet.questions.iter().map(|column| &column.question).filter(|question| question.kind.has_rows())
    }

    fn headings(&self) -> Vec<Heading> {
        let own = APPLICATIONS.columns.iter().map(|column| Heading::new(column.key, column.heading, column.width));
        own.chain(self.sheet.questions.iter().map(question_heading)).collect()
    }

    fn cells(&self, row: &AnsweredRow) -> Vec<Cell> {
        let own = APPLICATIONS.columns.iter().map(|column| column.value.cell(&row.application, self.form));
        let asked = self.sheet.questions.iter().map(|column| match row.asked(&column.question.code) {
            Some(question) => self.answer(row, question),
            None => Cell::Empty,
        });
        own.chain(asked).collect()
    }

    fn answer(&self, row: &AnsweredRow, question: &Question) -> Cell {
        let typed = row.answers.get(&question.code).map_or("", |typed| typed.trim());
        match question.kind {
            QuestionKind::Computed => {
                forms::Form::of_call(&row.form).computed(question, &row.answers).map_or(Cell::Empty, counted)
            }
            _ if typed.is_empty() => Cell::Empty,
            kind if kind.has_rows() => match self.form {
                Form::Machine => Cell::Integer(i64::try_from(rows_of(question, typed).len()).unwrap_or(i64::MAX)),
                Form::French => Cell::Text(self.rows_in_words(&row.form, question, typed)),
            },
            _ => self.simple(&row.form, question, typed),
        }
    }

    /// An answer that is no row.
    fn simple(&self, call: &CallDefinition, question: &Question, typed: &str) -> Cell {
        let number = match question.kind {
            QuestionKind::Number => forms::whole(typed).map(Cell::Integer),
            QuestionKind::Euros => typed.parse::<Euros>().ok().map(Cell::Money),
            QuestionKind::Date => forms::day(typed).map(Cell::Date),
            _ => None,
        };
        number.unwrap_or_else(|| match (self.form, question.kind) {
            (_, QuestionKind::LongText) => Cell::Text(typed.to_owned()),
            // Whoever may know the whole number reads it where accounts are kept.
            (_, QuestionKind::Iban) => Cell::Text(masked_account(typed)),
            (Form::Machine, _) => Cell::Text(forms::chosen(typed).collect::<Vec<_>>().join("|")),
            (Form::French, _) => {
                let said = forms::chosen(typed).map(|line| forms::in_words(call, question, line, &self.communes));
                Cell::Text(said.collect::<Vec<_>>().join(" ; "))
            }
        })
    }

    /// Every row of a group in one cell: nothing is dropped where its own table is not asked for.
    fn rows_in_words(&self, call: &CallDefinition, group: &Question, typed: &str) -> String {
        let line = |row: &Row| {
            let said = group.row_columns().iter().filter_map(|column| {
                let cell = row.get(&column.code)?;
                Some(format!("{}\u{a0}: {}", column.label, forms::in_words(call, column, cell, &self.communes)))
            });
            said.collect::<Vec<_>>().join(", ")
        };
        rows_of(group, typed).iter().map(|(_, row)| line(row)).collect::<Vec<_>>().join("\n")
    }

    fn group_headings(&self, group: &Question) -> Vec<Heading> {
        let own = [
            Heading::new("call_reference", "Référence de l’appel", 18),
            Heading::new("application_reference", "Dossier", 18),
            Heading::new("applicant_name", "Organisation", 34),
            Heading::new("row", "Ligne", 8),
        ];
        let columns = group.row_columns().iter().map(|column| heading(column, &column.label));
        own.into_iter().chain(columns).collect()
    }

    fn group_cells(&self, row: &AnsweredRow, group: &Question) -> Vec<Vec<Cell>> {
        // The columns are those of every revision; the words are those of the form that was filled in.
        let Some(asked) = row.asked(&group.code) else { return Vec::new() };
        let typed = row.answers.get(&group.code).map_or("", String::as_str);
        let application = &row.application;
        let line = |(number, cells): (usize, Row)| {
            let own = [
                Cell::Text(application.origin.call_reference.clone()),
                Cell::Text(application.application_reference.clone()),
                Cell::Text(application.applicant.name.clone()),
                Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX)),
            ];
            let said = group.row_columns().iter().map(|column| {
                let known = asked.row_columns().iter().find(|known| known.code == column.code).unwrap_or(column);
                cells.get(&column.code).map_or(Cell::Empty, |cell| self.simple(&row.form, known, cell))
            });
            own.into_iter().chain(said).collect()
        };
        rows_of(asked, typed).into_iter().map(line).collect()
    }

    /// Writes the table as CSV, or that of one of its groups: each row of an application as a line.
    pub fn write_csv<E, W: Write>(
        &self,
        group: Option<&Question>,
        rows: impl Iterator<Item = Result<AnsweredRow, E>>,
        to: W,
    ) -> Result<u64, ExportError<E>> {
        let headings = group.map_or_else(|| self.headings(), |group| self.group_headings(group));
        let mut file = CsvRows::begin(&headings, self.form, to)?;
        for row in rows {
            let row = row.map_err(ExportError::Rows)?;
            match group {
                Some(group) => self.group_cells(&row, group).iter().try_for_each(|cells| file.write(cells))?,
                None => file.write(&self.cells(&row))?,
            }
        }
        Ok(file.end()?)
    }
}

/// The rows that say something, with their numbers from 1.
fn rows_of(group: &Question, typed: &str) -> Vec<(usize, Row)> {
    let numbered = forms::rows(typed).into_iter().enumerate().map(|(i, row)| (i + 1, row));
    numbered.filter(|(_, row)| group.row_columns().iter().any(|column| row.contains_key(&column.code))).collect()
}

fn counted(value: Quantity) -> Cell {
    match value.measure {
        Measure::Number => Cell::Integer(value.units()),
        Measure::Amount => Cell::Money(Euros::from_cents(value.units())),
        Measure::Share => match i32::try_from(value.units()) {
            Ok(points) => Cell::Rate(Rate::from_basis_points(points)),
            Err(_) => Cell::Text(value.to_string()),
        },
    }
}

fn heading(question: &Question, label: &str) -> Heading {
    let width = match question.kind {
        QuestionKind::LongText | QuestionKind::Group | QuestionKind::Organisation => 50,
        QuestionKind::Number | QuestionKind::YesNo | QuestionKind::Date => 14,
        _ => 24,
    };
    Heading::new(&format!("question.{}", question.code), label, width)
}

fn question_heading(column: &AskedColumn) -> Heading {
    let label = match column.until {
        Some(revision) => format!("{} (jusqu’à la révision {revision})", column.question.label),
        None => column.question.label.clone(),
    };
    heading(&column.question, &label)
}

/// Writes a workbook: a sheet for each call, and one for each of its groups. Gives the number of applications. The rows
/// must come call by call, in the order of the sheets.
pub fn write_answers_xlsx<E, W: Write + Seek + Send>(
    sheets: &[AnswerSheet],
    rows: impl Iterator<Item = Result<AnsweredRow, E>>,
    to: W,
) -> Result<u64, ExportError<E>> {
    let mut book = begin_pages();
    let mut open: Option<(Answers<'_>, Vec<usize>)> = None;
    let (mut written, mut begun) = (0, 0);
    for row in rows {
        let row = row.map_err(ExportError::Rows)?;
        let call = &row.application.origin.call_reference;
        if open.as_ref().is_none_or(|(answers, _)| answers.sheet.call != *call) {
            book.close()?;
            open = match sheets.iter().find(|sheet| sheet.call == *call) {
                Some(sheet) => Some(open_pages(&mut book, sheet)?),
                None => None,
            };
            begun += 1;
        }
        let Some((answers, places)) = &open else { continue };
        book.write(places[0], &answers.cells(&row))?;
        for (group, place) in answers.groups().zip(&places[1..]) {
            answers.group_cells(&row, group).iter().try_for_each(|cells| book.write(*place, cells))?;
        }
        written += 1;
    }
    if let Some(first) = sheets.first().filter(|_| begun == 0) {
        open_pages(&mut book, first)?;
    }
    book.end(to)?;
    Ok(written)
}

/// The sheets of one call: its applications first, then its groups.
fn open_pages<'a>(
    book: &mut Pages,
    sheet: &'a AnswerSheet,
) -> Result<(Answers<'a>, Vec<usize>), rust_xlsxwriter::XlsxError> {
    let answers = Answers::of(sheet, Form::French);
    let mut places = vec![book.open(&sheet.call, &answers.headings())?];
    for group in answers.groups() {
        places.push(book.open(&format!("{} {}", sheet.call, group.code), &answers.group_headings(group))?);
    }
    Ok((answers, places))
}

/// The same in a temporary file, ready to be read from its beginning.
pub fn answers_xlsx_file<E>(
    sheets: &[AnswerSheet],
    rows: impl Iterator<Item = Result<AnsweredRow, E>>,
) -> Result<std::fs::File, ExportError<E>> {
    let mut file = tempfile::tempfile()?;
    write_answers_xlsx(sheets, rows, io::BufWriter::new(&mut file))?;
    file.flush()?;
    io::Seek::rewind(&mut file)?;
    Ok(file)
}

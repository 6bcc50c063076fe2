//! `export`: disbursements, grants and applications as tables for spreadsheets and programs.

use super::{Done, Failure, databases::Url, out_files, terminal};
use crate::{
    exports::{
        Tabled,
        answers::{Answers, write_answers_xlsx},
        sheets::{ExportError, Form, Written, write_csv, write_xlsx},
    },
    store::Db,
    usecases::{
        Actor, UseCaseError,
        exports::{self, Answered, Applications, Disbursements, Filter, Grants},
    },
};
use chrono::NaiveDate;
use indicatif::ProgressBar;
use std::{
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
};

/// Writes a table of disbursements, grants or applications. The file is there whole or not at all.
///
/// Days are days in Paris, both included. A disbursement is of the day on which the bank paid it, or else of its due
/// date; a grant of the day on which it was decided; an application of the day on which it was filed.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tisserand export disbursements --fund recital --from 2027-01-01 --to 2027-12-31 --format xlsx --out disbursements.xlsx\n  tisserand export applications --answers --format xlsx --out answers.xlsx\n  tisserand export applications --call TANDEMS-2027 --answers --group calendrier --out sessions.csv"
)]
pub(super) struct Export {
    noun: Noun,
    /// Code of a fund; every fund without it.
    #[arg(long, value_name = "CODE")]
    fund: Option<String>,
    /// Reference of a call; every call without it.
    #[arg(long, value_name = "REFERENCE")]
    call: Option<String>,
    /// Of applications: a column for each question of the form, computed values too. CSV is about one call, a workbook
    /// has a sheet for each call and for each of its tables.
    #[arg(long)]
    answers: bool,
    /// With --answers, as CSV: the rows given to this question, one a line, instead of the applications.
    #[arg(long, value_name = "CODE", requires_all = ["answers", "call"])]
    group: Option<String>,
    /// The first day: YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    from: Option<NaiveDate>,
    /// The last day: YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    to: Option<NaiveDate>,
    #[arg(long, default_value = "csv")]
    format: Format,
    /// CSV for a program: stable keys, commas, decimal points, nothing but rows.
    #[arg(long)]
    machine: bool,
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Noun {
    Disbursements,
    Grants,
    Applications,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For a French spreadsheet, unless `--machine`.
    Csv,
    /// A sheet for each fund, typed cells, totals.
    Xlsx,
}

impl Export {
    pub(super) fn run(self, url: &Url) -> Done {
        if self.machine && self.format == Format::Xlsx {
            return Err(Failure::because("a workbook has one form; --machine goes with --format csv"));
        }
        let form = if self.machine { Form::Machine } else { Form::French };
        let filter = Filter { fund: self.fund, call: self.call, from: self.from, to: self.to };
        if self.answers {
            let rows =
                leave_answers(&url.open()?, self.noun, &filter, (self.format, form), self.group.as_deref(), &self.out)?;
            return terminal::say(format!("{}: {rows} rows", self.out.display()));
        }
        let written = leave(&url.open()?, self.noun, &filter, (self.format, form), &self.out)?;
        let totals = written.totals.iter().map(|(key, amount)| format!(", {key} {}", amount.machine()));
        terminal::say(format!("{}: {} rows{}", self.out.display(), written.rows, totals.collect::<String>()))
    }
}

/// Writes one table, read from one frozen view of the database.
pub(super) fn leave(db: &Db, noun: Noun, filter: &Filter, how: (Format, Form), out: &Path) -> Result<Written, Failure> {
    let bar = terminal::counter("exporting")?;
    let written = out_files::write_with(out, |part| match noun {
        Noun::Disbursements => write::<Disbursements>(db, filter, how, part, &bar),
        Noun::Grants => write::<Grants>(db, filter, how, part, &bar),
        Noun::Applications => write::<Applications>(db, filter, how, part, &bar),
    });
    bar.finish_and_clear();
    written
}

/// Writes the applications with their answers.
fn leave_answers(
    db: &Db,
    noun: Noun,
    filter: &Filter,
    (format, form): (Format, Form),
    group: Option<&str>,
    out: &Path,
) -> Result<u64, Failure> {
    if noun != Noun::Applications {
        return Err(Failure::because("only applications have answers: tisserand export applications --answers"));
    }
    let bar = terminal::counter("exporting")?;
    let written = out_files::write_with(out, |part| {
        db.read_frozen(|conn| {
            let sheets = exports::sheets(conn, &Actor::system(), filter)?;
            let reading = exports::begin::<Answered>(conn, &Actor::system(), filter)?;
            let rows = reading.rows(|next| next(conn)).inspect(|_| bar.inc(1));
            if format == Format::Xlsx {
                if group.is_some() {
                    return Err(Failure::because("a workbook holds every table; --group goes with --format csv"));
                }
                return write_answers_xlsx(&sheets, rows, BufWriter::new(part)).map_err(told);
            }
            let [sheet] = sheets.as_slice() else {
                return Err(Failure::because(
                    "each call has its own questions: name one with --call, or write a workbook with --format xlsx",
                ));
            };
            let table = Answers::of(sheet, form);
            let group = match group {
                Some(code) => Some(table.group(code).ok_or_else(|| {
                    Failure::because(format!("no question {code:?} of this call is answered by rows"))
                })?),
                None => None,
            };
            table.write_csv(group, rows, part).map_err(told)
        })
    });
    bar.finish_and_clear();
    written
}

fn write<N: Tabled>(
    db: &Db,
    filter: &Filter,
    (format, form): (Format, Form),
    part: &mut File,
    bar: &ProgressBar,
) -> Result<Written, Failure> {
    db.read_frozen(|conn| {
        let reading = exports::begin::<N>(conn, &Actor::system(), filter)?;
        let rows = reading.rows(|next| next(conn)).inspect(|_| bar.inc(1));
        let written = match format {
            Format::Csv => write_csv(N::TABLE, form, rows, part),
            Format::Xlsx => write_xlsx(N::TABLE, rows, BufWriter::new(part)),
        };
        written.map_err(told)
    })
}

fn told(error: ExportError<UseCaseError>) -> Failure {
    match error {
        ExportError::Rows(error) => error.into(),
        ExportError::Write(error) => Failure::because(format!("the table cannot be written: {error}")),
        ExportError::Sheet(error) => Failure::because(format!("the workbook cannot be written: {error}")),
    }
}

//! Lists as files: what a list shows with its filters, every page of it, as CSV or as a workbook. A page is read when the
//! one before has left, so that a list of any length needs no more memory than a page.

use super::{
    App, Failure, Reply,
    finance::exports::{answer, broken, workbook},
    streams,
};
use crate::{
    exports::{
        lists::List,
        sheets::{Cell, ExportError, Form},
    },
    store::Conn,
    usecases::{Outcome, UseCaseError, exports::one_by_one},
};
use serde::Deserialize;

/// Lines read at a time, where the list lets one say how many.
pub const CHUNK: usize = 500;

/// In which form a list is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Format {
    /// `csv` for a French spreadsheet, `csv-programme` for a program, a workbook otherwise.
    #[serde(default)]
    format: String,
}

impl Format {
    /// For whom the list is written.
    pub fn form(&self) -> Form {
        if self.format == "csv-programme" { Form::Machine } else { Form::French }
    }

    fn is_text(&self) -> bool {
        self.format.starts_with("csv")
    }
}

/// Every line of a list that is read page by page: `page` gives some, and where the next one begins.
pub fn pages<T, K>(
    mut page: impl FnMut(&mut Conn, Option<K>) -> Outcome<(Vec<T>, Option<K>)>,
    cells: impl Fn(&T) -> Vec<Cell>,
) -> impl FnMut(&mut Conn) -> Outcome<Vec<Vec<Cell>>> {
    // The key of the page to be read; nothing once the last one was.
    let mut ahead: Option<Option<K>> = Some(None);
    move |conn: &mut Conn| -> Outcome<Vec<Vec<Cell>>> {
        while let Some(key) = ahead.take() {
            let (found, next) = page(conn, key)?;
            ahead = next.map(Some);
            if !found.is_empty() {
                return Ok(found.iter().map(&cells).collect());
            }
        }
        Ok(Vec::new())
    }
}

/// A list that is short by its nature, read at once.
pub fn whole(
    read: impl FnOnce(&mut Conn) -> Outcome<Vec<Vec<Cell>>>,
) -> impl FnMut(&mut Conn) -> Outcome<Vec<Vec<Cell>>> {
    let mut read = Some(read);
    move |conn: &mut Conn| match read.take() {
        Some(read) => read(conn),
        None => Ok(Vec::new()),
    }
}

/// A page of so many lines, with the key of the last one where it is full.
pub fn paged<T, K>(found: Vec<T>, key: impl Fn(&T) -> K) -> (Vec<T>, Option<K>) {
    let next = found.get(CHUNK - 1).map(key);
    (found, next)
}

/// A state in two cells: its code, and its French label.
pub fn status(code: &str, label: &str) -> [Cell; 2] {
    [Cell::Text(code.to_owned()), Cell::Text(label.to_owned())]
}

/// Gives a list whose rows come page by page, none being the end. CSV leaves while it is read, a workbook once it is whole.
pub async fn give(
    app: &App,
    list: &'static List,
    wanted: Format,
    next: impl FnMut(&mut Conn) -> Outcome<Vec<Vec<Cell>>> + Send + 'static,
) -> Reply {
    let place = app.export_place().await?;
    let (db, day) = (app.db().clone(), app.now().paris_date());
    if !wanted.is_text() {
        let made = tokio::task::spawn_blocking(move || -> Outcome<_> {
            db.read_frozen(|conn| Ok(list.xlsx(one_by_one(next, |next| next(conn)))))
        });
        let made = made.await.map_err(|error| Failure::Broken(error.to_string()))??;
        return workbook(&format!("{}-{day}.xlsx", list.file), made.map_err(unwritten)?, place);
    }
    // The first page is read before anything leaves: a refusal is still an answer then.
    let begun = move |conn: &mut Conn| -> Outcome<_> {
        let mut next = next;
        let first = next(conn)?;
        Ok((first, next))
    };
    let (first, mut next) = app.read(begun).await?;
    let mut first = Some(first);
    let rest = move |conn: &mut Conn| match first.take() {
        Some(rows) => Ok(rows),
        None => next(conn),
    };
    let form = wanted.form();
    let stream = streams::of(move |pipe| {
        let _place = place;
        // A connection is lent for each page alone: a slow reader keeps none from the others.
        list.csv(form, one_by_one(rest, |next| db.read(next)), pipe).map(drop).map_err(broken)
    });
    Ok(answer(&format!("{}-{day}.csv", list.file), "text/csv; charset=utf-8").streaming(stream))
}

/// A workbook that was not written: what its rows were refused for is said.
fn unwritten(error: ExportError<UseCaseError>) -> Failure {
    match error {
        ExportError::Rows(error) => error.into(),
        error => Failure::Broken(error.to_string()),
    }
}

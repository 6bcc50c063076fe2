//! Lists as files: what a list shows with its filters, every page of it, as CSV or as a workbook.

use super::{App, Failure, Reply, finance::exports::answer};
use crate::{
    domain::lifecycle::Refusal,
    exports::{
        lists::List,
        sheets::{Cell, Form},
    },
    store::Conn,
    usecases::Outcome,
};
use serde::Deserialize;

/// Lines of one file, at most.
const MOST: usize = 20_000;
/// Lines read at a time, where the list lets one say how many.
pub const CHUNK: usize = 500;

/// In which form a list is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Format {
    #[serde(default)]
    format: String,
}

/// Every line of a list that is read page by page: `page` gives some, and where the next one begins. A list that is too
/// long is refused: one that is cut short would pass for the whole.
pub fn every<T, K>(mut page: impl FnMut(Option<K>) -> Outcome<(Vec<T>, Option<K>)>) -> Outcome<Vec<T>> {
    let (mut all, mut key) = (Vec::new(), None);
    loop {
        let (found, next) = page(key)?;
        all.extend(found);
        match next {
            Some(next) if all.len() <= MOST => key = Some(next),
            Some(_) => {
                let sentence =
                    "Cette liste dépasse 20\u{202f}000 lignes. Choisissez un filtre pour en prendre une partie.";
                return Err(Refusal::because(sentence).into());
            }
            None => return Ok(all),
        }
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

/// Gives a list: its rows are read, then written in the form that is asked for.
pub async fn give(
    app: &App,
    list: &'static List,
    wanted: Format,
    rows: impl FnOnce(&mut Conn) -> Outcome<Vec<Vec<Cell>>> + Send + 'static,
) -> Reply {
    let _place = app.export_place().await?;
    let rows = app.read(rows).await?;
    let is_text = wanted.format.starts_with("csv");
    let form = if wanted.format == "csv" { Form::French } else { Form::Machine };
    let (ending, kind) = match is_text {
        true => ("csv", "text/csv; charset=utf-8"),
        false => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    };
    let name = format!("{}-{}.{ending}", list.file, app.now().paris_date());
    let made = app.print(move || if is_text { list.csv(&rows, form) } else { list.xlsx(&rows) });
    let bytes = made.await?.map_err(|error| Failure::Broken(error.to_string()))?;
    Ok(answer(&name, kind).body(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_too_long_is_refused_rather_than_cut() {
        assert_eq!(every(|_: Option<usize>| Ok((vec![1, 2], None))).unwrap(), [1, 2]);
        let endless = every(|key: Option<usize>| Ok((vec![0; CHUNK], Some(key.unwrap_or_default() + 1))));
        assert!(endless.unwrap_err().to_string().contains("Choisissez un filtre"));
    }
}

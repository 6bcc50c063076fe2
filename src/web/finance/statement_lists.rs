//! The list of bank statements as a file.

use crate::{
    domain::ids::StatementImportId,
    exports::{lists::STATEMENTS, sheets::Cell},
    store::Conn,
    usecases::{
        Outcome,
        statements::{self, Listed, Waiting},
    },
    web::{
        App, Reply,
        audiences::Books,
        lists::{self, Format},
    },
};
use actix_web::web::{Data, Query};

/// A statement with what of it waits for somebody.
type Line = (Listed, Option<Waiting>);

fn statement((listed, waiting): &Line) -> Vec<Cell> {
    let row = &listed.row;
    let count = |count: usize| Cell::Integer(i64::try_from(count).unwrap_or(i64::MAX));
    vec![
        Cell::Date(row.from_on),
        Cell::Date(row.until_on),
        Cell::Text(listed.payer.as_ref().map(|payer| payer.iban.masked()).unwrap_or_default()),
        Cell::Text(row.file_name.clone()),
        Cell::Text(listed.imported_by.clone()),
        Cell::Instant(row.imported_at),
        Cell::Integer(i64::from(row.line_count - row.known_count)),
        count(listed.confirmed),
        waiting.map_or(Cell::Empty, |waiting| count(waiting.to_confirm)),
        waiting.map_or(Cell::Empty, |waiting| count(waiting.to_examine)),
    ]
}

/// The bank statements that were imported, the newest first.
pub async fn imports(app: Data<App>, who: Books, format: Query<Format>) -> Reply {
    let (actor, now) = (who.actor.clone(), app.now());
    let page = move |conn: &mut Conn, key: Option<StatementImportId>| -> Outcome<_> {
        let found = statements::page(conn, &actor, key, lists::CHUNK as i64)?;
        let rows: Vec<_> = found.iter().map(|listed| listed.row.clone()).collect();
        let waiting = statements::waiting_in_all(conn, &actor, &rows, now)?;
        let told = |listed: Listed| {
            let theirs = waiting.get(&listed.row.id).copied();
            (listed, theirs)
        };
        Ok(lists::paged(found.into_iter().map(told).collect(), |(listed, _): &Line| listed.row.id))
    };
    lists::give(&app, STATEMENTS, format.into_inner(), lists::pages(page, statement)).await
}

//! The list of bank statements as a file.

use crate::{
    domain::ids::StatementImportId,
    exports::{lists::STATEMENTS, sheets::Cell},
    store::Conn,
    usecases::{
        Outcome,
        statements::{self, Listed},
    },
    web::{
        App, Reply,
        audiences::Books,
        lists::{self, Format},
    },
};
use actix_web::web::{Data, Query};

fn statement(listed: &Listed) -> Vec<Cell> {
    let row = &listed.row;
    vec![
        Cell::Date(row.from_on),
        Cell::Date(row.until_on),
        Cell::Text(listed.payer.as_ref().map(|payer| payer.iban.masked()).unwrap_or_default()),
        Cell::Text(row.file_name.clone()),
        Cell::Text(listed.imported_by.clone()),
        Cell::Instant(row.imported_at),
        Cell::Integer(i64::from(row.line_count - row.known_count)),
        Cell::Integer(i64::try_from(listed.confirmed).unwrap_or(i64::MAX)),
    ]
}

/// The bank statements that were imported, the newest first.
pub async fn imports(app: Data<App>, who: Books, format: Query<Format>) -> Reply {
    let actor = who.actor.clone();
    let page = move |conn: &mut Conn, key: Option<StatementImportId>| -> Outcome<_> {
        let found = statements::page(conn, &actor, key, lists::CHUNK as i64)?;
        Ok(lists::paged(found, |listed: &Listed| listed.row.id))
    };
    lists::give(&app, STATEMENTS, format.into_inner(), lists::pages(page, statement)).await
}

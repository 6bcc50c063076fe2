//! The lists of the books as files, with their filters: movements, balances, bank statements.

use super::journal::{Asked, words};
use crate::{
    domain::{
        ids::{AccountId, CallId, StatementImportId},
        journal::Stage,
        money::Euros,
    },
    exports::{
        lists::{BALANCES, MOVEMENTS, STATEMENTS},
        sheets::Cell,
    },
    store::{Conn, books::AccountWords},
    usecases::{
        Outcome,
        books::{self, Movement},
        statements::{self, Listed},
    },
    web::{
        App, Reply,
        audiences::Books,
        lists::{self, Format},
    },
};
use actix_web::web::{Data, Query};

fn movement(of: &Movement) -> Vec<Cell> {
    let row = &of.row;
    let mut cells = vec![Cell::Integer(row.seq), Cell::Instant(row.at)];
    cells.extend(lists::status(row.kind.code(), row.kind.label()));
    cells.extend([Cell::Text(words(&of.from)), Cell::Text(words(&of.to)), Cell::Money(row.amount_cents)]);
    cells.push(row.reverses_seq.map_or(Cell::Empty, Cell::Integer));
    cells
}

/// The movements of the journal, the newest first.
pub async fn movements(app: Data<App>, who: Books, format: Query<Format>) -> Reply {
    let actor = who.actor.clone();
    let rows = move |conn: &mut Conn| -> Outcome<_> {
        let page = |key: Option<i64>| -> Outcome<_> {
            let found = books::movements(conn, &actor, key, lists::CHUNK as i64)?;
            Ok(lists::paged(found, |movement: &Movement| movement.row.seq))
        };
        Ok(lists::every(page)?.iter().map(movement).collect())
    };
    lists::give(&app, MOVEMENTS, format.into_inner(), rows).await
}

fn balance((account, balance): &(AccountWords, Euros)) -> Vec<Cell> {
    let text = |text: &Option<String>| Cell::Text(text.clone().unwrap_or_default());
    let mut cells = lists::status(account.stage.code(), account.stage.label()).to_vec();
    cells.extend([text(&account.call), text(&account.grant), Cell::Text(account.source.clone())]);
    cells.push(Cell::Money(*balance));
    cells
}

/// The accounts of the journal, each with its balance.
pub async fn balances(app: Data<App>, who: Books, asked: Query<Asked>, format: Query<Format>) -> Reply {
    let actor = who.actor.clone();
    let wanted = (asked.etape.parse::<Stage>().ok(), asked.appel.parse::<CallId>().ok());
    let rows = move |conn: &mut Conn| -> Outcome<_> {
        let page = |key: Option<AccountId>| -> Outcome<_> {
            let found = books::accounts(conn, &actor, wanted, key, lists::CHUNK as i64)?;
            Ok(lists::paged(found, |(account, _): &(AccountWords, Euros)| account.id))
        };
        Ok(lists::every(page)?.iter().map(balance).collect())
    };
    lists::give(&app, BALANCES, format.into_inner(), rows).await
}

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
    let rows = move |conn: &mut Conn| -> Outcome<_> {
        let page = |key: Option<StatementImportId>| -> Outcome<_> {
            let found = statements::page(conn, &actor, key, lists::CHUNK as i64)?;
            Ok(lists::paged(found, |listed: &Listed| listed.row.id))
        };
        Ok(lists::every(page)?.iter().map(statement).collect())
    };
    lists::give(&app, STATEMENTS, format.into_inner(), rows).await
}

//! Lists of what the house itself keeps as files: agreements, accounts that pay, evidence packs, files for the accountant.

use crate::{
    domain::ids::EvidencePackId,
    exports::{
        lists::{ACCOUNTING_FILES, AGREEMENTS, PACKS, PAYERS},
        sheets::Cell,
    },
    store::{Conn, accounting::AccountingExportRow, evidence_packs::PackLine},
    usecases::{
        Outcome, accounting, evidence_packs,
        funding_sources::{self, SourceLine},
        payers::{self, Payer},
    },
    web::{
        App, Reply,
        audiences::{Books, Sources},
        lists::{self, Format},
    },
};
use actix_web::web::{Data, Query};

fn agreement(line: &SourceLine) -> Vec<Cell> {
    let row = &line.row;
    vec![
        Cell::Text(row.reference.clone()),
        Cell::Text(row.title.clone()),
        Cell::Text(line.funder.clone()),
        Cell::Date(row.starts_on),
        Cell::Date(row.ends_on),
        Cell::Text(row.regranting_clause.clone().unwrap_or_default()),
        Cell::Money(row.amount_cents),
        Cell::Money(line.expected),
        Cell::Money(line.received),
        Cell::Money(line.progress.paid),
        Cell::Money(line.in_hand()),
        line.next_report.as_ref().map_or(Cell::Empty, |report| Cell::Text(report.title.clone())),
        line.next_report.as_ref().map_or(Cell::Empty, |report| Cell::Date(report.due_on)),
    ]
}

/// The agreements, by reference.
pub async fn agreements(app: Data<App>, who: Sources, format: Query<Format>) -> Reply {
    let (actor, now) = (who.actor.clone(), app.now());
    let rows = move |conn: &mut Conn| -> Outcome<_> {
        let (_, lines) = funding_sources::list(conn, &actor, now)?;
        Ok(lines.iter().map(agreement).collect())
    };
    lists::give(&app, AGREEMENTS, format.into_inner(), lists::whole(rows)).await
}

fn payer(payer: &Payer) -> Vec<Cell> {
    let confirmed = payer.confirmed.as_ref();
    let mut cells = vec![
        Cell::Text(payer.account.holder.clone()),
        Cell::Text(payer.account.iban.masked()),
        Cell::Text(payer.proposed_by.clone().unwrap_or_default()),
        confirmed.map_or(Cell::Empty, |(name, _)| Cell::Text(name.clone())),
        confirmed.map_or(Cell::Empty, |(_, at)| Cell::Instant(*at)),
    ];
    cells.extend(match payer.confirmation.is_some() {
        true => lists::status("to_confirm", "à confirmer"),
        false => lists::status("usable", "utilisable"),
    });
    cells
}

/// The accounts the house pays from; no number leaves whole.
pub async fn payers(app: Data<App>, who: Books, format: Query<Format>) -> Reply {
    let actor = who.actor.clone();
    let rows = move |conn: &mut Conn| -> Outcome<_> { Ok(payers::list(conn, &actor)?.iter().map(payer).collect()) };
    lists::give(&app, PAYERS, format.into_inner(), lists::whole(rows)).await
}

fn pack(line: &PackLine) -> Vec<Cell> {
    let (code, label) = match (line.failure.is_some(), line.made_at.is_some()) {
        (true, _) => ("failed", "à reprendre"),
        (false, true) => ("made", "prêt"),
        (false, false) => ("waiting", "en préparation"),
    };
    let mut cells = vec![
        Cell::Text(line.funder.clone()),
        Cell::Date(line.from_on),
        Cell::Date(line.until_on),
        Cell::Text(line.asked_by.clone()),
        Cell::Instant(line.asked_at),
    ];
    cells.extend(lists::status(code, label));
    cells
}

/// The evidence packs, the newest first.
pub async fn packs(app: Data<App>, who: Books, format: Query<Format>) -> Reply {
    let actor = who.actor.clone();
    let page = move |conn: &mut Conn, key: Option<EvidencePackId>| -> Outcome<_> {
        let found = evidence_packs::page(conn, &actor, key, lists::CHUNK as i64)?;
        Ok(lists::paged(found, |line: &PackLine| line.id))
    };
    lists::give(&app, PACKS, format.into_inner(), lists::pages(page, pack)).await
}

fn accounting_file((row, maker): &(AccountingExportRow, Option<String>)) -> Vec<Cell> {
    vec![
        Cell::Text(row.file_name.clone()),
        Cell::Date(row.from_on),
        Cell::Date(row.until_on),
        Cell::Integer(row.entry_count),
        Cell::Money(row.total_cents),
        Cell::Text(maker.clone().unwrap_or_default()),
        Cell::Instant(row.made_at),
        Cell::Text(row.sha256.clone()),
    ]
}

/// The files made for the accountant, the newest first.
pub async fn accounting_files(app: Data<App>, who: Books, format: Query<Format>) -> Reply {
    let actor = who.actor.clone();
    let rows = move |conn: &mut Conn| -> Outcome<_> {
        Ok(accounting::made(conn, &actor)?.iter().map(accounting_file).collect())
    };
    lists::give(&app, ACCOUNTING_FILES, format.into_inner(), lists::whole(rows)).await
}

//! The transfers of a run and the lines of a bank statement as files.

use super::{
    Sources,
    statements::{Asked, amount, code, group, line, signed},
};
use crate::{
    domain::{
        ids::{DisbursementId, PaymentRunId, StatementImportId},
        statements::{EURO, matching::Verdict},
    },
    exports::{
        lists::{RUN_LINES, STATEMENT_LINES},
        sheets::Cell,
    },
    store::{
        Conn,
        bank_accounts::{self as accounts, BankAccountRow},
        money_sources,
        statements::StatementLineRow,
    },
    usecases::{
        Actor, Outcome, payment_runs,
        statements::{self, Reading},
    },
    web::{
        App, Reply,
        audiences::Books,
        lists::{self, Format},
    },
};
use actix_web::web::{Data, Path, Query};
use std::collections::BTreeMap;

/// The transfers of one run.
pub async fn run(app: Data<App>, who: Books, id: Path<PaymentRunId>, format: Query<Format>) -> Reply {
    let (actor, id) = (who.actor.clone(), id.into_inner());
    let page = move |conn: &mut Conn, key: Option<DisbursementId>| -> Outcome<_> { transfers(conn, &actor, id, key) };
    let rows = lists::pages(page, |cells: &Vec<Cell>| cells.clone());
    lists::give(&app, RUN_LINES, format.into_inner(), rows).await
}

type Transfers = (Vec<Vec<Cell>>, Option<DisbursementId>);

/// Some of the transfers of a run: a fixed number of look-ups, whatever their number.
fn transfers(conn: &mut Conn, actor: &Actor, id: PaymentRunId, key: Option<DisbursementId>) -> Outcome<Transfers> {
    let file = payment_runs::part(conn, actor, id, key, lists::CHUNK)?;
    let ids: Vec<_> = file.lines.iter().map(|line| line.disbursement.id).collect();
    let account_ids: Vec<_> = file.lines.iter().filter_map(|line| line.disbursement.bank_account_id).collect();
    let (splits, sources) = (money_sources::splits_of(conn, &ids)?, Sources::load(conn)?);
    let known: BTreeMap<_, BankAccountRow> =
        accounts::find_all(conn, &account_ids)?.into_iter().map(|row| (row.id, row)).collect();
    let next = file.lines.get(lists::CHUNK - 1).map(|line| line.disbursement.id);
    let text = |text: &str| Cell::Text(text.to_owned());
    let mut rows = Vec::with_capacity(file.lines.len());
    for line in &file.lines {
        let row = &line.disbursement;
        let account = row.bank_account_id.and_then(|id| known.get(&id));
        let net = file.net(row);
        let mut cells = vec![
            text(&file.run.reference),
            text(&line.holder.name),
            text(&line.grant.grant_reference),
            text(&line.fund.fund_name),
            Cell::Integer(row.number.into()),
            text(row.kind.label()),
            text(account.map_or("", |account| &account.holder)),
            Cell::Text(account.map(|account| account.iban.masked()).unwrap_or_default()),
            text(row.end_to_end_id.as_deref().unwrap_or_default()),
        ];
        cells.extend(match file.approved(row.id) {
            Some(approved) => lists::status(approved.outcome.code(), approved.outcome.label()),
            None => lists::status(row.state.code(), row.state.label()),
        });
        cells.push(row.paid_on.map_or(Cell::Empty, Cell::Date));
        cells.push(Cell::Money(row.amount_cents - net));
        cells.push(Cell::Money(net));
        cells.push(Cell::Text(sources.split(splits.iter().filter(|split| split.disbursement_id == row.id))));
        rows.push(cells);
    }
    Ok((rows, next))
}

/// The lines of one statement, of one group or of all. What is thought of a line depends on all the others: the statement
/// is read once, and is never longer than the file that was imported.
pub async fn statement(
    app: Data<App>,
    who: Books,
    id: Path<StatementImportId>,
    asked: Query<Asked>,
    format: Query<Format>,
) -> Reply {
    let (actor, now, id, wanted) = (who.actor.clone(), app.now(), id.into_inner(), asked.into_inner().groupe);
    let rows = move |conn: &mut Conn| -> Outcome<_> {
        let reading = statements::read(conn, &actor, id, now)?;
        let of_group = reading.lines.iter().filter(|(_, verdict)| wanted.is_empty() || group(verdict) == wanted);
        Ok(of_group.map(|(row, verdict)| operation(&reading, row, verdict)).collect())
    };
    lists::give(&app, STATEMENT_LINES, format.into_inner(), lists::whole(rows)).await
}

fn operation(reading: &Reading, row: &StatementLineRow, verdict: &Verdict) -> Vec<Cell> {
    let told = line(reading, row, verdict);
    let (euros, other) = match row.currency == EURO {
        true => (Cell::Money(signed(row)), Cell::Empty),
        false => (Cell::Empty, Cell::Text(amount(row))),
    };
    let deeds: Vec<_> = told.deeds.iter().map(|(words, _)| words.as_str()).collect();
    let mut cells = vec![
        Cell::Integer(row.position.into()),
        Cell::Date(row.booked_on),
        Cell::Text(row.counterpart.clone()),
        Cell::Text(row.masked_account.clone()),
        Cell::Text(row.label.clone()),
        euros,
        other,
        Cell::Text(row.end_to_end_id.clone().unwrap_or_default()),
        Cell::Text(row.bank_reference.clone().unwrap_or_default()),
    ];
    cells.extend(lists::status(code(verdict), &told.badge.label));
    cells.push(Cell::Text(deeds.join(" ")));
    cells.push(Cell::Text(told.why));
    cells
}

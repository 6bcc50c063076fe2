//! The list of disbursements as a file, with its filters.

use super::{
    Sources,
    disbursements::{Asked, remarks},
};
use crate::{
    domain::{
        ids::{CallId, DisbursementId},
        lifecycles::disbursements::DisbursementState,
    },
    exports::{lists::PAYMENTS, sheets::Cell},
    store::{Conn, money_sources},
    usecases::{
        Outcome,
        disbursements::{self, ToPay},
    },
    web::{
        App, Reply,
        audiences::Books,
        lists::{self, Format},
    },
};
use actix_web::web::{Data, Query};
use chrono::NaiveDate;

/// The same list as a file.
pub async fn export(app: Data<App>, who: Books, asked: Query<Asked>, format: Query<Format>) -> Reply {
    let (actor, now) = (who.actor.clone(), app.now());
    let wanted = (asked.etat.parse().unwrap_or(DisbursementState::Planned), asked.appel.parse::<CallId>().ok());
    let page = move |conn: &mut Conn, key: Option<DisbursementId>| -> Outcome<_> {
        let found = disbursements::to_pay_of(conn, &actor, wanted, (key, lists::CHUNK as i64), now)?;
        let id = |payment: &ToPay| payment.file.disbursement.id;
        let ids: Vec<_> = found.iter().map(id).collect();
        let (found, next) = lists::paged(found, id);
        let splits = money_sources::splits_of(conn, &ids)?;
        Ok((Sources::load(conn)?.beside(found, &splits, id), next))
    };
    lists::give(&app, PAYMENTS, format.into_inner(), lists::pages(page, cells)).await
}

fn cells((payment, split): &(ToPay, String)) -> Vec<Cell> {
    let (file, row) = (&payment.file, &payment.file.disbursement);
    let day = |day: Option<NaiveDate>| day.map_or(Cell::Empty, Cell::Date);
    let mut cells = vec![
        Cell::Text(file.holder.name.clone()),
        Cell::Text(file.grant.grant_reference.clone()),
        Cell::Text(file.call.call_title.clone()),
        Cell::Integer(row.number.into()),
        Cell::Text(row.kind.label().to_owned()),
        Cell::Money(row.amount_cents),
    ];
    cells.extend(lists::status(row.state.code(), row.state.label()));
    cells.extend([day(row.due_on), day(row.paid_on), Cell::Text(remarks(payment).join(" "))]);
    cells.push(Cell::Text(split.clone()));
    cells
}

//! How far the money has gone, and what is due between the house and a funder, as files.

use crate::{
    domain::ids::FundingSourceId,
    exports::{
        lists::{EARMARKS, INSTALMENTS, MONEY, REPORTS_DUE, SOURCE_REPORTS},
        sheets::Cell,
    },
    store::{
        Conn,
        funding_dues::{DueLine, InstalmentRow, SourceReportRow},
    },
    usecases::{
        Outcome,
        books::{self, CallBooks},
        earmark_books::{self, EarmarkBooks},
        funding_dues, funding_sources,
    },
    web::{
        App, Reply,
        audiences::{Books, Sources},
        lists::{self, Format},
    },
};
use actix_web::web::{Data, Path, Query};
use chrono::NaiveDate;

fn call(call: &CallBooks) -> Vec<Vec<Cell>> {
    let row = |(reference, funder, part): &(String, String, books::Progress)| {
        vec![
            Cell::Text(call.fund_name.clone()),
            Cell::Text(call.reference.clone()),
            Cell::Text(call.title.clone()),
            Cell::Text(reference.clone()),
            Cell::Text(funder.clone()),
            Cell::Money(part.envelope),
            Cell::Money(part.committed),
            Cell::Money(part.authorised),
            Cell::Money(part.paid),
            Cell::Money(part.left()),
        ]
    };
    call.sources.iter().map(row).collect()
}

/// The money of every call, source by source.
pub async fn money(app: Data<App>, who: Books, format: Query<Format>) -> Reply {
    let actor = who.actor.clone();
    let rows =
        move |conn: &mut Conn| -> Outcome<_> { Ok(books::overview(conn, &actor)?.iter().flat_map(call).collect()) };
    lists::give(&app, MONEY, format.into_inner(), lists::whole(rows)).await
}

fn earmark((set_by, mark): &(String, EarmarkBooks)) -> Vec<Cell> {
    vec![
        Cell::Text(set_by.clone()),
        Cell::Text(mark.axis.clone()),
        Cell::Text(mark.words()),
        Cell::Money(mark.amount),
        Cell::Money(mark.committed),
        Cell::Money(mark.left()),
    ]
}

/// Every earmark, with what is left of it.
pub async fn earmarks(app: Data<App>, who: Books, format: Query<Format>) -> Reply {
    let actor = who.actor.clone();
    let rows = move |conn: &mut Conn| -> Outcome<_> {
        let funded: Vec<_> = books::overview(conn, &actor)?.iter().map(|call| call.id).collect();
        Ok(earmark_books::overview(conn, &actor, &funded)?.iter().map(earmark).collect())
    };
    lists::give(&app, EARMARKS, format.into_inner(), lists::whole(rows)).await
}

fn day(day: Option<NaiveDate>) -> Cell {
    day.map_or(Cell::Empty, Cell::Date)
}

fn instalment(reference: &str, row: &InstalmentRow, today: NaiveDate) -> Vec<Cell> {
    let (code, label) = match row.received_on {
        Some(_) => ("received", "reçu"),
        None if row.expected_on < today => ("late", "en retard"),
        None => ("expected", "pas encore"),
    };
    let mut cells = vec![
        Cell::Text(reference.to_owned()),
        Cell::Text(row.label.clone()),
        Cell::Date(row.expected_on),
        Cell::Money(row.expected_cents),
        day(row.received_on),
        row.received_cents.map_or(Cell::Empty, Cell::Money),
        Cell::Text(row.bank_reference.clone().unwrap_or_default()),
    ];
    cells.extend(lists::status(code, label));
    cells
}

/// What the funder of an agreement was to pay, and what it paid.
pub async fn instalments(app: Data<App>, who: Sources, id: Path<FundingSourceId>, format: Query<Format>) -> Reply {
    let (actor, id, now) = (who.actor.clone(), id.into_inner(), app.now());
    let rows = move |conn: &mut Conn| -> Outcome<_> {
        let paper = funding_sources::find(conn, &actor, id, now)?;
        let reference = &paper.line.row.reference;
        Ok(paper.instalments.iter().map(|row| instalment(reference, row, now.paris_date())).collect())
    };
    lists::give(&app, INSTALMENTS, format.into_inner(), lists::whole(rows)).await
}

fn report(reference: &str, row: &SourceReportRow, today: NaiveDate) -> Vec<Cell> {
    let (code, label) = match row.sent_on {
        Some(_) => ("sent", "envoyé"),
        None if row.due_on < today => ("late", "en retard"),
        None => ("owed", "pas encore"),
    };
    let mut cells =
        vec![Cell::Text(reference.to_owned()), Cell::Text(row.title.clone()), Cell::Date(row.due_on), day(row.sent_on)];
    cells.extend(lists::status(code, label));
    cells
}

fn report_cells((row, _, reference, _, funder): &DueLine, today: NaiveDate) -> Vec<Cell> {
    let mut cells = vec![
        Cell::Text(funder.clone()),
        Cell::Text(reference.clone()),
        Cell::Text(row.title.clone()),
        Cell::Date(row.due_on),
    ];
    cells.extend(match row.due_on < today {
        true => lists::status("late", "en retard"),
        false => lists::status("owed", "pas encore"),
    });
    cells
}

/// The reports owed to funders soon, or late already, as the overview shows them.
pub async fn reports_due(app: Data<App>, who: Books, format: Query<Format>) -> Reply {
    let (actor, now) = (who.actor.clone(), app.now());
    let rows = move |conn: &mut Conn| -> Outcome<_> {
        let found = funding_dues::owed(conn, &actor, now)?;
        Ok(found.iter().map(|line| report_cells(line, now.paris_date())).collect())
    };
    lists::give(&app, REPORTS_DUE, format.into_inner(), lists::whole(rows)).await
}

/// What is marked on an agreement for an axis or a fund, with what is left of it.
pub async fn marks(app: Data<App>, who: Sources, id: Path<FundingSourceId>, format: Query<Format>) -> Reply {
    let (actor, id, now) = (who.actor.clone(), id.into_inner(), app.now());
    let rows = move |conn: &mut Conn| -> Outcome<_> {
        let paper = funding_sources::find(conn, &actor, id, now)?;
        let set_by = format!("Convention {}", paper.line.row.reference);
        Ok(paper.earmarks.into_iter().map(|mark| earmark(&(set_by.clone(), mark))).collect())
    };
    lists::give(&app, EARMARKS, format.into_inner(), lists::whole(rows)).await
}

/// What the house owes the funder of an agreement in writing.
pub async fn reports(app: Data<App>, who: Sources, id: Path<FundingSourceId>, format: Query<Format>) -> Reply {
    let (actor, id, now) = (who.actor.clone(), id.into_inner(), app.now());
    let rows = move |conn: &mut Conn| -> Outcome<_> {
        let paper = funding_sources::find(conn, &actor, id, now)?;
        let reference = &paper.line.row.reference;
        Ok(paper.reports.iter().map(|row| report(reference, row, now.paris_date())).collect())
    };
    lists::give(&app, SOURCE_REPORTS, format.into_inner(), lists::whole(rows)).await
}

//! The money at a glance, from the journal: how far it has gone, fund by fund, call by call, source by source.

use super::{funding_sources::Due, places};
use crate::{
    domain::{
        lifecycles::{disbursements::DisbursementState, recoveries::RecoveryState},
        money::Euros,
    },
    store::disbursements,
    usecases::{
        books::{self, CallBooks, Progress},
        earmark_books::{self, EarmarkBooks},
        funding_dues, recoveries,
    },
    web::{
        App, Reply,
        audiences::Books,
        meters::Meter,
        pages::{Chrome, NavLink, render},
    },
};
use actix_web::web::Data;
use askama::Template;

#[derive(Template)]
#[template(path = "finance/overview.html")]
struct OverviewPage {
    chrome: Chrome,
    places: Vec<NavLink>,
    /// Value, words, address.
    figures: Vec<(String, String, String)>,
    /// Reports owed to funders.
    dues: Vec<Due>,
    funds: Vec<Fund>,
    /// What is marked for an axis, each with who set it.
    earmarks: Vec<(String, EarmarkBooks)>,
}

/// One fund: its name, how far its money has gone, its calls.
struct Fund {
    code: String,
    name: String,
    meter: Meter,
    calls: Vec<Call>,
}

struct Call {
    id: String,
    reference: String,
    title: String,
    /// Source by source; a single one is the whole call.
    rows: Vec<Row>,
    /// Named after its only source when it has one.
    total: Row,
}

/// One line of figures: a source, or the whole call.
struct Row {
    name: String,
    envelope: Euros,
    committed: Euros,
    authorised: Euros,
    paid: Euros,
    left: Euros,
}

impl Row {
    fn new(name: String, progress: Progress) -> Self {
        let Progress { envelope, committed, authorised, paid, .. } = progress;
        Row { name, envelope, committed, authorised, paid, left: progress.left() }
    }
}

fn meter(progress: Progress) -> Meter {
    let parts = [
        ("Versé", "paid", progress.paid),
        ("Autorisé, à verser", "authorised", progress.authorised - progress.paid),
        ("Engagé, à autoriser", "committed", progress.committed - progress.authorised),
    ];
    Meter::new("Enveloppes", progress.envelope - progress.recovered, &parts)
}

fn by_fund(calls: Vec<CallBooks>) -> Vec<Fund> {
    let mut funds: Vec<(Fund, Progress)> = Vec::new();
    for call in calls {
        let rows: Vec<Row> = call
            .sources
            .into_iter()
            .map(|(reference, funder, part)| Row::new(format!("{funder} ({reference})"), part))
            .collect();
        let name = match rows.as_slice() {
            [only] => only.name.clone(),
            _ => "Total".to_owned(),
        };
        let total = Row::new(name, call.progress);
        let shown = Call { id: call.id.to_string(), reference: call.reference, title: call.title, rows, total };
        match funds.last_mut() {
            Some((fund, sum)) if fund.code == call.fund_code => {
                *sum = books::sum(*sum, call.progress);
                fund.meter = meter(*sum);
                fund.calls.push(shown);
            }
            _ => {
                let meter = meter(call.progress);
                let fund = Fund { code: call.fund_code, name: call.fund_name, meter, calls: vec![shown] };
                funds.push((fund, call.progress));
            }
        }
    }
    funds.into_iter().map(|(fund, _)| fund).collect()
}

/// The overview.
pub async fn show(app: Data<App>, who: Books) -> Reply {
    let actor = who.actor.clone();
    let now = app.now();
    let (calls, counts, owed, dues, earmarks) = app
        .read(move |conn| {
            let owed = (
                recoveries::count_in_state(conn, &actor, RecoveryState::Requested)?,
                recoveries::total_in_state(conn, &actor, RecoveryState::Requested)?,
            );
            let counts = disbursements::counts(conn, None, actor.person)?;
            let calls = books::overview(conn, &actor)?;
            let funded: Vec<_> = calls.iter().map(|call| call.id).collect();
            let earmarks = earmark_books::overview(conn, &actor, &funded)?;
            Ok((calls, counts, owed, funding_dues::owed(conn, &actor, now)?, earmarks))
        })
        .await?;
    let figure = |state: DisbursementState, words: &str| {
        let (n, sum) = counts.iter().find(|row| row.0 == state).map_or((0, Euros::ZERO), |row| (row.1, row.2));
        (sum.to_string(), format!("{words} ({n})"), format!("/finances/versements?etat={state}"))
    };
    let (owed, owed_sum) = owed;
    let figures = vec![
        figure(DisbursementState::Planned, "Versements prévus"),
        figure(DisbursementState::Authorised, "Autorisés, hors d’un lot"),
        figure(DisbursementState::InRun, "Dans un lot"),
        figure(DisbursementState::Paid, "Versés"),
        (owed_sum.to_string(), format!("Trop-perçus attendus ({owed})"), "/finances/trop-percus".into()),
    ];
    let page = OverviewPage {
        chrome: who.chrome(),
        places: places(&who, "/finances"),
        figures,
        dues: dues.iter().map(|due| Due::of(due, now)).collect(),
        funds: by_fund(calls),
        earmarks,
    };
    Ok(render(&page))
}

//! What leaves each month, from which funder, against what is available.

use super::places;
use crate::{
    domain::{money::Euros, time::french_month},
    exports::{lists::CASH, treasury::cash as table_of},
    store::Conn,
    usecases::{
        Outcome,
        payables::{self, Cash, Flow, SourceCash},
    },
    web::{
        App, Reply,
        audiences::Books,
        charts::{Chart, Outflow},
        lists::{self, Format},
        pages::{Chrome, NavLink, render},
    },
};
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::NaiveDate;

const HERE: &str = "/finances/tresorerie";

#[derive(Template)]
#[template(path = "finance/treasury.html")]
struct TreasuryPage {
    chrome: Chrome,
    places: Vec<NavLink>,
    chart: Chart,
    /// Everything, then each source.
    parts: Vec<Table>,
    is_empty: bool,
}

/// What leaves month by month: of one source, or of all.
struct Table {
    caption: String,
    lines: Vec<Line>,
    whole: Line,
    /// What the agreement gives, when that is known.
    note: String,
    is_short: bool,
}

struct Line {
    month: String,
    flow: Flow,
    left: Euros,
    is_short: bool,
}

fn line(month: String, flow: Flow, left: Euros) -> Line {
    Line { month, flow, left, is_short: left < Euros::ZERO }
}

/// The lines of a source: what left before, each month, what comes after, where there is something.
fn table(caption: String, source: &SourceCash, months: &[NaiveDate], note: String) -> Table {
    let shown = |month: &str, flow: Flow, left: Euros| {
        (flow.total() != Euros::ZERO).then(|| line(month.to_owned(), flow, left))
    };
    let (whole, left) = (source.whole(), source.left());
    let end = source.given - whole.total();
    let before = shown("Avant", source.before, source.given - source.before.total());
    let each = months.iter().zip(&source.months).zip(left);
    let each = each.map(|((day, flow), left)| line(french_month(*day), *flow, left));
    let lines: Vec<Line> = before.into_iter().chain(each).chain(shown("Après", source.after, end)).collect();
    let is_short = lines.iter().any(|line| line.is_short);
    Table { caption, lines, whole: line("Total".into(), whole, end), note, is_short }
}

/// All the sources as one.
fn sum(cash: &Cash) -> Option<SourceCash> {
    let mut sources = cash.sources.iter().cloned();
    let first = sources.next()?;
    Some(sources.fold(first, |sum, one| SourceCash {
        given: sum.given + one.given,
        before: sum.before.and(one.before),
        after: sum.after.and(one.after),
        months: sum.months.iter().zip(&one.months).map(|(sum, one)| sum.and(*one)).collect(),
        ..sum
    }))
}

fn tables(cash: &Cash) -> Vec<Table> {
    let whole = sum(cash).map(|sum| table("Tous les bailleurs".into(), &sum, &cash.months, String::new()));
    let of_source = |source: &SourceCash| {
        let caption = format!("{} ({})", source.funder, source.reference);
        table(caption, source, &cash.months, format!("La convention apporte {}.", source.given))
    };
    whole.into_iter().chain(cash.sources.iter().map(of_source)).collect()
}

fn chart(cash: &Cash) -> Chart {
    let months = sum(cash).map(|sum| sum.months).unwrap_or_default();
    let outflow = |(day, flow): (&NaiveDate, Flow)| Outflow {
        label: french_month(*day),
        sure: flow.paid + flow.in_run + flow.due,
        planned: flow.planned,
    };
    let months: Vec<Outflow> = cash.months.iter().zip(months).map(outflow).collect();
    Chart::of_outflows("mois", "Ce qui part chaque mois", &months)
}

/// The page.
pub async fn show(app: Data<App>, who: Books) -> Reply {
    let (actor, now) = (who.actor.clone(), app.now());
    let cash = app.read(move |conn| payables::cash(conn, &actor, now)).await?;
    let page = TreasuryPage {
        chrome: who.chrome(),
        places: places(&who, HERE),
        chart: chart(&cash),
        parts: tables(&cash),
        is_empty: cash.sources.is_empty(),
    };
    Ok(render(&page))
}

/// The months as a file.
pub async fn download(app: Data<App>, who: Books, format: Query<Format>) -> Reply {
    let (actor, now, form) = (who.actor.clone(), app.now(), format.form());
    let rows = move |conn: &mut Conn| -> Outcome<_> { Ok(table_of(&payables::cash(conn, &actor, now)?, form)) };
    lists::give(&app, CASH, format.into_inner(), lists::whole(rows)).await
}

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

/// These sources as one.
fn sum<'a>(mut sources: impl Iterator<Item = &'a SourceCash>) -> Option<SourceCash> {
    let first = sources.next()?.clone();
    Some(sources.fold(first, |sum, one| SourceCash {
        given: sum.given + one.given,
        before: sum.before.and(one.before),
        after: sum.after.and(one.after),
        months: sum.months.iter().zip(&one.months).map(|(sum, one)| sum.and(*one)).collect(),
        ..sum
    }))
}

/// Everything, then each funder: its agreements together where it has several, and each of them.
fn tables(cash: &Cash) -> Vec<Table> {
    let whole =
        sum(cash.sources.iter()).map(|all| table("Tous les bailleurs".into(), &all, &cash.months, String::new()));
    let mut parts: Vec<Table> = whole.into_iter().collect();
    let mut funders: Vec<&str> = Vec::new();
    for source in &cash.sources {
        if !funders.contains(&source.funder.as_str()) {
            funders.push(&source.funder);
        }
    }
    for funder in funders {
        let theirs: Vec<&SourceCash> = cash.sources.iter().filter(|source| source.funder == funder).collect();
        let together = sum(theirs.iter().copied()).filter(|_| theirs.len() > 1);
        parts.extend(together.map(|all| {
            let note = format!("Ses {} conventions apportent {}.", theirs.len(), all.given);
            table(format!("{funder}, toutes conventions"), &all, &cash.months, note)
        }));
        parts.extend(theirs.into_iter().map(|source| {
            let caption = format!("{} ({})", source.funder, source.reference);
            table(caption, source, &cash.months, format!("La convention apporte {}.", source.given))
        }));
    }
    parts
}

fn chart(cash: &Cash) -> Chart {
    let months = sum(cash.sources.iter()).map(|all| all.months).unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::FundingSourceId;

    #[test]
    fn a_funder_of_several_agreements_has_a_table_of_all_of_them() {
        let source = |funder: &str, reference: &str, euros: i64| SourceCash {
            id: "0198c0a1-7b5c-7def-8123-456789abcdef".parse::<FundingSourceId>().unwrap(),
            funder: funder.into(),
            reference: reference.into(),
            given: Euros::whole(100),
            before: Flow::default(),
            months: vec![Flow { planned: Euros::whole(euros), ..Flow::default() }],
            after: Flow::default(),
        };
        let months = vec!["2027-03-01".parse().unwrap()];
        let sources = vec![source("AFD", "A-1", 30), source("Région", "R-1", 20), source("AFD", "A-2", 80)];
        let parts = tables(&Cash { months, sources });
        let said: Vec<_> = parts.iter().map(|part| (part.caption.as_str(), part.whole.left)).collect();
        let wanted = [
            ("Tous les bailleurs", Euros::whole(170)),
            ("AFD, toutes conventions", Euros::whole(90)),
            ("AFD (A-1)", Euros::whole(70)),
            ("AFD (A-2)", Euros::whole(20)),
            ("Région (R-1)", Euros::whole(80)),
        ];
        assert_eq!(said, wanted);
    }
}

//! What has to leave, what is in its way and whose turn it is.

use super::{Sources, capital, places};
use crate::{
    domain::{
        blockers::{Blocker, Turn},
        ids::{CallId, DisbursementId},
        money::Euros,
        time::{Moment, french_date},
    },
    exports::{lists::PAYABLES, sheets::Cell, treasury::payable},
    store::{
        Conn, exports,
        money_sources::{self, SplitRow},
    },
    usecases::{
        Actor, Outcome,
        payables::{self, Counts, Filter, Key, Payable},
    },
    web::{
        App, Reply,
        audiences::Books,
        lists::{self, Format},
        pages::{Chrome, NavLink, render},
        parts::{Choice, Pager},
    },
};
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

/// Disbursements on one page.
const PAGE: usize = 50;
const HERE: &str = "/finances/a-verser";

#[derive(Template)]
#[template(path = "finance/payables.html")]
struct PayablesPage {
    chrome: Chrome,
    places: Vec<NavLink>,
    /// Value, words, and where those lines are alone.
    figures: Vec<(String, String, String)>,
    blockers: Vec<Choice>,
    turns: Vec<Choice>,
    calls: Vec<Choice>,
    lines: Vec<Line>,
    /// What follows the address of the table.
    query: String,
    pager: Pager,
}

struct Line {
    href: String,
    holder: String,
    what: String,
    call: String,
    when: String,
    is_late: bool,
    /// What is missing, and who must act.
    waits: Vec<(String, &'static str)>,
    amount: Euros,
    split: String,
}

/// Which disbursements are asked for, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    blocage: String,
    #[serde(default)]
    appel: String,
    /// Who must act.
    #[serde(default)]
    qui: String,
    #[serde(default)]
    apres: String,
}

impl Asked {
    fn filter(&self) -> Filter {
        Filter { call: self.appel.parse().ok(), blocker: self.blocage.parse().ok(), turn: self.qui.parse().ok() }
    }

    fn key(&self) -> Option<Key> {
        let (due, id) = self.apres.split_once('_')?;
        Some((due.parse::<NaiveDate>().ok()?.to_string(), id.parse::<DisbursementId>().ok()?))
    }
}

fn query_of(filter: Filter) -> String {
    let call = filter.call.map(|id| id.to_string()).unwrap_or_default();
    let (blocker, turn) = (filter.blocker.map_or("", Blocker::code), filter.turn.map_or("", Turn::code));
    format!("blocage={blocker}&appel={call}&qui={turn}")
}

struct Found {
    lines: Vec<Payable>,
    counts: Counts,
    splits: Vec<SplitRow>,
    sources: Sources,
    calls: Vec<exports::CallOrigin>,
}

/// Everything the page shows: a fixed number of look-ups, whatever its length.
fn load(conn: &mut Conn, actor: &Actor, filter: Filter, key: Option<&Key>, now: Moment) -> Outcome<Found> {
    let lines = payables::page(conn, actor, filter, (key, PAGE as i64 + 1), now)?;
    let ids: Vec<_> = lines.iter().map(|line| line.file.disbursement.id).collect();
    Ok(Found {
        counts: payables::counts(conn, actor, filter.call, now)?,
        splits: money_sources::splits_of(conn, &ids)?,
        sources: Sources::load(conn)?,
        calls: exports::calls(conn, None)?,
        lines,
    })
}

fn waits(line: &Payable) -> Vec<(String, &'static str)> {
    let told = |blocker: &Blocker| {
        let day = match blocker {
            Blocker::Date => line.not_before,
            Blocker::RibQuarantined => line.quarantined_until.map(Moment::paris_date),
            _ => None,
        };
        let until = day.map(|day| format!(", jusqu’au {}", french_date(day))).unwrap_or_default();
        (format!("{}{until}", blocker.label()), blocker.turn().label())
    };
    line.blockers.iter().map(told).collect()
}

fn line(payable: &Payable, found: &Found, today: NaiveDate) -> Line {
    let file = &payable.file;
    let row = &file.disbursement;
    Line {
        href: format!("/finances/versements/{}", row.id),
        holder: file.holder.name.clone(),
        what: format!("{} nº\u{a0}{}, {}", capital(row.kind.label()), row.number, file.grant.grant_reference),
        call: file.call.call_title.clone(),
        when: row.due_on.map(french_date).unwrap_or_default(),
        is_late: row.due_on.is_some_and(|day| day < today),
        waits: waits(payable),
        amount: row.amount_cents,
        split: found.sources.split(found.splits.iter().filter(|split| split.disbursement_id == row.id)),
    }
}

fn figures(counts: &Counts, call: Option<CallId>) -> Vec<(String, String, String)> {
    let href = |turn| format!("{HERE}?{}", query_of(Filter { call, turn, ..Filter::default() }));
    let whole = format!("à verser en tout ({})", counts.whole.lines);
    let mut figures = vec![(counts.whole.amount.to_string(), whole, href(None))];
    let of_turn = |turn: &Turn| {
        let sum = counts.turns.get(turn)?;
        Some((sum.amount.to_string(), format!("{} ({})", turn.label(), sum.lines), href(Some(*turn))))
    };
    figures.extend(Turn::ALL.iter().filter_map(of_turn));
    figures
}

fn blockers(counts: &Counts, shown: Option<Blocker>) -> Vec<Choice> {
    let named = |blocker: &Blocker| {
        let lines = counts.blockers.get(blocker).map_or(0, |sum| sum.lines);
        (blocker.code(), format!("{} ({lines})", blocker.label()))
    };
    Choice::list(Blocker::ALL.iter().map(named), &[shown.map_or("", Blocker::code)])
}

/// The disbursements that have still to leave.
pub async fn list(app: Data<App>, who: Books, asked: Query<Asked>) -> Reply {
    let (actor, now, filter, key) = (who.actor.clone(), app.now(), asked.filter(), asked.key());
    let is_first = key.is_none();
    let mut found = app.read(move |conn| load(conn, &actor, filter, key.as_ref(), now)).await?;
    let more = found.lines.len() > PAGE;
    found.lines.truncate(PAGE);
    let query = query_of(filter);
    let first = format!("{HERE}?{query}");
    let last = found.lines.last().filter(|_| more);
    let next = last.map(|last| format!("{first}&apres={}_{}", last.key.0, last.key.1));
    let chosen = filter.call.map(|id: CallId| id.to_string()).unwrap_or_default();
    let page = PayablesPage {
        chrome: who.chrome(),
        places: places(&who, HERE),
        figures: figures(&found.counts, filter.call),
        blockers: blockers(&found.counts, filter.blocker),
        turns: Choice::list(
            Turn::ALL.iter().map(|turn| (turn.code(), turn.label())),
            &[filter.turn.map_or("", Turn::code)],
        ),
        calls: Choice::list(found.calls.iter().map(|row| (row.id.to_string(), row.named())), &[&chosen]),
        lines: found.lines.iter().map(|payable| line(payable, &found, now.paris_date())).collect(),
        query,
        pager: Pager { first: (!is_first).then_some(first), next },
    };
    Ok(render(&page))
}

/// The list as a file, with the filters of the page and in its order.
pub async fn download(app: Data<App>, who: Books, asked: Query<Asked>, format: Query<Format>) -> Reply {
    let (actor, now, filter, form) = (who.actor.clone(), app.now(), asked.filter(), format.form());
    let page = move |conn: &mut Conn, key: Option<Key>| -> Outcome<_> {
        let found = payables::page(conn, &actor, filter, (key.as_ref(), lists::CHUNK as i64), now)?;
        let id = |line: &Payable| line.file.disbursement.id;
        let ids: Vec<_> = found.iter().map(id).collect();
        let (found, next) = lists::paged(found, |line: &Payable| line.key.clone());
        let splits = money_sources::splits_of(conn, &ids)?;
        Ok((Sources::load(conn)?.beside(found, &splits, id), next))
    };
    let cells = move |(line, split): &(Payable, String)| {
        let mut cells = payable(line, form);
        cells.push(Cell::Text(split.clone()));
        cells
    };
    let rows = lists::pages(page, cells);
    lists::give(&app, PAYABLES, format.into_inner(), rows).await
}

//! What comes in and leaves each month, from which funder, against what is available.

use super::places;
use crate::{
    domain::{
        lifecycles::recoveries::RecoveryState,
        money::Euros,
        text::counted,
        time::{french_date, french_month},
    },
    exports::{
        lists::{AWAITED, CASH},
        sheets::Cell,
        treasury::cash as table_of,
    },
    store::{
        Conn,
        funding_dues::{AwaitedKey, AwaitedLine},
    },
    usecases::{
        Outcome, funding_dues,
        payables::{self, Cash, Flow, SourceCash},
        recoveries,
    },
    web::{
        App, Reply,
        audiences::Books,
        charts::{Chart, Outflow},
        lists::{self, Format},
        pages::{Chrome, NavLink, render},
        parts::Pager,
    },
};
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

const HERE: &str = "/finances/tresorerie";
/// Awaited instalments on one page.
const PAGE: usize = 50;

/// Where the list of what is awaited goes on.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    apres: String,
}

impl Asked {
    fn key(&self) -> Option<AwaitedKey> {
        let (day, id) = self.apres.split_once('_')?;
        Some((day.parse().ok()?, id.parse().ok()?))
    }
}

fn key_of((row, ..): &AwaitedLine) -> AwaitedKey {
    (row.expected_on, row.id)
}

#[derive(Template)]
#[template(path = "finance/treasury.html")]
struct TreasuryPage {
    chrome: Chrome,
    places: Vec<NavLink>,
    chart: Chart,
    awaited: Vec<Awaited>,
    pager: Pager,
    /// What grantees are to pay back, in words; empty when there is nothing.
    owed: String,
    /// Everything, then each source.
    parts: Vec<Table>,
    is_empty: bool,
}

/// What a funder has still to pay.
struct Awaited {
    href: String,
    label: String,
    source: String,
    expected: String,
    amount: Euros,
    is_late: bool,
}

/// What comes in and leaves month by month: of one source, or of all.
struct Table {
    caption: String,
    lines: Vec<Line>,
    whole: Line,
    /// What the agreement gives, when that is known.
    note: String,
    is_short: bool,
    /// From when on the house pays ahead of the funder; empty when it does not.
    ahead: String,
}

struct Line {
    month: String,
    flow: Flow,
    left: Euros,
    is_short: bool,
    /// From funders and grantees; still to come from both, and whether a funder is late.
    received: Euros,
    awaited: Euros,
    is_late: bool,
    in_hand: Euros,
    is_ahead: bool,
}

fn line(month: String, flow: Flow, (left, in_hand): (Euros, Euros)) -> Line {
    let coming = flow.coming;
    Line {
        month,
        flow,
        left,
        is_short: left < Euros::ZERO,
        received: coming.received + coming.returned,
        awaited: coming.late + coming.awaited + coming.asked_back,
        is_late: coming.late.is_positive(),
        in_hand,
        is_ahead: in_hand < Euros::ZERO,
    }
}

/// From when on more has left than has come in, in a sentence; empty when nobody says what funders pay.
fn ahead(source: &SourceCash, lines: &[Line]) -> String {
    if source.whole().coming.of_funder() == Euros::ZERO {
        return String::new();
    }
    let first = lines.iter().find(|line| line.is_ahead);
    let said = |line: &Line| {
        let month = line.month.to_lowercase();
        let when = if month.contains(' ') { format!("en {month}") } else { month };
        let missing = Euros::ZERO - line.in_hand;
        format!("La trésorerie devient négative {when}\u{a0}: il faut avancer {missing}.")
    };
    first.map(said).unwrap_or_default()
}

/// The lines of a source: what moved before, each month, what comes after, where there is something.
fn table(caption: String, source: &SourceCash, months: &[NaiveDate], note: String) -> Table {
    let shown = |month: &str, flow: Flow, ends: (Euros, Euros)| {
        (flow != Flow::default()).then(|| line(month.to_owned(), flow, ends))
    };
    let whole = source.whole();
    let end = (source.given - whole.total(), whole.net());
    let before = shown("Avant", source.before, (source.given - source.before.total(), source.before.net()));
    let ends = source.left().into_iter().zip(source.in_hand());
    let each = months.iter().zip(&source.months).zip(ends);
    let each = each.map(|((day, flow), ends)| line(french_month(*day), *flow, ends));
    let lines: Vec<Line> = before.into_iter().chain(each).chain(shown("Après", source.after, end)).collect();
    let is_short = lines.iter().any(|line| line.is_short);
    let ahead = ahead(source, &lines);
    Table { caption, lines, whole: line("Total".into(), whole, end), note, is_short, ahead }
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

/// What a source gives, and whether it is known when.
fn note(source: &SourceCash) -> String {
    let given = source.given;
    match (source.is_agreement, source.whole().coming.of_funder() == Euros::ZERO) {
        (false, _) => format!("Les dons apportent {given}."),
        (true, false) => format!("La convention apporte {given}."),
        (true, true) => {
            format!("La convention apporte {given}. Aucun versement du bailleur n’est noté, ni attendu, ni reçu.")
        }
    }
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
            table(caption, source, &cash.months, note(source))
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

fn awaited((row, reference, funder): &AwaitedLine, today: NaiveDate) -> Awaited {
    Awaited {
        href: format!("/finances/conventions/{}", row.funding_source_id),
        label: row.label.clone(),
        source: format!("{funder} ({reference})"),
        expected: french_date(row.expected_on),
        amount: row.expected_cents,
        is_late: row.expected_on < today,
    }
}

/// The page.
pub async fn show(app: Data<App>, who: Books, asked: Query<Asked>) -> Reply {
    let (actor, now, key) = (who.actor.clone(), app.now(), asked.key());
    let load = move |conn: &mut Conn| -> Outcome<_> {
        let owed = RecoveryState::Requested;
        let owed = (recoveries::total_in_state(conn, &actor, owed)?, recoveries::count_in_state(conn, &actor, owed)?);
        let lines = funding_dues::awaited(conn, &actor, key, PAGE as i64 + 1)?;
        Ok((payables::cash(conn, &actor, now)?, lines, owed))
    };
    let (cash, mut lines, (owed, debts)) = app.read(load).await?;
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let last = lines.last().map(key_of).filter(|_| more);
    let next = last.map(|(day, id)| format!("{HERE}?apres={day}_{id}"));
    let page = TreasuryPage {
        chrome: who.chrome(),
        places: places(&who, HERE),
        chart: chart(&cash),
        awaited: lines.iter().map(|line| awaited(line, now.paris_date())).collect(),
        pager: Pager { first: key.map(|_| HERE.to_owned()), next },
        owed: if debts > 0 {
            format!("{owed} ({})", counted(debts, "trop-perçu", "trop-perçus"))
        } else {
            String::new()
        },
        parts: tables(&cash),
        is_empty: cash.sources.is_empty(),
    };
    Ok(render(&page))
}

fn awaited_cells((row, reference, funder): &AwaitedLine, today: NaiveDate) -> Vec<Cell> {
    let mut cells = vec![
        Cell::Text(funder.clone()),
        Cell::Text(reference.clone()),
        Cell::Text(row.label.clone()),
        Cell::Date(row.expected_on),
        Cell::Money(row.expected_cents),
    ];
    cells.extend(match row.expected_on < today {
        true => lists::status("late", "en retard"),
        false => lists::status("expected", "pas encore"),
    });
    cells
}

/// What funders have still to pay as a file.
pub async fn awaited_file(app: Data<App>, who: Books, format: Query<Format>) -> Reply {
    let (actor, today) = (who.actor.clone(), app.now().paris_date());
    let page = move |conn: &mut Conn, key: Option<AwaitedKey>| -> Outcome<_> {
        let found = funding_dues::awaited(conn, &actor, key, lists::CHUNK as i64)?;
        Ok(lists::paged(found, key_of))
    };
    let rows = lists::pages(page, move |line: &AwaitedLine| awaited_cells(line, today));
    lists::give(&app, AWAITED, format.into_inner(), rows).await
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
            is_agreement: true,
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

//! The ranking of a call against its envelope: figures side by side, in the order of any of them, on screen and as a file.

use super::tone;
use crate::{
    domain::{
        money::Euros,
        rankings::{Order, Place, Ranked},
        scoring::{Grid, Score},
        severity::{FAR, LEAST_SHARED, Lack, Leaning},
        text::counted,
    },
    usecases::{
        exports,
        rankings::{self, RankedFile, Table},
    },
    web::{
        App, Failure, Reply,
        audiences::Officer,
        finance::exports::sent,
        meters::Meter,
        pages::{Chrome, NavLink, render},
        parts::{Badge, Pager},
    },
};
use actix_web::web::{Data, Path, Query};
use askama::Template;

#[derive(Template)]
#[template(path = "officer/rankings.html")]
struct RankingPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    call_title: String,
    meter: Meter,
    /// The same list in each order.
    orders: Vec<NavLink>,
    /// The list as a file: a workbook, a text.
    files: Vec<NavLink>,
    /// That the totals were worked out again, and why; often nothing.
    recounted: String,
    lines: Vec<Line>,
    pager: Pager,
    announcement: String,
    /// Why no score is adjusted; nothing where some are.
    lack: String,
    least_shared: usize,
    /// Places of difference that are pointed out.
    far: i64,
    readers: Vec<ReaderLine>,
}

struct Line {
    rank: String,
    href: String,
    reference: String,
    title: String,
    organisation: String,
    /// The criteria that stand apart, and the mean before the totals were worked out again; often nothing.
    notes: Vec<String>,
    mean: String,
    median: String,
    spread: String,
    adjusted: String,
    /// How far the adjusted score would move the file.
    gained: String,
    is_spread: bool,
    is_below: bool,
    /// Scored, by readers who are not all compared with each other.
    is_bare: bool,
    is_unread: bool,
    /// Criteria whose mean rules the file out.
    eliminated: String,
    reviews: String,
    requested: String,
    cumulative: String,
    decided: String,
    badge: Badge,
    /// Whether the envelope is used up by the files above this one.
    is_cut: bool,
}

/// How somebody marks beside the others.
struct ReaderLine {
    name: String,
    files: usize,
    shared: usize,
    leaning: String,
}

/// The order of the list, and where it goes on: the figure in hundredths and the reference of the last file shown.
#[derive(Debug, serde::Deserialize)]
pub struct Asked {
    tri: Option<String>,
    note: Option<i64>,
    dossier: Option<String>,
}

/// The order and the form of a file.
#[derive(Debug, serde::Deserialize)]
pub struct Wanted {
    tri: Option<String>,
    format: Option<String>,
}

/// The order of this name; by the mean where there is none.
fn order(tri: Option<&str>) -> Order {
    tri.and_then(|tri| tri.parse().ok()).unwrap_or_default()
}

fn figure(score: Option<Score>) -> String {
    score.map(|score| score.to_string()).unwrap_or_default()
}

/// « 5 places de mieux ».
fn gained(places: i64) -> String {
    match places {
        FAR.. => format!("{} de mieux", counted(places, "place", "places")),
        _ if places <= -FAR => format!("{} de moins", counted(-places, "place", "places")),
        _ => String::new(),
    }
}

/// One line; the envelope is that of a list in the order of the means, the only one that says where it ends.
fn line(file: RankedFile, grid: &Grid, base: &str, envelope: Option<Euros>) -> Line {
    let RankedFile { ranked, row, reviews: (done, all), eliminated, is_unread, apart, before_recount } = file;
    let Ranked { rank, figures, requested, cumulative, .. } = ranked;
    let notes = apart.iter().map(|one| format!("À part, {}\u{a0}: {}", one.label, one.words()));
    let was = before_recount.map(|mean| format!("{mean} avant le nouveau calcul"));
    Line {
        rank: rank.map(|rank| rank.to_string()).unwrap_or_default(),
        href: format!("{base}/{}", row.application_id),
        reference: row.reference,
        title: row.title,
        organisation: row.organisation,
        notes: notes.chain(was).collect(),
        mean: figure(figures.mean),
        median: figure(figures.median),
        spread: figure(figures.spread),
        adjusted: figure(figures.adjusted),
        gained: gained(ranked.gained),
        is_spread: figures.spread.is_some_and(|gap| grid.is_gap(gap)),
        is_below: figures.mean.is_some_and(|mean| !grid.passes(mean)),
        is_bare: figures.mean.is_some() && figures.adjusted.is_none(),
        is_unread,
        eliminated: eliminated.join(", "),
        reviews: format!("{done} sur {all}"),
        requested: requested.to_string(),
        cumulative: cumulative.to_string(),
        decided: row.decided.map(|amount| amount.to_string()).unwrap_or_default(),
        badge: Badge { tone: tone(row.state), label: row.state.label().to_owned() },
        is_cut: envelope.is_some_and(|total| cumulative - requested <= total && cumulative > total),
    }
}

/// When the totals were worked out again, by whom, and what counts otherwise since.
fn recounted(table: &Table) -> String {
    let Some((row, name)) = &table.recount else { return String::new() };
    let (at, revision) = (row.recounted_at.french(), row.revision);
    format!(
        "Les notes remises ont été recalculées le {at} par la révision {revision} de l’appel ({name}). Coefficients\u{a0}: {}.",
        row.weights
    )
}

const fn lack(lack: Lack) -> &'static str {
    match lack {
        Lack::Overlap => {
            "Pas assez de lectures croisées pour ajuster les notes\u{a0}: trop peu de dossiers sont lus par plusieurs personnes."
        }
        Lack::Link => {
            "Pas assez de lectures croisées pour ajuster les notes\u{a0}: des groupes de lecteur·rices n’ont aucun dossier en commun."
        }
    }
}

fn reader((name, leaning): (String, Leaning)) -> ReaderLine {
    let words = |above: Score| {
        let size = Score::from_hundredths(above.hundredths().abs());
        match above.hundredths() {
            0 => "comme les autres".to_owned(),
            1.. => format!("{size} au-dessus"),
            _ => format!("{size} au-dessous"),
        }
    };
    ReaderLine {
        name,
        files: leaning.files,
        shared: leaning.shared,
        leaning: leaning.above.map_or_else(|| "pas assez de lectures croisées".to_owned(), words),
    }
}

/// The address of a list in an order.
fn sorted(base: &str, order: Order) -> String {
    if order == Order::Mean { base.to_owned() } else { format!("{base}?tri={order}") }
}

fn next(base: &str, order: Order, place: Place) -> String {
    let note = place.figure.map(|figure| format!("&note={}", figure.hundredths())).unwrap_or_default();
    format!("{base}?tri={order}{note}&dossier={}", place.reference)
}

fn page(who: &Officer, table: Table, order: Order, is_first: bool) -> RankingPage {
    let call = format!("/appels-a-projets/{}", table.call.reference);
    let base = format!("{call}/classement");
    let (grid, total) = (&table.definition.grid, table.envelope.total);
    let parts = [("Déjà accordé", "committed", table.envelope.committed())];
    let recounted = recounted(&table);
    let envelope = Some(total).filter(|_| order == Order::Mean);
    let lines = table.files.into_iter().map(|file| line(file, grid, &base, envelope)).collect();
    let one = |of: &Order| NavLink { current: *of == order, ..NavLink::new(sorted(&base, *of), of.label()) };
    let file =
        |(format, label): (&str, &str)| NavLink::new(format!("{base}/fichier?format={format}&tri={order}"), label);
    RankingPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/appels-a-projets", "Appels à projets"), NavLink::new(call.clone(), &table.call.title)],
        meter: Meter::new("Enveloppe de l’appel", total, &parts),
        orders: Order::ALL.iter().map(one).collect(),
        files: [("xlsx", "Classeur (XLSX)"), ("csv", "Texte (CSV)")].map(file).into(),
        recounted,
        lines,
        pager: Pager {
            first: (!is_first).then(|| sorted(&base, order)),
            next: table.next.map(|place| next(&base, order, place)),
        },
        announcement: format!("{call}/annonce"),
        lack: table.lack.map(lack).unwrap_or_default().to_owned(),
        least_shared: LEAST_SHARED,
        far: FAR,
        readers: table.readers.into_iter().map(reader).collect(),
        call_title: table.call.title,
    }
}

/// The ranking of a call.
pub async fn list(app: Data<App>, who: Officer, reference: Path<String>, asked: Query<Asked>) -> Reply {
    let (actor, asked) = (who.actor.clone(), asked.into_inner());
    let order = order(asked.tri.as_deref());
    let figure = asked.note.map(Score::from_hundredths);
    let after = asked.dossier.map(|reference| Place { figure, reference });
    let is_first = after.is_none();
    let table = app.read(move |conn| rankings::table(conn, &actor, &reference, order, after.as_ref())).await?;
    Ok(render(&page(&who, table, order, is_first)))
}

/// The ranking of a call as a file, in the same order.
pub async fn export(app: Data<App>, who: Officer, reference: Path<String>, wanted: Query<Wanted>) -> Reply {
    let (actor, wanted, reference) = (who.actor.clone(), wanted.into_inner(), reference.into_inner());
    let (order, format) = (order(wanted.tri.as_deref()), wanted.format.unwrap_or_default());
    if !["xlsx", "csv"].contains(&format.as_str()) {
        return Err(Failure::NotFound);
    }
    let name = format!("classement-{reference}-{}.{format}", app.now().paris_date());
    let reading = app.read(move |conn| exports::ranking(conn, &actor, &reference, order)).await?;
    sent(&app, reading, &format, name).await
}

//! The statistics of a round as a page and as a table: the same for the team and for the members of its committee, who
//! have each been told what they may read.

use super::{
    App, Failure, Reply,
    audiences::SignedIn,
    charts::{Chart, Range, Sums},
    finance::exports::answer,
    pages::{Chrome, NavLink, render},
};
use crate::{
    domain::{
        money::Euros,
        scoring::Score,
        statistics::{FEWEST, Slice, Theme},
    },
    exports::{
        sheets::Form,
        statistics::{statistics_csv, statistics_xlsx},
    },
    store::statistics::ReaderSum,
    usecases::statistics::{Breakdown, Gaps, Statistics},
};
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "statistics.html")]
struct StatisticsPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    call: String,
    reference: String,
    /// Where the page is: its tables are below.
    here: String,
    figures: Vec<Figure>,
    notes: Vec<String>,
    charts: Vec<Chart>,
    numbers: Vec<Table>,
}

/// A number of the round as a whole.
struct Figure {
    value: String,
    label: &'static str,
}

/// The numbers behind the charts of one thing.
struct Table {
    code: &'static str,
    title: &'static str,
    heads: Vec<&'static str>,
    rows: Vec<Row>,
}

struct Row {
    label: String,
    cells: Vec<Cell>,
}

struct Cell {
    head: &'static str,
    value: String,
}

/// The form in which the table is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    /// `csv` for a French spreadsheet, `csv-programme` for a program, a workbook otherwise.
    #[serde(default)]
    format: String,
}

const KEPT: &str = "non montré";

fn figures(found: &Statistics) -> Vec<Figure> {
    let whole = &found.whole;
    let money =
        |label: &'static str, amount: Option<Euros>| amount.map(|amount| Figure { value: amount.to_string(), label });
    let files = |label: &'static str, count: Option<i64>| count.map(|count| Figure { value: count.to_string(), label });
    let figures = [
        files(if whole.files < 2 { "dossier déposé" } else { "dossiers déposés" }, Some(whole.files)),
        money("demandés en tout", whole.asked),
        money("demandés en moyenne", whole.mean_asked()),
        files(if whole.awards.unwrap_or_default() < 2 { "dossier retenu" } else { "dossiers retenus" }, whole.awards),
        money("accordés en tout", whole.awarded),
        money("d’enveloppe", Some(found.call.envelope_cents)),
        money("encore disponibles", found.left),
    ];
    figures.into_iter().flatten().collect()
}

fn notes(found: &Statistics) -> Vec<String> {
    let mut notes = Vec::new();
    if !found.sight.knows_decisions {
        notes.push("Les décisions sont tenues secrètes jusqu’à l’annonce des résultats\u{a0}: leurs nombres viendront ensuite.".to_owned());
    }
    if found.sight.is_guarded {
        notes.push(format!(
            "Les montants qui laisseraient deviner celui d’un seul dossier (moins de {FEWEST} dossiers) ne sont pas montrés."
        ));
    }
    match found.gaps {
        Gaps::Shown => {}
        Gaps::OwnFirst => notes.push(
            "Les écarts entre les notes se montrent aux membres qui notent, une fois toutes leurs évaluations remises."
                .to_owned(),
        ),
        Gaps::TooFew => notes.push("Trop peu de dossiers sont notés deux fois pour montrer des écarts.".to_owned()),
    }
    notes
}

/// The charts of one thing: its files, and its money where each file is counted once.
fn charts(of: &Breakdown, knows_decisions: bool) -> Vec<Chart> {
    let (code, title) = (of.theme.code(), of.theme.label());
    let files: Vec<(String, i64)> = of.slices.iter().map(|slice| (slice.label.clone(), slice.files)).collect();
    if of.theme == Theme::Course {
        return vec![Chart::funnel(code, title, &files)];
    }
    let mut charts = vec![Chart::of_files(code, title, &files)];
    if of.theme.is_partition() && of.slices.iter().any(|slice| slice.asked.is_some()) {
        let sums = |slice: &Slice| Sums { label: slice.label.clone(), asked: slice.asked, awarded: slice.awarded };
        let sums: Vec<Sums> = of.slices.iter().map(sums).collect();
        let title = format!("{title}\u{a0}: montants");
        charts.push(Chart::of_money(&format!("{code}_money"), &title, &sums, knows_decisions));
    }
    charts
}

fn row(slice: &Slice, heads: &[&'static str]) -> Row {
    let money = |amount: Option<Euros>| amount.map_or(KEPT.to_owned(), |amount| amount.to_string());
    let values = [
        slice.files.to_string(),
        money(slice.asked),
        slice.awards.map_or(String::new(), |awards| awards.to_string()),
        money(slice.awarded),
    ];
    let cells = heads.iter().copied().skip(1).zip(values).map(|(head, value)| Cell { head, value }).collect();
    Row { label: slice.label.clone(), cells }
}

fn table(of: &Breakdown, knows_decisions: bool) -> Table {
    let heads: &[&'static str] = match (of.theme.has_sums(), knows_decisions) {
        (true, true) => &["Groupe", "Dossiers", "Demandé", "Retenus", "Accordé"],
        (true, false) => &["Groupe", "Dossiers", "Demandé"],
        (false, _) => &["Groupe", "Dossiers"],
    };
    Table {
        code: of.theme.code(),
        title: of.theme.label(),
        heads: heads.to_vec(),
        rows: of.slices.iter().map(|slice| row(slice, heads)).collect(),
    }
}

/// Who scored how, for whoever may know it.
fn readers(sums: &[ReaderSum]) -> Option<(Chart, Table)> {
    let (code, title) = ("readers", "Notes par lecteur·rice");
    let heads = ["Lecteur·rice", "Évaluations", "Moyenne", "Note la plus basse", "Note la plus haute"];
    let (mut ranges, mut rows) = (Vec::new(), Vec::new());
    for sum in sums {
        let score = |hundredths: Option<i64>| Score::from_hundredths(hundredths.unwrap_or_default());
        // To the nearest hundredth.
        let mean = sum.sum.and_then(|total| (total + sum.files / 2).checked_div(sum.files));
        let range =
            Range { label: sum.name.clone(), least: score(sum.least), mean: score(mean), most: score(sum.most) };
        let values = [sum.files.to_string(), range.mean.to_string(), range.least.to_string(), range.most.to_string()];
        let cells = heads.iter().copied().skip(1).zip(values).map(|(head, value)| Cell { head, value }).collect();
        rows.push(Row { label: range.label.clone(), cells });
        ranges.push(range);
    }
    let chart = Chart::of_ranges(code, title, &ranges);
    (!rows.is_empty()).then(|| (chart, Table { code, title, heads: heads.to_vec(), rows }))
}

/// The page.
pub(super) fn page(who: &SignedIn, way: Vec<NavLink>, here: String, found: &Statistics) -> Reply {
    let knows_decisions = found.sight.knows_decisions;
    let mut drawn: Vec<Chart> = found.breakdowns.iter().flat_map(|of| charts(of, knows_decisions)).collect();
    let mut numbers: Vec<Table> = found.breakdowns.iter().map(|of| table(of, knows_decisions)).collect();
    if let Some((chart, table)) = readers(&found.readers) {
        drawn.push(chart);
        numbers.push(table);
    }
    Ok(render(&StatisticsPage {
        chrome: who.chrome(),
        way,
        call: found.call.title.clone(),
        reference: found.call.reference.clone(),
        here,
        figures: figures(found),
        notes: notes(found),
        charts: drawn,
        numbers,
    }))
}

/// The table as a file.
pub(super) async fn file(app: &App, asked: Asked, found: Statistics) -> Reply {
    let is_text = asked.format.starts_with("csv");
    let (ending, kind) = match is_text {
        true => ("csv", "text/csv; charset=utf-8"),
        false => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    };
    let name = format!("statistiques-{}-{}.{ending}", found.call.reference, app.now().paris_date());
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "-._".contains(*c)).collect();
    let form = if asked.format == "csv" { Form::French } else { Form::Machine };
    let made = app.print(move || if is_text { statistics_csv(&found, form) } else { statistics_xlsx(&found) });
    let bytes = made.await?.map_err(|error| Failure::Broken(error.to_string()))?;
    Ok(answer(&name, kind).body(bytes))
}

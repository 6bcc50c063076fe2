//! Exports: the three tables by form. CSV leaves while it is read, a workbook once it is whole.

use super::places;
use crate::{
    domain::time::Moment,
    exports::{
        Tabled,
        donations::DONATIONS,
        evidence_packs::SHEETS,
        lists::{LISTS, ListColumn},
        movements::{BALANCES, MOVEMENTS},
        rankings::Rankings,
        sheets::{ExportError, Form, Table, write_csv, xlsx_file},
    },
    store::{Conn, funds},
    usecases::{
        Actor, Outcome, UseCaseError,
        exports::{self, Applications, Disbursements, Filter, Grants, Reading},
    },
    web::{
        App, Failure, Reply,
        applicant::errors_of,
        audiences::{Books, SignedIn, Staff},
        pages::{Chrome, FieldErrors, NavLink, render, render_as},
        parts::Choice,
        streams,
    },
};
use actix_web::{
    HttpResponse, HttpResponseBuilder,
    body::SizedStream,
    http::{
        StatusCode,
        header::{self, ContentEncoding},
    },
    web::{Data, Query},
};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use std::{fs::File, io};
use tokio::sync::OwnedSemaphorePermit;

const HERE: &str = "/finances/exports";
const NOUNS: [(&str, &str); 3] =
    [("versements", "Versements"), ("subventions", "Subventions"), ("dossiers", "Dossiers")];
const FORMATS: [(&str, &str); 3] = [
    ("xlsx", "Classeur pour Excel ou LibreOffice (XLSX)"),
    ("csv", "Texte pour un tableur en français (CSV)"),
    ("csv-programme", "Texte pour un autre logiciel (CSV)"),
];

#[derive(Template)]
#[template(path = "finance/exports.html")]
struct ExportsPage {
    chrome: Chrome,
    places: Vec<NavLink>,
    nouns: Vec<Choice>,
    funds: Vec<Choice>,
    formats: Vec<Choice>,
    from: String,
    to: String,
    errors: FieldErrors,
}

/// What is asked for, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    table: String,
    #[serde(default)]
    fonds: String,
    #[serde(default)]
    du: String,
    #[serde(default)]
    au: String,
    #[serde(default)]
    format: String,
}

async fn page(app: &App, who: &SignedIn, asked: Asked, errors: FieldErrors) -> Result<ExportsPage, Failure> {
    let funds = app.read(|conn| Ok(funds::all(conn)?)).await?;
    let or = |given: &str, usual: &str| if given.is_empty() { usual.to_owned() } else { given.to_owned() };
    Ok(ExportsPage {
        chrome: who.chrome(),
        places: places(who, HERE),
        nouns: Choice::list(NOUNS, &[&or(&asked.table, "versements")]),
        funds: Choice::list(funds.into_iter().map(|row| (row.code, row.name)), &[&asked.fonds]),
        formats: Choice::list(FORMATS, &[&or(&asked.format, "xlsx")]),
        from: asked.du,
        to: asked.au,
        errors,
    })
}

/// What may be exported, and how.
pub async fn show(app: Data<App>, who: Books) -> Reply {
    Ok(render(&page(&app, &who, Asked::default(), FieldErrors::none()).await?))
}

/// A day of a form; none where nothing is typed, or no day.
pub(super) fn day_of_form(errors: &mut FieldErrors, field: &str, text: &str) -> Option<NaiveDate> {
    let sentence = "Écrivez cette date en entier, par exemple 31/12/2027.";
    if text.is_empty() { None } else { errors.note(field, text.parse::<NaiveDate>(), sentence) }
}

/// What is asked for, understood.
fn understood(asked: &Asked) -> Result<Filter, FieldErrors> {
    let mut errors = FieldErrors::none();
    let (from, to) = (day_of_form(&mut errors, "du", &asked.du), day_of_form(&mut errors, "au", &asked.au));
    if !NOUNS.iter().any(|(code, _)| *code == asked.table) {
        errors.add("table", "Choisissez le tableau.");
    }
    if !FORMATS.iter().any(|(code, _)| *code == asked.format) {
        errors.add("format", "Choisissez le format.");
    }
    let fund = Some(asked.fonds.clone()).filter(|code| !code.is_empty());
    if errors.is_empty() { Ok(Filter { fund, call: None, from, to }) } else { Err(errors) }
}

/// Gives the table.
pub async fn download(app: Data<App>, who: Books, asked: Query<Asked>) -> Reply {
    let asked = asked.into_inner();
    let errors = match understood(&asked) {
        Ok(filter) => match give(&app, &who.actor, &asked, filter).await {
            Err(Failure::UseCase(UseCaseError::Invalid(fields))) => errors_of(fields),
            reply => return reply,
        },
        Err(errors) => errors,
    };
    let page = page(&app, &who, asked, errors).await?;
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

async fn give(app: &App, actor: &Actor, asked: &Asked, filter: Filter) -> Reply {
    let name = name_of(asked, app.now());
    match asked.table.as_str() {
        "subventions" => table::<Grants>(app, actor.clone(), &asked.format, filter, name).await,
        "dossiers" => table::<Applications>(app, actor.clone(), &asked.format, filter, name).await,
        _ => table::<Disbursements>(app, actor.clone(), &asked.format, filter, name).await,
    }
}

/// `versements-recital-2027-01-01-2027-12-31`; without an end, the day it was made.
fn name_of(asked: &Asked, now: Moment) -> String {
    let today = now.paris_date().to_string();
    let end = if asked.au.is_empty() { &today } else { &asked.au };
    answer_name(&[&asked.table, &asked.fonds, &asked.du, end], &asked.format)
}

/// The name of a file made of these parts, those that are empty left out, and of nothing a header could stumble over.
pub(super) fn answer_name(parts: &[&str], format: &str) -> String {
    let parts: Vec<_> = parts.iter().filter(|part| !part.is_empty()).copied().collect();
    let ending = if format == "xlsx" { "xlsx" } else { "csv" };
    let name = format!("{}.{ending}", parts.join("-"));
    name.chars().filter(|c| c.is_ascii_alphanumeric() || "-._".contains(*c)).collect()
}

/// A table that leaves as a download of this name.
pub(in crate::web) fn answer(name: &str, content_type: &'static str) -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        // Squeezing a stream would cost more than it saves, and hold its first bytes back.
        .insert_header(ContentEncoding::Identity);
    answer
}

async fn table<N>(app: &App, actor: Actor, format: &str, filter: Filter, name: String) -> Reply
where
    N: Tabled + Send,
    N::Key: Send,
{
    let reading = app.read(move |conn| exports::begin::<N>(conn, &actor, &filter)).await?;
    sent(app, reading, format, name).await
}

/// An export that has begun, in one of the formats: CSV leaves while it is read, a workbook once it is whole.
pub(in crate::web) async fn sent<N>(app: &App, mut reading: Reading<N>, format: &str, name: String) -> Reply
where
    N: Tabled + Send,
    N::Key: Send,
{
    streamed(app, N::TABLE, move |conn: &mut Conn| reading.next(conn), format, name).await
}

/// A table whose rows come in chunks, in one of the formats.
pub(super) async fn streamed<R: 'static>(
    app: &App,
    table: &'static Table<R>,
    next: impl FnMut(&mut Conn) -> Outcome<Vec<R>> + Send + 'static,
    format: &str,
    name: String,
) -> Reply {
    let (db, place) = (app.db().clone(), app.export_place().await?);
    if format != "xlsx" {
        let form = if format == "csv" { Form::French } else { Form::Machine };
        let stream = streams::of(move |pipe| {
            let _place = place;
            // A connection is lent for each chunk alone: a slow reader keeps none from the others.
            let rows = exports::one_by_one(next, |next| db.read(next));
            write_csv(table, form, rows, pipe).map(drop).map_err(broken)
        });
        return Ok(answer(&name, "text/csv; charset=utf-8").streaming(stream));
    }
    let made = tokio::task::spawn_blocking(move || -> Outcome<_> {
        db.read_frozen(|conn| Ok(xlsx_file(table, exports::one_by_one(next, |next| next(conn)))))
    });
    let made = made.await.map_err(|error| Failure::Broken(error.to_string()))??;
    let (file, _) = made.map_err(|error| Failure::Broken(error.to_string()))?;
    workbook(&name, file, place)
}

/// A workbook that is whole, on its way out; its place among the tables is given back once it has left.
pub(in crate::web) fn workbook(name: &str, mut file: File, place: OwnedSemaphorePermit) -> Reply {
    let length = file.metadata().map_err(|error| Failure::Broken(error.to_string()))?.len();
    let stream = streams::of(move |pipe| {
        let _place = place;
        io::copy(&mut file, &mut io::BufWriter::with_capacity(1 << 16, pipe)).map(drop)
    });
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(answer(name, kind).body(SizedStream::new(length, stream)))
}

/// A table that breaks off.
pub(in crate::web) fn broken(error: ExportError<UseCaseError>) -> io::Error {
    match error {
        ExportError::Write(error) => error,
        error => io::Error::other(error),
    }
}

#[derive(Template)]
#[template(path = "finance/columns.html")]
struct ColumnsPage {
    chrome: Chrome,
    exported: Vec<Columns>,
}

/// One table: its name, then the key and the heading of each column.
struct Columns {
    name: &'static str,
    columns: Vec<(&'static str, &'static str)>,
}

fn columns_named(name: &'static str, columns: &[ListColumn]) -> Columns {
    Columns { name, columns: columns.iter().map(|(key, heading, _)| (*key, *heading)).collect() }
}

fn columns_of<Row>(table: &'static Table<Row>) -> Columns {
    let columns = table.columns.iter().map(|column| (column.key, column.heading)).collect();
    Columns { name: table.name, columns }
}

/// What the columns of everything that leaves are called, for people and for programs.
pub async fn columns(who: Staff) -> Reply {
    let whole = [
        columns_of(Disbursements::TABLE),
        columns_of(Grants::TABLE),
        columns_of(Applications::TABLE),
        columns_of(Rankings::TABLE),
        columns_of(MOVEMENTS),
        columns_of(BALANCES),
        columns_of(DONATIONS),
    ];
    let lists = LISTS.iter().map(|list| columns_named(list.name, list.columns));
    let packs = SHEETS.into_iter().map(|(_, name, columns)| columns_named(name, columns));
    Ok(render(&ColumnsPage { chrome: who.chrome(), exported: whole.into_iter().chain(lists).chain(packs).collect() }))
}

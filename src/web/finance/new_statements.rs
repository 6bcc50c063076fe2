//! A bank statement that comes in: the file, and for a table, once, which column is what.

use super::statements::LIST;
use crate::{
    domain::{
        ids::PayerAccountId,
        statements::{Column, Mapping, Statement, StatementFormat},
    },
    imports::{self, Content, tables::Table},
    store::{Conn, digests::sha256, payment_runs::PayerAccountRow},
    usecases::{
        Actor, FieldError, Outcome, UseCaseError, payment_runs,
        statements::{self, Arrival, Arrived},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::{Finance, SignedIn},
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::Choice,
        uploads::Sent,
    },
};
use actix_web::{http::StatusCode, web::Data};
use askama::Template;

/// The longest table that the page of its columns carries, in bytes.
const CARRIED: usize = 900_000;

#[derive(Template)]
#[template(path = "finance/new_statement.html")]
struct NewStatementPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    payers: Vec<Choice>,
    /// A file that came without its account: its name and its text.
    kept: Option<Kept>,
    errors: FieldErrors,
}

/// A file that the form holds until its account is chosen: its name and its text.
type Kept = (String, String);

#[derive(Template)]
#[template(path = "finance/statement_columns.html")]
struct ColumnsPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    account: String,
    payer: String,
    file_name: String,
    content: String,
    heads: Vec<String>,
    /// The first rows, each cell with its head.
    rows: Vec<Vec<(String, String)>>,
    columns: Vec<ColumnChoice>,
    errors: FieldErrors,
}

/// One choice of a column.
struct ColumnChoice {
    name: String,
    label: &'static str,
    help: &'static str,
    choices: Vec<Choice>,
    is_optional: bool,
}

/// A file as it was sent for an account.
struct SentFile {
    payer: Option<PayerAccountId>,
    name: String,
    text: String,
    /// Whether the columns are asked for even where they are known.
    is_to_be_named: bool,
}

/// A table whose columns are to be named.
struct Unnamed {
    file: SentFile,
    table: Table,
    mapping: Mapping,
    errors: Vec<FieldError>,
}

/// What is to be done with a file.
enum Step {
    Take(Box<Arrival>),
    Name(Box<Unnamed>),
}

fn way() -> Vec<NavLink> {
    vec![NavLink::new(LIST, "Relevés de banque")]
}

fn named(row: &PayerAccountRow) -> (String, String) {
    (row.id.to_string(), format!("{}, {}", row.holder, row.iban.masked()))
}

async fn form(
    app: &App,
    who: &SignedIn,
    (payer, kept): (&str, Option<Kept>),
    errors: FieldErrors,
) -> Result<NewStatementPage, Failure> {
    let payers = app.read(payment_runs::payers).await?;
    // A message says its own account and is refused for another: naming the only one there is saves a table an error.
    let only = match payers.as_slice() {
        [only] => only.id.to_string(),
        _ => payer.to_owned(),
    };
    let payers = Choice::list(payers.iter().map(named), &[&only]);
    Ok(NewStatementPage { chrome: who.chrome(), way: way(), payers, kept, errors })
}

/// The form for a file.
pub async fn blank(app: Data<App>, who: Finance) -> Reply {
    Ok(render(&form(&app, &who, ("", None), FieldErrors::none()).await?))
}

fn refused(field: &str, sentence: impl Into<String>) -> UseCaseError {
    UseCaseError::Invalid(vec![FieldError::new(field, sentence)])
}

fn arrival(file: SentFile, statement: Statement, mapping: Option<Mapping>) -> Step {
    let format = if mapping.is_some() { StatementFormat::Csv } else { StatementFormat::Camt };
    let sha256 = sha256(&file.text);
    Step::Take(Box::new(Arrival { payer: file.payer, file_name: file.name, sha256, format, statement, mapping }))
}

/// Reads a file; a table like the last one of its account is read as that one was.
fn look(conn: &mut Conn, actor: &Actor, file: SentFile) -> Outcome<Step> {
    let content = imports::read(&file.text).map_err(|error| refused("fichier", error.to_string()))?;
    let table = match content {
        Content::Message(statement) => return Ok(arrival(file, statement, None)),
        Content::Table(table) => table,
    };
    let payer =
        file.payer.ok_or_else(|| refused("compte", "Un fichier CSV ne dit pas son compte\u{a0}: choisissez-le."))?;
    let kept = statements::mapping(conn, actor, payer)?.filter(|kept| kept.heads == table.heads);
    let mapping = match kept {
        Some(kept) if !file.is_to_be_named => return Ok(read_as(file, table, kept)),
        kept => kept.unwrap_or_else(|| table.guess()),
    };
    if file.text.len() > CARRIED {
        return Err(refused(
            "fichier",
            "Ce fichier est long, et ses colonnes ne sont pas encore connues\u{a0}: importez d’abord une période plus courte.",
        ));
    }
    Ok(Step::Name(Box::new(Unnamed { file, table, mapping, errors: Vec::new() })))
}

/// A table read as `mapping` says, or the choice of its columns again with what is wrong.
fn read_as(file: SentFile, table: Table, mapping: Mapping) -> Step {
    let faults = mapping.faults();
    let beside = |(column, sentence): &(Column, &str)| FieldError::new(format!("col-{column}"), *sentence);
    let mut errors: Vec<_> = faults.iter().map(beside).collect();
    if errors.is_empty() {
        match table.statement(&mapping) {
            Ok(statement) => return arrival(file, statement, Some(mapping)),
            Err(error) => errors.push(FieldError::new("fichier", error.to_string())),
        }
    }
    Step::Name(Box::new(Unnamed { file, table, mapping, errors }))
}

/// Takes a file in, or asks for its columns.
pub async fn upload(app: Data<App>, who: Finance, sent: Sent) -> Reply {
    let (chosen, is_to_be_named) = (sent.fields.text("compte").to_owned(), sent.fields.has("colonnes"));
    let mut kept = None;
    let done = match sent_file(sent) {
        Ok((name, bytes)) => {
            let text = (bytes.len() <= CARRIED).then(|| imports::text_of(&bytes));
            // A letter of another encoding may be longer in the form.
            kept = text.filter(|text| text.len() <= CARRIED).map(|text| (name.clone(), text));
            let (actor, payer) = (who.actor.clone(), chosen.parse().ok());
            let work = move |conn: &mut Conn| {
                look(conn, &actor, SentFile { payer, name, text: imports::text_of(&bytes), is_to_be_named })
            };
            match app.read(work).await {
                Ok(step) => next(&app, &who, step).await,
                Err(failure) => Err(failure),
            }
        }
        Err(error) => Err(error.into()),
    };
    match done {
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            // What was wrong with the file itself is not sent again.
            let kept = kept.filter(|_| wrong.iter().all(|error| error.field == "compte"));
            let page = form(&app, &who, (&chosen, kept), errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        done => done,
    }
}

fn sent_file(sent: Sent) -> Outcome<(String, Vec<u8>)> {
    let content = sent.fields.text("contenu");
    match sent.files.into_iter().find(|file| file.field == "fichier") {
        None if !content.is_empty() => Ok((sent.fields.text("nom").to_owned(), content.as_bytes().to_vec())),
        None => Err(refused("fichier", "Choisissez le fichier du relevé.")),
        Some(file) => match file.bytes {
            None => Err(refused("fichier", "Ce fichier dépasse 10\u{a0}Mo\u{a0}: importez une période plus courte.")),
            Some(bytes) => Ok((file.name, bytes)),
        },
    }
}

async fn next(app: &App, who: &SignedIn, step: Step) -> Reply {
    match step {
        Step::Take(arrival) => take(app, who, *arrival).await,
        Step::Name(unnamed) => {
            let status = if unnamed.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
            Ok(render_as(status, &columns_page(app, who, *unnamed).await?))
        }
    }
}

async fn take(app: &App, who: &SignedIn, arrival: Arrival) -> Reply {
    let (actor, now) = (who.actor.clone(), app.now());
    let arrived = app.write(move |tx| statements::import(tx, &actor, &arrival, now)).await?;
    Ok(see_other_saying(format!("{LIST}/{}", arrived.id), &told(&arrived)))
}

fn told(arrived: &Arrived) -> Flash {
    match (arrived.new, arrived.known) {
        (0, _) => Flash::info("Ce relevé est déjà importé\u{a0}: rien n’a changé."),
        (1, 0) => Flash::success("Une opération est importée. Vérifiez-la, puis confirmez."),
        (new, 0) => Flash::success(format!("{new} opérations sont importées. Vérifiez, puis confirmez.")),
        (new, known) => Flash::success(format!(
            "Opérations importées\u{a0}: {new}. Déjà connues, laissées telles quelles\u{a0}: {known}."
        )),
    }
}

fn choice(column: Column, table: &Table, mapping: &Mapping) -> ColumnChoice {
    let chosen = mapping.place(column).map(|place| place.to_string()).unwrap_or_default();
    let heads = table.names().into_iter().enumerate().map(|(place, head)| (place.to_string(), head));
    ColumnChoice {
        name: format!("col-{column}"),
        label: column.label(),
        help: match column {
            Column::Amount => "Ou, s’il y en a deux, la colonne des débits et celle des crédits.",
            Column::Direction => {
                "Quand les montants n’ont pas de signe et qu’une autre colonne dit D ou C, débit ou crédit."
            }
            Column::EndToEndId => "Celle que porte notre fichier de virements\u{a0}: elle rend le rapprochement sûr.",
            _ => "",
        },
        choices: Choice::list(heads, &[&chosen]),
        is_optional: column != Column::Date,
    }
}

async fn columns_page(app: &App, who: &SignedIn, unnamed: Unnamed) -> Result<ColumnsPage, Failure> {
    let Unnamed { file, table, mapping, errors } = unnamed;
    let payers = app.read(payment_runs::payers).await?;
    let payer = payers.iter().find(|row| Some(row.id) == file.payer).map(named);
    let (payer, account) = payer.ok_or(Failure::NotFound)?;
    Ok(ColumnsPage {
        chrome: who.chrome(),
        way: way(),
        account,
        payer,
        file_name: file.name,
        content: file.text,
        rows: table.examples().into_iter().map(|cells| table.names().into_iter().zip(cells).collect()).collect(),
        heads: table.names(),
        columns: Column::ALL.iter().map(|column| choice(*column, &table, &mapping)).collect(),
        errors: errors_of(errors),
    })
}

/// What was chosen on the page of the columns.
fn chosen(fields: &Fields) -> Outcome<Step> {
    let file = SentFile {
        payer: fields.text("compte").parse().ok(),
        name: fields.text("nom").to_owned(),
        text: imports::text_of(fields.text("contenu").as_bytes()),
        is_to_be_named: false,
    };
    let table = Table::read(&file.text).map_err(|error| refused("fichier", error.to_string()))?;
    let place = |column: &Column| Some((*column, fields.text(&format!("col-{column}")).parse().ok()?));
    let columns = Column::ALL.iter().filter_map(place).collect();
    let mapping = Mapping { heads: table.heads.clone(), columns };
    Ok(read_as(file, table, mapping))
}

/// Takes a table in with its columns, which are kept for the account.
pub async fn name_columns(app: Data<App>, who: Finance, sent: Sent) -> Reply {
    let done = match app.read(move |_| chosen(&sent.fields)).await {
        Ok(step) => next(&app, &who, step).await,
        Err(failure) => Err(failure),
    };
    match done {
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = form(&app, &who, ("", None), errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        done => done,
    }
}

//! Opening next year's call: a definition pasted or sent as a file, with its faults named by their line.

use crate::{
    domain::definitions::{self, Definition, DefinitionError, Remark, in_french},
    store::Conn,
    usecases::{Outcome, UseCaseError, calls, reference_data},
    web::{
        App, Failure, Fields, Reply,
        audiences::Officer,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::Choice,
        uploads::Parts,
    },
};
use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use chrono::NaiveDate;
use futures_util::StreamExt;

const LIST: &str = "/appels-a-projets";
/// The longest definition taken, in bytes; the longest known one has some 40,000.
const LIMIT: usize = 1 << 20;

#[derive(Template)]
#[template(path = "officer/definition.html")]
struct DefinitionPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    models: Vec<Choice>,
    /// Where the text is sent, which names what it began from: a browser keeps what is typed by that address.
    action: String,
    text: String,
    /// The day on which the next edition is to open, as typed.
    opens_on: String,
    /// What is left to look at in the next edition: a sentence, and where in the text.
    remarks: Vec<(String, String)>,
    /// The lines around the fault: number, text, whether it is the faulty one.
    around: Vec<(usize, String, bool)>,
    errors: FieldErrors,
}

/// Which call is the model.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    modele: String,
    #[serde(default)]
    ouverture: String,
}

/// The address of the form filled from this model.
fn action(asked: &Asked) -> String {
    let pairs = [("modele", asked.modele.as_str()), ("ouverture", asked.ouverture.trim())];
    let filled: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    match serde_html_form::to_string(filled) {
        Ok(query) if !query.is_empty() => format!("{LIST}/nouveau?{query}"),
        _ => format!("{LIST}/nouveau"),
    }
}

async fn page(app: &App, who: &Officer, text: String, asked: &Asked) -> Result<DefinitionPage, Failure> {
    let states = crate::domain::lifecycles::calls::CallState::ALL;
    let lines = app.read(move |conn| Outcome::Ok(crate::store::calls::page(conn, states, None, 300)?)).await?;
    Ok(DefinitionPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(LIST, "Appels à projets")],
        models: Choice::list(lines.into_iter().map(|line| (line.reference, line.title)), &[asked.modele.as_str()]),
        action: action(asked),
        text,
        opens_on: asked.ouverture.clone(),
        remarks: Vec::new(),
        around: Vec::new(),
        errors: FieldErrors::none(),
    })
}

fn said_of(remark: &Remark) -> (String, String) {
    let place = if let Remark::NamesYear { place, .. } = remark { place.clone() } else { String::new() };
    (remark.sentence(), place)
}

/// The form, empty or filled with the definition of an earlier call, its dates moved when the next opening is said.
pub async fn blank(app: Data<App>, who: Officer, asked: Query<Asked>) -> Reply {
    let asked = asked.into_inner();
    if asked.modele.is_empty() {
        return Ok(render(&page(&app, &who, String::new(), &Asked::default()).await?));
    }
    let (wanted, opens_on) = (asked.modele.clone(), asked.ouverture.trim().parse::<NaiveDate>());
    let is_misread = opens_on.is_err() && !asked.ouverture.trim().is_empty();
    let read = move |conn: &mut Conn| match opens_on {
        Ok(day) => calls::next_edition(conn, &wanted, day),
        Err(_) => Ok((calls::template(conn, &wanted)?, Vec::new())),
    };
    let (text, remarks) = app.read(read).await?;
    let mut page = page(&app, &who, text, &asked).await?;
    page.remarks = remarks.iter().map(said_of).collect();
    if is_misread {
        page.errors.add("ouverture", "Cette date n’existe pas. Exemple\u{a0}: 02/11/2027.");
        return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    Ok(render(&page))
}

/// The text sent: the file when one was chosen, else what stands in the field.
async fn read(mut form: Parts) -> Result<String, Failure> {
    let (mut typed, mut file) = (Vec::new(), Vec::new());
    while let Some(part) = form.part().await {
        let mut part = part.map_err(|_| Failure::Malformed)?;
        let is_file = part.name() == Some("fichier");
        let into = if is_file { &mut file } else { &mut typed };
        while let Some(chunk) = part.next().await {
            let chunk = chunk.map_err(|_| Failure::Malformed)?;
            if into.len() + chunk.len() > LIMIT {
                return Err(Failure::TooLarge("Une définition d’appel fait au plus 1\u{a0}Mo.".into()));
            }
            into.extend_from_slice(&chunk);
        }
    }
    form.keep(&Fields::of([("definition", String::from_utf8_lossy(&typed))]), &[]);
    let bytes = if file.is_empty() { typed } else { file };
    Ok(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))
}

fn around(text: &str, line: usize) -> Vec<(usize, String, bool)> {
    let lines = text.lines().enumerate().map(|(i, words)| (i + 1, words.to_owned(), i + 1 == line));
    lines.filter(|(number, ..)| number.abs_diff(line) <= 2).collect()
}

/// What is wrong with a text that does not read, in French, with its line.
fn fault_in_words(text: &str, fault: &DefinitionError) -> String {
    match text.trim() {
        "" => "Collez une définition, ou choisissez un fichier.".to_owned(),
        _ => format!("Ligne {}, colonne {}\u{a0}: {}", fault.line, fault.column, in_french(&fault.message)),
    }
}

fn refused(page: DefinitionPage, status: StatusCode, sentence: String) -> HttpResponse {
    let errors = [("definition", sentence)].into_iter().collect();
    render_as(status, &DefinitionPage { errors, ..page })
}

/// Takes the definition in: new calls are drafts, to be looked at and published.
pub async fn load(app: Data<App>, who: Officer, asked: Query<Asked>, form: Parts) -> Reply {
    let text = read(form).await?;
    let definition = match definitions::parse(&text) {
        Ok(definition) => definition,
        Err(fault) => {
            let sentence = fault_in_words(&text, &fault);
            let around = around(&text, fault.line);
            let page = DefinitionPage { around, ..page(&app, &who, text, &asked).await? };
            return Ok(refused(page, StatusCode::UNPROCESSABLE_ENTITY, sentence));
        }
    };
    match taken_in(&app, &who, definition).await {
        Ok(loaded) => {
            let first = loaded.created.iter().chain(&loaded.changed).chain(&loaded.unchanged).next();
            let to = first.map_or(LIST.to_owned(), |reference| format!("{LIST}/{reference}"));
            Ok(see_other_saying(to, &Flash::success(said(&loaded))))
        }
        Err(Failure::UseCase(UseCaseError::Refused(refusal))) => {
            Ok(refused(page(&app, &who, text, &asked).await?, StatusCode::CONFLICT, refusal.to_string()))
        }
        Err(failure) => Err(failure),
    }
}

async fn taken_in(app: &App, who: &Officer, definition: Definition) -> Result<calls::Loaded, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    app.write(move |tx| {
        reference_data::load(tx)?;
        calls::load(tx, &actor, &definition, now)
    })
    .await
}

fn said(loaded: &calls::Loaded) -> String {
    match (loaded.created.as_slice(), loaded.changed.as_slice()) {
        ([], []) => "Rien n’a changé\u{a0}: l’appel dit déjà tout cela.".into(),
        ([], changed) => format!("Mis à jour\u{a0}: {}. Relisez, puis publiez.", changed.join(", ")),
        (created, _) => format!("En préparation\u{a0}: {}. Relisez, puis publiez.", created.join(", ")),
    }
}

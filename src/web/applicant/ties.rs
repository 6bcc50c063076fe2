//! The ties with the bodies of the network that a draft declares.

use super::{applications::named, errors_of, next_step};
use crate::{
    domain::{
        ids::ApplicationId,
        lifecycles::applications::ApplicationState,
        ties::{Declared, MOST, Tie},
        time::Moment,
    },
    store::StoreError,
    usecases::{
        FieldError, UseCaseError, answers,
        ties::{self, TiesForm},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Applicant,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Choice, Stepper},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

/// Empty lines shown after those that are written.
const SPARE: usize = 2;

#[derive(Template)]
#[template(path = "applicant/ties.html")]
struct TiesPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    title: String,
    fund: String,
    stepper: Stepper,
    choices: Vec<Choice>,
    rows: Vec<Line>,
    /// When it was last declared, as the page read it.
    read_at: i64,
    errors: FieldErrors,
}

/// One person, with the names of the two fields.
struct Line {
    name_field: String,
    name: String,
    nature_field: String,
    nature: String,
}

/// What is declared; what was brought along by the other half of a pair is shown before anybody answers.
fn form_of(declared: &Declared, written: &[Tie]) -> TiesForm {
    TiesForm {
        liens: declared.as_ref().map_or("", |ties| if ties.is_empty() { "non" } else { "oui" }).to_owned(),
        rows: written.iter().map(|tie| (tie.name.clone(), tie.nature.clone())).collect(),
    }
}

fn lines(rows: &[(String, String)]) -> Vec<Line> {
    let written = rows.iter().rposition(|(name, nature)| !name.is_empty() || !nature.is_empty()).map_or(0, |at| at + 1);
    let line = |number: usize| {
        let (name_field, nature_field) = ties::fields(number);
        let (name, nature) = rows.get(number).cloned().unwrap_or_default();
        Line { name_field, name, nature_field, nature }
    };
    (0..(written + SPARE).min(MOST)).map(line).collect()
}

async fn page(
    app: &App,
    who: &Applicant,
    id: ApplicationId,
    typed: Option<TiesForm>,
    wrong: Vec<FieldError>,
) -> Result<TiesPage, Failure> {
    let actor = who.actor.clone();
    let (content, written, read_at) = app
        .read(move |conn| {
            let content = answers::to_write(conn, &actor, id)?;
            if content.row.state != ApplicationState::Draft {
                return Err(StoreError::NotFound.into());
            }
            Ok((content, ties::written(conn, id)?, ties::last_declared(conn, id)?))
        })
        .await?;
    let form = typed.unwrap_or_else(|| form_of(&content.ties, &written));
    let answers = [("non", "Non, aucun lien"), ("oui", "Oui")];
    Ok(TiesPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/dossiers", "Mes dossiers"),
            NavLink::new(format!("/dossiers/{id}"), named(&content.row.title)),
        ],
        id: id.to_string(),
        title: named(&content.row.title),
        fund: content.call.title.clone(),
        stepper: next_step(&content, None, app.now()),
        choices: Choice::list(answers, &[&form.liens]),
        rows: lines(&form.rows),
        read_at: read_at.unix_seconds(),
        errors: errors_of(wrong),
    })
}

/// The question.
pub async fn show(app: Data<App>, who: Applicant, id: Path<ApplicationId>) -> Reply {
    Ok(render(&page(&app, &who, id.into_inner(), None, Vec::new()).await?))
}

/// Keeps the answer.
pub async fn declare(app: Data<App>, who: Applicant, id: Path<ApplicationId>, fields: Fields) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    let row = |number: usize| {
        let (name, nature) = ties::fields(number);
        (fields.text(&name).to_owned(), fields.text(&nature).to_owned())
    };
    let form = TiesForm { liens: fields.text("liens").to_owned(), rows: (0..MOST).map(row).collect() };
    let read_at = Moment::from_unix_seconds(fields.text("lu").parse().unwrap_or(0));
    let typed = form.clone();
    match app.write(move |tx| ties::declare(tx, &actor, id, &form, read_at, now)).await {
        Ok(()) => {
            let flash = Flash::success("La déclaration est enregistrée. Elle figurera sur l’accusé de dépôt.");
            Ok(see_other_saying(format!("/dossiers/{id}"), &flash))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = page(&app, &who, id, Some(typed), wrong).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

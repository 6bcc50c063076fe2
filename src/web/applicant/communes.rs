//! Where a commune is looked up without scripts: a list by name or by code; choosing one saves it and leads back.

use super::sections;
use crate::{
    domain::{
        definitions::QuestionKind,
        ids::ApplicationId,
        lifecycles::applications::ApplicationState,
        references::{Commune, is_commune, search_communes},
    },
    store::{Conn, StoreError},
    usecases::{
        FieldError, Outcome,
        answers::{self, Typed},
        edits, planned_budgets,
    },
    web::{
        App, Fields, Reply,
        audiences::Applicant,
        flashes::see_other_saying,
        pages::{Chrome, Flash, NavLink, render},
    },
};
use actix_web::web::{Data, Path, Query};
use askama::Template;

/// Communes on one page: who looks for one writes a little more of its name.
const MOST: usize = 40;

/// What the button beside a commune sends.
pub(super) fn button(question: &str) -> String {
    format!("commune.{question}")
}

/// Where the button leads once the section is saved: the question and what was typed there. Nothing for another button,
/// and nothing when something typed could not be kept: it would be lost on the way.
pub(super) fn searched(button: &str, typed: &Typed, wrong: &[FieldError]) -> Option<String> {
    let question = button.strip_prefix("commune.")?;
    let is_kept = |error: &FieldError| {
        let is_answer = !planned_budgets::is_of_line(&error.field) && !error.field.starts_with(edits::PARTNERS);
        is_answer && error.message != edits::TAKEN
    };
    if !wrong.iter().all(is_kept) {
        return None;
    }
    let text = typed.get(question).map_or("", |text| text.trim());
    let query = serde_html_form::to_string([("q", text)]).unwrap_or_default();
    Some(format!("{question}?{query}"))
}

#[derive(Template)]
#[template(path = "applicant/communes.html")]
struct CommunesPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    href: String,
    back: String,
    label: String,
    is_draft: bool,
    typed: String,
    /// The mark of the answer there is now, sent back with the choice.
    seen: (String, String),
    found: Vec<Found>,
    /// Whether there may be more than are shown.
    is_full: bool,
}

/// One commune to choose.
struct Found {
    code: String,
    name: String,
    postcodes: String,
}

fn found(commune: &Commune) -> Found {
    Found { code: commune.insee.clone(), name: commune.shown(), postcodes: commune.postcodes.join(", ") }
}

/// What is looked for.
#[derive(Debug, serde::Deserialize)]
pub struct Asking {
    #[serde(default)]
    q: String,
}

type Place = (ApplicationId, String, String);

/// The communes that fit what was typed.
pub async fn show(app: Data<App>, who: Applicant, path: Path<Place>, asking: Query<Asking>) -> Reply {
    let (id, code, question) = path.into_inner();
    let (actor, section, wanted) = (who.actor.clone(), code.clone(), question.clone());
    let (title, name, label, is_draft, stored) = app
        .read(move |conn: &mut Conn| -> Outcome<_> {
            let content = answers::to_write_in(conn, &actor, id, &section)?;
            let section = content.section(&section).ok_or(StoreError::NotFound)?;
            let mut asked = section.questions.iter().filter(|question| question.kind == QuestionKind::Commune);
            let asked = asked.find(|question| question.code == wanted).ok_or(StoreError::NotFound)?;
            let stored = content.answers.get(&asked.code).cloned().unwrap_or_default();
            let is_draft = content.row.state == ApplicationState::Draft;
            Ok((content.row.title.clone(), section.title.clone(), asked.label.clone(), is_draft, stored))
        })
        .await?;
    let back = format!("/dossiers/{id}/rubriques/{code}");
    let title = if title.is_empty() { "Mon dossier".to_owned() } else { title };
    let communes = search_communes(&asking.q, MOST);
    Ok(render(&CommunesPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(format!("/dossiers/{id}"), &title), NavLink::new(&back, &name)],
        href: format!("{back}/communes/{question}"),
        back: format!("{back}#champ-{question}"),
        label,
        is_draft,
        typed: asking.q.trim().to_owned(),
        seen: (edits::seen_field(&question), edits::mark(&stored)),
        is_full: communes.len() == MOST,
        found: communes.into_iter().map(found).collect(),
    }))
}

/// Saves the commune that was chosen, and leads back to its field.
pub async fn choose(app: Data<App>, who: Applicant, path: Path<Place>, form: Fields) -> Reply {
    let (id, code, question) = path.into_inner();
    let (actor, now, section) = (who.actor.clone(), app.now(), code.clone());
    if !is_commune(form.text("commune")) {
        let wrong = FieldError::new(&question, "Choisissez une commune des Hauts-de-France dans la liste.");
        return sections::refused(&app, &who, id, &code, vec![wrong]).await;
    }
    let mark = edits::seen_field(&question);
    let typed: Typed = [(question.clone(), form.text("commune")), (mark.clone(), form.text(&mark))]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name, value.to_owned()))
        .collect();
    let wrong = app.write(move |tx| answers::save_section(tx, &actor, id, &section, &typed, now)).await?;
    let wrong: Vec<_> = wrong.into_iter().filter(|error| error.field == question).collect();
    if !wrong.is_empty() {
        return sections::refused(&app, &who, id, &code, wrong).await;
    }
    let to = format!("/dossiers/{id}/rubriques/{code}#champ-{question}");
    Ok(see_other_saying(to, &Flash::success("La commune est enregistrée.")))
}

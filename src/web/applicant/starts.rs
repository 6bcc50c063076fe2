//! The beginning of an application: for which organisation, blank or from an earlier file.

use super::{applications::named, errors_of};
use crate::{
    domain::{
        definitions::ApplicationsPerHolder,
        ids::{ApplicationId, OrganisationId},
        lifecycles::calls::CallState,
        organisations::SIRET_OWED,
    },
    store::{StoreError, Tx, applications::SourceLine, entropy, organisations::OrganisationRow},
    usecases::{
        FieldError, UseCaseError, calls,
        copies::{self, Started},
        eligibility, filed_counts,
        form_tokens::{self, Sending},
        organisations,
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Applicant,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as, see_other},
        parts::Choice,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;

#[derive(Template)]
#[template(path = "applicant/start.html")]
struct StartPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    reference: String,
    title: String,
    deadline: String,
    organisations: Vec<Choice>,
    /// Why none of them may begin another file; empty when one may.
    full: String,
    /// Nothing, then each earlier file; empty when there is none.
    sources: Vec<Choice>,
    token: String,
    errors: FieldErrors,
}

/// What is chosen when the page opens.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Chosen {
    #[serde(default)]
    organisation: String,
    /// The earlier file to begin from.
    #[serde(default)]
    copie: String,
}

/// What the rules of the call say against an organisation; nothing when they say nothing.
fn told_against(sentences: Option<&Vec<String>>) -> String {
    let Some(sentences) = sentences else { return String::new() };
    format!("Aujourd’hui, son dossier ne serait pas recevable\u{a0}: {}", sentences.join(" "))
}

fn source_choices(lines: &[SourceLine], chosen: &str) -> Vec<Choice> {
    if lines.is_empty() {
        return Vec::new();
    }
    let choice = |value: String, label: String, help: String| Choice { checked: value == chosen, value, label, help };
    let blank = choice(String::new(), "Rien\u{a0}: commencer par une page blanche".into(), String::new());
    let of = |line: &SourceLine| {
        let help = format!("{}, {}, {}", line.reference, line.call_title, line.organisation);
        choice(line.id.to_string(), named(&line.title), help)
    };
    std::iter::once(blank).chain(lines.iter().map(of)).collect()
}

async fn page(
    app: &App,
    who: &Applicant,
    reference: String,
    chosen: Chosen,
    errors: FieldErrors,
) -> Result<StartPage, Failure> {
    let (actor, wanted, now) = (who.actor.clone(), reference.clone(), app.now());
    let load = move |conn: &mut crate::store::Conn| {
        let call = calls::by_reference(conn, &wanted)?;
        let mine = organisations::mine(conn, &actor)?;
        let ids: Vec<_> = mine.iter().map(|row| row.id).collect();
        let full = filed_counts::full(conn, &call, &ids)?;
        let rows: Vec<_> = mine.iter().collect();
        let against = eligibility::against_organisations(conn, &call, &rows, None, now)?;
        Ok((call, mine, (full, against), copies::sources(conn, &actor)?))
    };
    let (call, mine, (full, against), sources) = app.read(load).await?;
    if call.state == CallState::Draft {
        return Err(Failure::NotFound);
    }
    let of_source = sources.iter().find(|line| line.id.to_string() == chosen.copie).map(|line| line.organisation_id);
    let organisation = match (mine.as_slice(), of_source) {
        _ if !chosen.organisation.is_empty() => chosen.organisation,
        ([only], _) => only.id.to_string(),
        (_, source) => source.map(|id| id.to_string()).unwrap_or_default(),
    };
    let is_open = mine.is_empty() || mine.iter().any(|row| !full.contains_key(&row.id));
    let choice = |row: OrganisationRow| {
        let owed = if row.may_be_paid() { "" } else { SIRET_OWED };
        let why_full = full.get(&row.id).map_or("", String::as_str);
        Choice {
            value: row.id.to_string(),
            help: [why_full, &told_against(against.get(&row.id)), owed].join(" ").trim().to_owned(),
            checked: row.id.to_string() == organisation,
            label: row.name,
        }
    };
    Ok(StartPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(format!("/appels/{reference}"), &call.title)],
        deadline: call.window().deadline(),
        title: call.title,
        reference,
        full: full.values().next().filter(|_| !is_open).cloned().unwrap_or_default(),
        organisations: mine.into_iter().map(choice).collect(),
        sources: source_choices(&sources, &chosen.copie),
        token: entropy::form_token()?,
        errors,
    })
}

/// For which organisation, and from what?
pub async fn ask(app: Data<App>, who: Applicant, reference: Path<String>, chosen: Query<Chosen>) -> Reply {
    Ok(render(&page(&app, &who, reference.into_inner(), chosen.into_inner(), FieldErrors::none()).await?))
}

/// The earlier file that was chosen; `None` for a blank page.
fn source_of(form: &Fields) -> Result<Option<ApplicationId>, Failure> {
    let typed = form.text("copie");
    let is_chosen = !typed.is_empty();
    is_chosen.then(|| typed.parse().map_err(|_| Failure::NotFound)).transpose()
}

/// Starts an application, or opens the one there is.
pub async fn start(app: Data<App>, who: Applicant, reference: Path<String>, form: Fields) -> Reply {
    let (reference, source) = (reference.into_inner(), source_of(&form)?);
    let chosen = Chosen { organisation: form.text("organisation").into(), copie: form.text("copie").into() };
    let started = match chosen.organisation.parse::<OrganisationId>() {
        Ok(organisation) => begin(&app, &who, &reference, (organisation, source), form.token()).await,
        Err(_) => {
            let wrong = FieldError::new("organisation", "Choisissez l’organisation qui dépose le dossier.");
            Err(UseCaseError::Invalid(vec![wrong]).into())
        }
    };
    match started {
        Ok(started) => Ok(opened(started, source.is_some())),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = page(&app, &who, reference, chosen, errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

/// Begins a file, once for each form: where an organisation may have several, a second click opens the one of the first.
async fn begin(
    app: &App,
    who: &Applicant,
    reference: &str,
    (organisation, source): (OrganisationId, Option<ApplicationId>),
    token: &str,
) -> Result<Started, Failure> {
    let (actor, person, reference, now) = (who.actor.clone(), who.id, reference.to_owned(), app.now());
    let (token, route) = (token.to_owned(), format!("/appels/{reference}/dossier"));
    let body = format!("{organisation}\n{}", source.map(|id| id.to_string()).unwrap_or_default());
    app.write(move |tx| {
        let call = calls::by_reference(tx.conn(), &reference)?;
        let start = |tx: &mut Tx| copies::start(tx, &actor, call.id, organisation, source, now);
        if calls::parse(&call)?.applications == ApplicationsPerHolder::One {
            return start(tx);
        }
        let sending = Sending { person, token: &token, route: &route, body: body.as_bytes(), now };
        let answer = form_tokens::once(tx, sending, |tx| Ok(address(start(tx)?.id)))?;
        let id = answer.trim_start_matches("/dossiers/").parse::<ApplicationId>().map_err(|_| StoreError::NotFound)?;
        Ok(Started { id, was_there: false })
    })
    .await
}

fn address(id: ApplicationId) -> String {
    format!("/dossiers/{id}")
}

fn opened(started: Started, is_copy: bool) -> actix_web::HttpResponse {
    let to = address(started.id);
    match (started.was_there, is_copy) {
        (true, _) => see_other_saying(
            to,
            &Flash::info("Votre organisation a déjà un dossier pour cet appel\u{a0}: le voici, rien n’y a changé."),
        ),
        (false, true) => see_other_saying(
            to,
            &Flash::success("Votre ancien dossier est repris dans ce brouillon. Relisez chaque rubrique."),
        ),
        (false, false) => see_other(to),
    }
}

/// Puts away the list of what was not carried over.
pub async fn dismiss(app: Data<App>, who: Applicant, id: Path<ApplicationId>) -> Reply {
    let (id, actor, now) = (id.into_inner(), who.actor.clone(), app.now());
    app.write(move |tx| copies::dismiss(tx, &actor, id, now)).await?;
    Ok(see_other(address(id)))
}

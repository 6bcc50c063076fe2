//! The minutes of a session for the team: one version to keep, and the page that corrects the last one.

use super::attendance::{self, SeatShown};
use crate::{
    domain::ids::{ApplicationId, SessionId},
    store::entropy,
    usecases::{
        UseCaseError, form_tokens,
        minutes::{self as verbs, Correction, Draft},
        votes::VoteForm,
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::{Officer, Staff},
        flashes::see_other_saying,
        minutes,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::Choice,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

/// One version as a PDF.
pub async fn sheet(app: Data<App>, who: Staff, place: Path<(SessionId, String)>) -> Reply {
    let ((id, number), actor) = (place.into_inner(), who.actor.clone());
    let number: i32 = number.parse().map_err(|_| Failure::NotFound)?;
    let sheet = app.read(move |conn| verbs::sheet(conn, &actor, id, number)).await?;
    minutes::download(&app, sheet).await
}

#[derive(Template)]
#[template(path = "officer/minutes.html")]
struct CorrectionPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    id: String,
    reason: String,
    observations: String,
    seats: Vec<SeatShown>,
    chair: Vec<Choice>,
    votes: Vec<VoteShown>,
    version: i32,
    token: String,
    errors: FieldErrors,
}

/// The count of a file that was voted on.
struct VoteShown {
    id: String,
    title: String,
    in_favour: String,
    against: String,
    abstained: String,
}

fn votes(draft: &Draft, typed: Option<&Fields>) -> Vec<VoteShown> {
    let voted = draft.minutes.items.iter().filter_map(|item| Some((item, item.tally?)));
    let shown = voted.map(|(item, tally)| {
        let count = |name: &str, count: i32| match typed {
            Some(form) => form.text(&format!("{name}-{}", item.application)).to_owned(),
            None => count.to_string(),
        };
        VoteShown {
            id: item.application.to_string(),
            title: format!("{} – {}", item.reference, item.title),
            in_favour: count("pour", tally.in_favour),
            against: count("contre", tally.against),
            abstained: count("abstentions", tally.abstained),
        }
    });
    shown.collect()
}

fn page(who: &Officer, draft: &Draft, typed: Option<&Fields>, errors: FieldErrors) -> Result<CorrectionPage, Failure> {
    let session = &draft.session;
    let text = |name: &str, stored: &str| typed.map_or(stored, |form| form.text(name)).to_owned();
    Ok(CorrectionPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/seances", "Séances"),
            NavLink::new(format!("/seances/{}", session.id), &session.title),
        ],
        id: session.id.to_string(),
        reason: text("motif", ""),
        observations: text("observations", &draft.minutes.observations),
        seats: attendance::seats(&draft.minutes.roll, typed),
        chair: attendance::chairs(&draft.minutes.roll, draft.minutes.chair, typed),
        votes: votes(draft, typed),
        version: session.version,
        token: entropy::form_token()?,
        errors,
    })
}

async fn build(
    app: &App,
    who: &Officer,
    id: SessionId,
    typed: Option<&Fields>,
    errors: FieldErrors,
) -> Result<CorrectionPage, Failure> {
    let actor = who.actor.clone();
    let draft = app.read(move |conn| verbs::draft(conn, &actor, id)).await?;
    page(who, &draft, typed, errors)
}

/// The page that corrects the minutes.
pub async fn ask(app: Data<App>, who: Officer, id: Path<SessionId>) -> Reply {
    Ok(render(&build(&app, &who, id.into_inner(), None, FieldErrors::none()).await?))
}

fn read(form: &Fields) -> Correction {
    let (noted, chair) = attendance::read(form);
    let voted = form.iter().filter_map(|(name, _)| name.strip_prefix("pour-")?.parse::<ApplicationId>().ok());
    let count = |name: &str, id: ApplicationId| form.text(&format!("{name}-{id}")).to_owned();
    let vote = |id| {
        let form = VoteForm {
            in_favour: count("pour", id),
            against: count("contre", id),
            abstained: count("abstentions", id),
            reason: String::new(),
        };
        (id, form)
    };
    Correction {
        reason: form.text("motif").to_owned(),
        observations: form.text("observations").to_owned(),
        attendance: noted,
        chair,
        votes: voted.map(vote).collect(),
    }
}

/// Writes a new version of the minutes.
pub async fn correct(app: Data<App>, who: Officer, id: Path<SessionId>, form: Fields) -> Reply {
    let (id, actor, person, now) = (id.into_inner(), who.actor.clone(), who.id, app.now());
    let (version, token, wanted) = (form.version(), form.token().to_owned(), read(&form));
    let route = format!("/seances/{id}/correction");
    let written = app.write(move |tx| {
        let body = format!("{version}\n{wanted:?}");
        let sending = form_tokens::Sending { person, token: &token, route: &route, body: body.as_bytes(), now };
        form_tokens::once(tx, sending, |tx| {
            verbs::correct(tx, &actor, id, version, &wanted, now)?;
            Ok(format!("/seances/{id}"))
        })
    });
    match written.await {
        Ok(to) => {
            app.bells().ring(id);
            let said = "La version corrigée est établie\u{a0}: elle attend la signature de la présidence.";
            Ok(see_other_saying(to, &Flash::success(said)))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let errors = wrong.into_iter().map(|field| (field.field, field.message)).collect();
            let page = build(&app, &who, id, Some(&form), errors).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

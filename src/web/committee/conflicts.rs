//! Giving a file up: for a conflict of interest (déport), after which it does not exist, or for want of time.

use super::errors_of;
use crate::{
    domain::{
        ids::{ApplicationId, ReviewId},
        lifecycle::Refusal,
        lifecycles::reviews::ReviewEvent,
    },
    store::entropy,
    usecases::{FieldError, UseCaseError, form_tokens, recusals, review_sheets},
    web::{
        App, Failure, Fields, Reply,
        audiences::Reviewer,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

#[derive(Template)]
#[template(path = "committee/give_up.html")]
struct GiveUpPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    action: String,
    back: String,
    reference: String,
    title: String,
    is_conflict: bool,
    token: String,
    motive: String,
    errors: FieldErrors,
}

/// What was typed, and what is wrong with it.
type Again = (String, FieldErrors);

async fn conflict_page(app: &App, who: &Reviewer, id: ApplicationId, again: Again) -> Result<GiveUpPage, Failure> {
    let actor = who.actor.clone();
    let file = app.read(move |conn| recusals::file(conn, &actor, id)).await?;
    Ok(GiveUpPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/comite", "Mes évaluations")],
        action: format!("/comite/dossiers/{id}/deport"),
        back: "/comite".into(),
        reference: file.reference,
        title: file.title,
        is_conflict: true,
        token: entropy::form_token()?,
        motive: again.0,
        errors: again.1,
    })
}

/// What a recusal means, and the form that declares it.
pub async fn ask(app: Data<App>, who: Reviewer, id: Path<ApplicationId>) -> Reply {
    Ok(render(&conflict_page(&app, &who, id.into_inner(), Again::default()).await?))
}

/// Declares it: from here on the file does not exist for this person.
pub async fn declare(app: Data<App>, who: Reviewer, id: Path<ApplicationId>, form: Fields) -> Reply {
    let (id, actor, person, now) = (id.into_inner(), who.actor.clone(), who.id, app.now());
    let (token, motive) = (form.token().to_owned(), form.text("motif").to_owned());
    let (route, typed) = (format!("/comite/dossiers/{id}/deport"), motive.clone());
    let done = app
        .write(move |tx| {
            let sending = form_tokens::Sending { person, token: &token, route: &route, body: motive.as_bytes(), now };
            form_tokens::once(tx, sending, |tx| {
                recusals::file(tx.conn(), &actor, id)?;
                recusals::declare_conflict(tx, &actor, person, id, &motive, now)?;
                Ok("/comite".into())
            })
        })
        .await;
    let said = "Votre déport est enregistré. Ce dossier n’apparaîtra plus dans vos pages ni dans vos courriels.";
    match done {
        Ok(to) => {
            app.bells().ring_all();
            Ok(see_other_saying(to, &Flash::success(said)))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = conflict_page(&app, &who, id, (typed, errors_of(wrong))).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

async fn decline_page(app: &App, who: &Reviewer, id: ReviewId, again: Again) -> Result<GiveUpPage, Failure> {
    let actor = who.actor.clone();
    let sheet = app.read(move |conn| review_sheets::find(conn, &actor, id)).await?;
    // What has been handed in is not given back: the reason is the one the button would give.
    if sheet.offered.iter().all(|(event, _)| *event != ReviewEvent::Decline) {
        return Err(UseCaseError::from(Refusal::NotFromHere(sheet.row.state.label())).into());
    }
    Ok(GiveUpPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/comite", "Mes évaluations")],
        action: format!("/comite/evaluations/{id}/decliner"),
        back: format!("/comite/evaluations/{id}"),
        reference: sheet.content.row.reference,
        title: sheet.content.row.title,
        is_conflict: false,
        token: entropy::form_token()?,
        motive: again.0,
        errors: again.1,
    })
}

/// The form that gives a file back.
pub async fn ask_decline(app: Data<App>, who: Reviewer, id: Path<ReviewId>) -> Reply {
    Ok(render(&decline_page(&app, &who, id.into_inner(), Again::default()).await?))
}

/// Gives a file back to the team.
pub async fn decline(app: Data<App>, who: Reviewer, id: Path<ReviewId>, form: Fields) -> Reply {
    let (id, actor, person, now) = (id.into_inner(), who.actor.clone(), who.id, app.now());
    let (token, motive) = (form.token().to_owned(), form.text("motif").to_owned());
    let (route, typed) = (format!("/comite/evaluations/{id}/decliner"), motive.clone());
    let done = app
        .write(move |tx| {
            let sending = form_tokens::Sending { person, token: &token, route: &route, body: motive.as_bytes(), now };
            form_tokens::once(tx, sending, |tx| {
                review_sheets::decline(tx, &actor, id, &motive, now)?;
                Ok("/comite".into())
            })
        })
        .await;
    match done {
        Ok(to) => {
            Ok(see_other_saying(to, &Flash::success("C’est noté\u{a0}: ce dossier sera confié à quelqu’un d’autre.")))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => wrong_decline(&app, &who, id, typed, wrong).await,
        Err(failure) => Err(failure),
    }
}

async fn wrong_decline(app: &App, who: &Reviewer, id: ReviewId, typed: String, wrong: Vec<FieldError>) -> Reply {
    let page = decline_page(app, who, id, (typed, errors_of(wrong))).await?;
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

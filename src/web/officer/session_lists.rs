//! The sessions of the committee, and a form that plans one.

use super::sessions::{badge, errors_of, typed};
use crate::{
    domain::{
        ids::{CallId, SessionId},
        lifecycles::calls::CallState,
    },
    store::{calls, entropy, sessions::SessionLine},
    usecases::{
        FieldError, UseCaseError, agendas, form_tokens,
        sessions::{self as verbs, SessionForm},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Officer,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, render, render_as},
        parts::{Badge, Choice, Pager},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;

#[derive(Template)]
#[template(path = "officer/sessions.html")]
struct SessionsPage {
    chrome: Chrome,
    lines: Vec<Line>,
    pager: Pager,
    calls: Vec<Choice>,
    token: String,
    form: SessionForm,
    errors: FieldErrors,
}

struct Line {
    href: String,
    title: String,
    call: String,
    meets_at: String,
    place: String,
    badge: Badge,
}

fn line(row: SessionLine) -> Line {
    Line {
        href: format!("/seances/{}", row.id),
        title: row.title,
        call: row.call_title,
        meets_at: row.meets_at.french(),
        place: row.place,
        badge: badge(row.state),
    }
}

/// Where the list goes on.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Before {
    avant: Option<SessionId>,
}

/// Most calls to choose from.
const MOST_CALLS: i64 = 100;

async fn list_page(
    app: &App,
    who: &Officer,
    before: Option<SessionId>,
    form: &Fields,
    errors: FieldErrors,
) -> Result<SessionsPage, Failure> {
    let actor = who.actor.clone();
    let ((rows, next), open) = app
        .read(move |conn| {
            let open = calls::in_states(conn, &[CallState::InReview, CallState::Published], MOST_CALLS)?;
            Ok((agendas::list(conn, &actor, before)?, open))
        })
        .await?;
    let only = if open.len() == 1 { open[0].id.to_string() } else { String::new() };
    let chosen = form.filled("appel").unwrap_or(&only);
    Ok(SessionsPage {
        chrome: who.chrome(),
        lines: rows.into_iter().map(line).collect(),
        pager: Pager { first: before.map(|_| "/seances".into()), next: next.map(|id| format!("/seances?avant={id}")) },
        calls: Choice::list(open.into_iter().map(|call| (call.id.to_string(), call.title)), &[chosen]),
        token: entropy::form_token()?,
        form: typed(form),
        errors,
    })
}

/// Every session, the last planned first.
pub async fn list(app: Data<App>, who: Officer, before: Query<Before>) -> Reply {
    let before = before.into_inner().avant;
    Ok(render(&list_page(&app, &who, before, &Fields::default(), FieldErrors::none()).await?))
}

/// Plans the session that the form describes, once; gives its address.
async fn planned(app: &App, who: &Officer, form: &Fields) -> Result<String, Failure> {
    let (actor, person, now) = (who.actor.clone(), who.id, app.now());
    let (wanted, token) = (typed(form), form.token().to_owned());
    let Ok(call) = form.text("appel").parse::<CallId>() else {
        let mut wrong = vec![FieldError::new("appel", "Choisissez l’appel dont la séance étudie les dossiers.")];
        wrong.extend(wanted.faults());
        return Err(UseCaseError::Invalid(wrong).into());
    };
    let body = format!("{call}\n{}\n{}\n{}\n{}", wanted.title, wanted.date, wanted.time, wanted.place);
    app.write(move |tx| {
        let sending = form_tokens::Sending { person, token: &token, route: "/seances", body: body.as_bytes(), now };
        form_tokens::once(tx, sending, |tx| Ok(format!("/seances/{}", verbs::plan(tx, &actor, call, &wanted, now)?)))
    })
    .await
}

/// Plans a session.
pub async fn plan(app: Data<App>, who: Officer, form: Fields) -> Reply {
    match planned(&app, &who, &form).await {
        Ok(to) => {
            Ok(see_other_saying(to, &Flash::success("La séance est planifiée. Composez maintenant l’ordre du jour.")))
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let page = list_page(&app, &who, None, &form, errors_of(wrong)).await?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(failure) => Err(failure),
    }
}

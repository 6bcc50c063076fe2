//! Signing in, by a link sent by mail or by a password.

use super::{device_of, sign_in_cookie, source_of};
use crate::{
    domain::identity::Email,
    store::{StoreError, Tx},
    usecases::{
        UseCaseError, login_links,
        own_passwords::FORGOTTEN,
        passwords,
        sign_ins::{self, SignedInPerson},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::{Member, Public},
        filters,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, render, render_as, see_other},
    },
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
    web::{Data, Path, Query},
};
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "account/sign_in.html")]
struct SignInPage {
    chrome: Chrome,
    email: String,
    next: String,
    errors: FieldErrors,
}

/// Where to go once signed in.
#[derive(Debug, Deserialize)]
pub struct Next {
    #[serde(default)]
    suite: String,
}

/// The page with both ways in.
pub async fn show(visitor: Public, next: Query<Next>) -> Reply {
    if visitor.signed_in.is_some() {
        return Ok(see_other(login_links::own_path(&next.suite)));
    }
    let next = next.into_inner().suite;
    Ok(render(&SignInPage { chrome: visitor.chrome(), email: String::new(), next, errors: FieldErrors::none() }))
}

fn again(visitor: &Public, form: &Fields, field: &str, sentence: &str) -> HttpResponse {
    let errors = FieldErrors::from_iter([(field, sentence)]);
    let (email, next) = (form.text("email").to_owned(), form.text("suite").to_owned());
    render_as(StatusCode::UNPROCESSABLE_ENTITY, &SignInPage { chrome: visitor.chrome(), email, next, errors })
}

const BAD_EMAIL: &str = "Cette adresse ne ressemble pas à une adresse électronique (exemple\u{a0}: prenom@asso.fr).";

#[derive(Template)]
#[template(path = "account/link_sent.html")]
struct LinkSentPage {
    chrome: Chrome,
    email: String,
}

/// Sends a link; the answer is the same whether the address is known or not.
pub async fn ask_link(app: Data<App>, visitor: Public, form: Fields) -> Reply {
    let Ok(email) = form.text("email").parse::<Email>() else {
        return Ok(again(&visitor, &form, "email", BAD_EMAIL));
    };
    let (next, now) = (login_links::own_path(form.text("suite")).to_owned(), app.now());
    let shown = email.as_str().to_owned();
    let is_own = visitor.signed_in.as_ref().is_some_and(|who| who.email == shown);
    let is_forgotten = is_own && next == FORGOTTEN;
    let ask = move |tx: &mut Tx| match is_forgotten {
        true => login_links::ask_forgotten(tx, &email, now),
        false => login_links::ask(tx, &email, &next, now),
    };
    app.write(ask).await?;
    Ok(render(&LinkSentPage { chrome: visitor.chrome(), email: shown }))
}

#[derive(Template)]
#[template(path = "account/link.html")]
struct LinkPage {
    chrome: Chrome,
    name: String,
}

#[derive(Template)]
#[template(path = "account/link_over.html")]
struct LinkOverPage {
    chrome: Chrome,
}

/// Shows whose link this is and uses nothing up: mail programs that visit links must not sign anybody in.
pub async fn show_link(app: Data<App>, visitor: Public, secret: Path<String>) -> Reply {
    let now = app.now();
    match app.read(move |conn| login_links::show(conn, &secret, now)).await {
        Ok(person) => Ok(render(&LinkPage { chrome: visitor.chrome(), name: person.name })),
        Err(Failure::UseCase(UseCaseError::Store(StoreError::NotFound))) => {
            Ok(render_as(StatusCode::NOT_FOUND, &LinkOverPage { chrome: visitor.chrome() }))
        }
        Err(failure) => Err(failure),
    }
}

/// Uses the link up and signs the person in.
pub async fn use_link(app: Data<App>, visitor: Public, request: HttpRequest, secret: Path<String>) -> Reply {
    let (now, device, before) = (app.now(), device_of(&request), before(&visitor));
    let work = move |tx: &mut Tx| {
        let (person, next) = login_links::consume(tx, &secret, now)?;
        Ok((sign_ins::open_instead(tx, before.as_ref(), person, &device, now)?, next))
    };
    match app.write(work).await {
        Ok((token, next)) => Ok(signed_in(&app, token, &next)),
        Err(Failure::UseCase(UseCaseError::Store(_))) => {
            Ok(render_as(StatusCode::NOT_FOUND, &LinkOverPage { chrome: visitor.chrome() }))
        }
        Err(failure) => Err(failure),
    }
}

/// The sign-in that this browser had.
fn before(visitor: &Public) -> Option<SignedInPerson> {
    visitor.signed_in.as_deref().cloned()
}

fn signed_in(app: &App, token: String, next: &str) -> HttpResponse {
    let mut response = see_other(login_links::own_path(next));
    if let Err(error) = response.add_cookie(&sign_in_cookie(app, token)) {
        tracing::error!(%error, "the sign-in cookie could not be set");
    }
    response
}

/// Signs in by password. A wrong one and an unknown address get the same sentence, at the same cost.
pub async fn by_password(app: Data<App>, visitor: Public, request: HttpRequest, form: Fields) -> Reply {
    let (email, source, now) = (form.text("email").to_owned(), source_of(&request), app.now());
    let parsed = email.parse::<Email>().ok();
    let credentials = {
        let (email, source) = (email.clone(), source.clone());
        app.read(move |conn| {
            login_links::brake(conn, &email, &source, now)?;
            passwords::of_email(conn, parsed.as_ref())
        })
        .await
    };
    let credentials = match credentials {
        Err(Failure::UseCase(UseCaseError::Refused(reason))) => return Err(Failure::TooMany(reason.to_string())),
        credentials => credentials?,
    };
    let typed = form.iter().find(|(name, _)| *name == "mot_de_passe").map(|(_, typed)| typed.to_owned());
    let person = app.hash(move || credentials.open_with(&typed.unwrap_or_default())).await?;
    let Some(person) = person else {
        app.write(move |tx| login_links::note_failure(tx, &email, &source, now)).await?;
        return Ok(again(&visitor, &form, "mot_de_passe", "L’adresse ou le mot de passe n’est pas le bon."));
    };
    let (device, before) = (device_of(&request), before(&visitor));
    let token = app
        .write(move |tx| {
            login_links::forget_failures(tx, &email, now)?;
            sign_ins::open_instead(tx, before.as_ref(), person, &device, now)
        })
        .await?;
    Ok(signed_in(&app, token, form.text("suite")))
}

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// What the browser is told to empty once somebody has signed out. Pages it kept may always go. Its storage may hold what
/// others typed on the same computer and could not save yet, which no sign-out may throw away: it goes only where the
/// script of the page, having taken away what was this person's, says that nobody's words are left in it.
fn to_clear(form: &Fields) -> HeaderValue {
    let is_empty = form.text("vide") == "oui";
    HeaderValue::from_static(if is_empty { r#""cache", "storage""# } else { r#""cache""# })
}

/// Signs out of this device.
pub async fn sign_out(app: Data<App>, who: Member, form: Fields) -> Reply {
    let (person, id, now) = (who.id, who.sign_in, app.now());
    app.write(move |tx| sign_ins::leave(tx, person, id, now)).await?;
    let mut response = see_other_saying("/", &Flash::success("Vous êtes déconnecté·e."));
    response.headers_mut().insert(CLEAR_SITE_DATA, to_clear(&form));
    if let Err(error) = response.add_cookie(&super::sign_out_cookie(&app)) {
        tracing::error!(%error, "the sign-in cookie could not be removed");
    }
    Ok(response)
}

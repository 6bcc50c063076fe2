//! Making an account: a name and an address, proven by the link sent there.

use crate::{
    domain::identity::{Email, faults},
    usecases::{UseCaseError, login_links, people},
    web::{
        App, Failure, Fields, Reply,
        audiences::Public,
        filters,
        pages::{Chrome, FieldErrors, render, render_as},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;

#[derive(Template)]
#[template(path = "account/sign_up.html")]
struct SignUpPage {
    chrome: Chrome,
    full_name: String,
    email: String,
    next: String,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "account/link_sent.html")]
struct LinkSentPage {
    chrome: Chrome,
    email: String,
}

/// Where to go once the account is there.
#[derive(Debug, serde::Deserialize)]
pub struct Next {
    #[serde(default)]
    suite: String,
}

/// The form.
pub async fn show(visitor: Public, next: Query<Next>) -> Reply {
    let (full_name, email, next) = (String::new(), String::new(), next.into_inner().suite);
    Ok(render(&SignUpPage { chrome: visitor.chrome(), full_name, email, next, errors: FieldErrors::none() }))
}

/// Makes the account, or does nothing when the address has one; either way a link is sent.
pub async fn create(app: Data<App>, visitor: Public, form: Fields) -> Reply {
    let mut errors = FieldErrors::none();
    if let Err(error) = people::parse_name(form.text("nom")) {
        errors.add("nom", error.message);
    }
    let sentence = "Indiquez une adresse électronique que vous relevez (exemple\u{a0}: prenom@asso.fr).";
    let sentence = faults::email(form.text("email"), sentence);
    let email = errors.note("email", form.text("email").parse::<Email>(), &sentence);
    if let (Some(email), true) = (email, errors.is_empty()) {
        let (name, next, now) = (form.text("nom").to_owned(), form.text("suite").to_owned(), app.now());
        let shown = email.as_str().to_owned();
        let next = if next.is_empty() { "/dossiers".to_owned() } else { login_links::own_path(&next).to_owned() };
        match app.write(move |tx| people::sign_up(tx, &email, &name, &next, now)).await {
            Ok(()) => return Ok(render(&LinkSentPage { chrome: visitor.chrome(), email: shown })),
            Err(Failure::UseCase(UseCaseError::Invalid(fields))) => {
                fields.into_iter().for_each(|field| errors.add(field.field, field.message));
            }
            Err(failure) => return Err(failure),
        }
    }
    let text = |name: &str| form.text(name).to_owned();
    let (full_name, email, next) = (text("nom"), text("email"), text("suite"));
    let page = SignUpPage { chrome: visitor.chrome(), full_name, email, next, errors };
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

//! The accounts and journals of the entries, as the accountant wants them.

use super::{accounting::LIST, once};
use crate::{
    domain::accounting::{
        Book, Post,
        charts::{self, code_field, label_field, number_field, title_field},
    },
    store::entropy,
    usecases::{
        UseCaseError,
        accounting::{self, Fields as Chart},
    },
    web::{
        App, Failure, Fields, Reply,
        applicant::errors_of,
        audiences::{Finance, SignedIn},
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
    },
};
use actix_web::{http::StatusCode, web::Data};
use askama::Template;

const HERE: &str = "/finances/comptabilite/reglages";

#[derive(Template)]
#[template(path = "finance/accounting_settings.html")]
struct SettingsPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    siren: String,
    accounts: Vec<Pair>,
    journals: Vec<Pair>,
    token: String,
    errors: FieldErrors,
}

/// An account or a journal: what it is for, then the fields of its number or code and of its label.
struct Pair {
    title: &'static str,
    code_field: String,
    code: String,
    label_field: String,
    label: String,
}

fn pair(typed: &Chart, title: &'static str, code_field: String, label_field: String) -> Pair {
    let value = |name: &String| typed.get(name).cloned().unwrap_or_default();
    Pair { title, code: value(&code_field), label: value(&label_field), code_field, label_field }
}

fn page(who: &SignedIn, typed: &Chart, errors: FieldErrors) -> Result<SettingsPage, Failure> {
    let account = |post: &Post| pair(typed, post.label(), number_field(*post), label_field(*post));
    let journal = |book: &Book| pair(typed, book.label(), code_field(*book), title_field(*book));
    Ok(SettingsPage {
        chrome: who.chrome(),
        way: vec![NavLink::new(LIST, "Comptabilité")],
        siren: typed.get(charts::SIREN).cloned().unwrap_or_default(),
        accounts: Post::ALL.iter().map(account).collect(),
        journals: Book::ALL.iter().map(journal).collect(),
        token: entropy::form_token()?,
        errors,
    })
}

/// The form, as it is set or with what is usual.
pub async fn show(app: Data<App>, who: Finance) -> Reply {
    let actor = who.actor.clone();
    let set = app.read(move |conn| accounting::fields(conn, &actor)).await?;
    Ok(render(&page(&who, &set, FieldErrors::none())?))
}

/// Keeps what was typed.
pub async fn save(app: Data<App>, who: Finance, form: Fields) -> Reply {
    let typed: Chart =
        charts::usual().into_iter().map(|(name, _)| (name.clone(), form.text(&name).to_owned())).collect();
    let (actor, wanted) = (who.actor.clone(), typed.clone());
    let act = move |tx: &mut crate::store::Tx| {
        accounting::set(tx, &actor, &wanted)?;
        Ok(LIST.to_owned())
    };
    match once(&app, &who, &form, HERE.to_owned(), act).await {
        Ok(to) => Ok(see_other_saying(to, &Flash::success("Les réglages comptables sont enregistrés."))),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page(&who, &typed, errors_of(wrong))?))
        }
        Err(failure) => Err(failure),
    }
}

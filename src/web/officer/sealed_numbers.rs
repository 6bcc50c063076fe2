//! The account numbers that an application says: their ends for everybody, a whole one for who pays, once and noted.

use crate::{
    domain::{ids::ApplicationId, roles::Role},
    usecases::{
        answers::Content,
        sealed_numbers::{self, NumberAnswered},
    },
    web::{
        App, Reply,
        audiences::{Finance, SignedIn},
        finance::bank_accounts::told_reading,
        pages::{Chrome, NavLink, render},
    },
};
use actix_web::{
    http::header,
    web::{Data, Path},
};
use askama::Template;

/// A number that may be asked for: what was asked, its ends, where it is shown.
pub(super) struct Sealed {
    pub label: String,
    pub masked: String,
    pub href: String,
}

/// The numbers of an application that this reader may have shown.
pub(super) fn of(content: &Content, who: &SignedIn) -> Vec<Sealed> {
    if !who.actor.is(Role::Finance) {
        return Vec::new();
    }
    let id = content.row.id;
    let sealed = |known: NumberAnswered| Sealed {
        href: format!("/instruction/{id}/iban/{}", known.question),
        label: known.label,
        masked: known.masked,
    };
    sealed_numbers::of_content(content).into_iter().map(sealed).collect()
}

#[derive(Template)]
#[template(path = "officer/sealed_number.html")]
struct NumberPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    label: String,
    number: String,
    readings: Vec<String>,
}

/// Shows a whole number, once, and records that it was read.
pub async fn reveal(app: Data<App>, who: Finance, path: Path<(ApplicationId, String)>) -> Reply {
    let ((id, question), actor, now) = (path.into_inner(), who.actor.clone(), app.now());
    let found = app.write(move |tx| sealed_numbers::reveal(tx, &actor, id, &question, now)).await?;
    let page = NumberPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/instruction", "Instruction"),
            NavLink::new(format!("/instruction/{id}"), &found.reference),
        ],
        label: found.label,
        number: found.number.replace('\u{a0}', " "),
        readings: found.readings.into_iter().map(told_reading).collect(),
    };
    let mut response = render(&page);
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("private, no-store"));
    Ok(response)
}

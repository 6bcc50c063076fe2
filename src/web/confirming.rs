//! The page between a button and what cannot be taken back: what is lost, in words, and whether the table has a way back.
//! GET shows it, POST at the same address acts.

use super::{
    Failure,
    pages::{Chrome, FieldErrors, NavLink, render, render_as},
    parts::Choice,
};
use crate::{
    domain::lifecycle::{self, Coded, Lifecycle},
    store::entropy,
    usecases::advance::Standing,
};
use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

/// What the page says and what it sends.
#[derive(Debug, Template)]
#[template(path = "confirmation.html")]
pub struct Confirmation {
    pub chrome: Chrome,
    /// The way here; its last link is where one goes back to.
    pub way: Vec<NavLink>,
    /// The name of what happens, which is the button's too.
    pub title: String,
    /// What the button is about.
    pub lead: String,
    /// What comes of it, each a sentence.
    pub consequences: Vec<String>,
    pub standing: Stands,
    /// Where the form is sent.
    pub action: String,
    /// Fields that go with it.
    pub hidden: Vec<(&'static str, String)>,
    /// What is to be chosen with it.
    pub choice: Option<Choosing>,
    pub motive: Option<Motive>,
    pub token: String,
    pub errors: FieldErrors,
}

/// How the object stood when the question was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stands {
    pub version: i32,
    /// Whether the table has no way back.
    pub is_final: bool,
}

/// One of several ways in which it may happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choosing {
    pub name: &'static str,
    pub label: &'static str,
    pub options: Vec<Choice>,
}

/// The reason that must be written with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Motive {
    pub help: String,
    pub typed: String,
}

impl Stands {
    /// Asks the table whether this may happen now. A refusal is the answer 409 with its reason, as it is when pressing.
    pub fn before<L: Lifecycle>(standing: &Standing<L>, event: L::Event) -> Result<Self, Failure> {
        let judged = lifecycle::decide::<L>(standing.state, event, &standing.roles, &standing.facts);
        judged.map_err(|refusal| Failure::UseCase(refusal.into()))?;
        Ok(Stands { version: standing.version, is_final: lifecycle::is_final::<L>(standing.state, event) })
    }
}

impl Confirmation {
    /// The question about one event of the table, sent to `action`.
    pub fn about<E: Coded>(
        chrome: Chrome,
        way: Vec<NavLink>,
        event: E,
        standing: Stands,
        action: String,
    ) -> Result<Self, Failure> {
        Ok(Confirmation {
            chrome,
            way,
            title: event.label().to_owned(),
            lead: String::new(),
            consequences: Vec::new(),
            standing,
            action,
            hidden: Vec::new(),
            choice: None,
            motive: None,
            token: entropy::form_token()?,
            errors: FieldErrors::none(),
        })
    }

    /// With what it is about and what comes of it.
    pub fn saying(self, lead: impl Into<String>, consequences: &[&str]) -> Self {
        let consequences = consequences.iter().map(|said| (*said).to_owned()).collect();
        Confirmation { lead: lead.into(), consequences, ..self }
    }

    /// With a motive to write.
    pub fn with_motive(self, help: &str) -> Self {
        Confirmation { motive: Some(Motive { help: help.to_owned(), typed: String::new() }), ..self }
    }

    /// The page.
    pub fn shown(&self) -> HttpResponse {
        render(self)
    }

    /// The page again, with what was typed and what is wrong with it.
    pub fn refused(self, typed: &str, errors: FieldErrors) -> HttpResponse {
        let motive = self.motive.clone().map(|motive| Motive { typed: typed.to_owned(), ..motive });
        render_as(StatusCode::UNPROCESSABLE_ENTITY, &Confirmation { motive, errors, ..self })
    }

    fn back(&self) -> &str {
        self.way.last().map_or("/", |link| link.href.as_str())
    }
}

//! What a page that saves by itself is told of one change of one field: the shape its script reads.

use crate::{
    domain::budgets::{AmountRules, Budget},
    usecases::{
        FieldError,
        answers::Typed,
        edits::PAGE,
        field_saves::{Change, State},
    },
    web::{
        Fields,
        budgets::{Balance, PLANNED, planned_total},
    },
};
use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use serde::Serialize;

/// The answer to one change.
#[derive(Serialize, Default)]
pub(super) struct Answer {
    /// `saved`, `older`, `contested`, `unreadable`, `not_asked`; `refused` and `somebody_else` come with a status of their own.
    pub state: &'static str,
    /// What the page sends back as seen from now on.
    pub mark: String,
    /// Field and sentence.
    pub wrong: Vec<(String, String)>,
    pub theirs: Option<Theirs>,
    /// The questions the section asks now, when they may be others.
    pub asked: Option<Vec<String>>,
    pub totals: Option<Totals>,
    /// Computed values that lean on it, by question.
    pub computed: Vec<(String, String)>,
    /// What is wrong now with answers that lean on it: question, then field and sentence.
    pub around: Vec<(String, Vec<(String, String)>)>,
    /// Seconds until the sign-in ends.
    pub left: i64,
}

/// What somebody else wrote: in words, and as the fields that say it.
#[derive(Serialize)]
pub(super) struct Theirs {
    pub text: String,
    pub fields: Vec<(String, String)>,
}

/// The totals of a budget, as its page shows them.
#[derive(Serialize)]
pub(super) struct Totals {
    /// Of each table, in the order of the form.
    parts: Vec<String>,
    expense: String,
    income: String,
    is_even: bool,
    sentence: String,
    /// What is asked and what the call allows, in the order of the page.
    shares: Vec<String>,
    is_over: bool,
}

impl Totals {
    pub(super) fn of(budget: &Budget, rules: &AmountRules) -> Self {
        let Balance { expense, income, is_even, sentence, shares, is_over, .. } = Balance::asked(budget, rules);
        let shares = shares.into_iter().map(|(_, said)| said).collect();
        let parts = PLANNED.map(|part| planned_total(budget, part).to_string()).to_vec();
        Totals { parts, expense, income, is_even, sentence, shares, is_over }
    }
}

/// The word for what became of a change.
pub(super) const fn word(state: &State) -> &'static str {
    match state {
        State::Saved => "saved",
        State::Older => "older",
        State::Unreadable => "unreadable",
        State::NotAsked => "not_asked",
        State::Contested(_) => "contested",
    }
}

/// The change that a form says: its page, its number, and the change of an earlier page that it continues.
pub(super) fn change<'a>(form: &'a Fields, field: &'a str, typed: &'a Typed) -> Change<'a> {
    let (page, number) = (form.text(PAGE), form.text("envoi-numero").parse().unwrap_or_default());
    let before = form.text("envoi-suite").split_once('.').and_then(|(page, n)| Some((page, n.parse().ok()?)));
    Change { field, page, number, before, typed }
}

/// Field and sentence of each.
pub(super) fn pairs(wrong: Vec<FieldError>) -> Vec<(String, String)> {
    wrong.into_iter().map(|wrong| (wrong.field, wrong.message)).collect()
}

/// An answer as it is sent.
pub(super) fn json(status: StatusCode, answer: &Answer) -> HttpResponse {
    HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(answer)
}

/// An answer that says why nothing was kept.
pub(super) fn refused(state: &'static str, field: &str, sentence: String) -> HttpResponse {
    json(StatusCode::CONFLICT, &Answer { state, wrong: vec![(field.to_owned(), sentence)], ..Answer::default() })
}

/// Said when the page is no longer of whoever is signed in.
pub(super) const SOMEBODY_ELSE: &str = "Une autre personne s’est connectée sur cet appareil.";

//! One field of a section, saved by itself while its page stays open; the answer is for the page's script.

use super::questions;
use crate::{
    domain::{
        budgets::{AmountRules, Budget},
        ids::ApplicationId,
    },
    usecases::{
        FieldError, UseCaseError,
        answers::Typed,
        edits::{self, PAGE},
        field_saves::{self, Change, Draft, Saved, State},
        partners, planned_budgets,
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Applicant,
        budgets::{Balance, PLANNED, planned_total},
    },
};
use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web::{Data, Path},
};
use serde::Serialize;

#[derive(Serialize, Default)]
struct Answer {
    /// `saved`, `older`, `contested`, `unreadable`, `not_asked`; `refused` and `somebody_else` come with a status of their own.
    state: &'static str,
    /// What the page sends back as seen from now on.
    mark: String,
    /// Field and sentence.
    wrong: Vec<(String, String)>,
    theirs: Option<Theirs>,
    /// The questions the section asks now, when they may be others.
    asked: Option<Vec<String>>,
    totals: Option<Totals>,
    /// Computed values that lean on it, by question.
    computed: Vec<(String, String)>,
    /// What is wrong now with answers that lean on it: question, then field and sentence.
    around: Vec<(String, Vec<(String, String)>)>,
    /// Seconds until the sign-in ends.
    left: i64,
}

/// What somebody else wrote: in words, and as the fields that say it.
#[derive(Serialize)]
struct Theirs {
    text: String,
    fields: Vec<(String, String)>,
}

#[derive(Serialize)]
struct Totals {
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
    fn of(budget: &Budget, rules: &AmountRules) -> Self {
        let Balance { expense, income, is_even, sentence, shares, is_over, .. } = Balance::asked(budget, rules);
        let shares = shares.into_iter().map(|(_, said)| said).collect();
        let parts = PLANNED.map(|part| planned_total(budget, part).to_string()).to_vec();
        Totals { parts, expense, income, is_even, sentence, shares, is_over }
    }
}

fn theirs(draft: &Draft, field: &str, theirs: field_saves::Theirs) -> Theirs {
    use field_saves::Theirs::{Answer, Line, Partners};
    match theirs {
        Answer(_, Some(commune)) => Theirs { text: commune.clone(), fields: vec![(field.to_owned(), commune)] },
        Answer(stored, None) => match draft.question(field) {
            Some(question) => Theirs {
                text: questions::words(&draft.definition, question, &stored),
                fields: questions::fields(question, &stored),
            },
            None => Theirs { text: stored, fields: Vec::new() },
        },
        Line(stored) => {
            let code = field.trim_start_matches("montant-");
            let fields = planned_budgets::fields(code, stored.as_ref());
            Theirs { text: planned_budgets::in_words(stored.as_ref()), fields }
        }
        Partners(rows) if rows.is_empty() => Theirs { text: "(aucun partenaire)".to_owned(), fields: Vec::new() },
        Partners(rows) => Theirs { text: edits::partners_text(&rows), fields: partners::fields(&rows) },
    }
}

fn pairs(wrong: Vec<FieldError>) -> Vec<(String, String)> {
    wrong.into_iter().map(|wrong| (wrong.field, wrong.message)).collect()
}

fn answer(draft: &Draft, field: &str, saved: Saved) -> Answer {
    let (state, theirs) = match saved.state {
        State::Saved => ("saved", None),
        State::Older => ("older", None),
        State::Unreadable => ("unreadable", None),
        State::NotAsked => ("not_asked", None),
        State::Contested(other) => ("contested", Some(theirs(draft, field, other))),
    };
    Answer {
        state,
        mark: saved.mark,
        wrong: pairs(saved.wrong),
        theirs,
        asked: saved.asked,
        totals: saved.budget.as_ref().map(|budget| Totals::of(budget, &draft.definition.amount)),
        computed: saved.around.computed,
        around: saved.around.wrong.into_iter().map(|(question, wrong)| (question, pairs(wrong))).collect(),
        left: 0,
    }
}

fn json(status: StatusCode, answer: &Answer) -> HttpResponse {
    HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(answer)
}

fn refused(state: &'static str, field: &str, sentence: String) -> HttpResponse {
    json(StatusCode::CONFLICT, &Answer { state, wrong: vec![(field.to_owned(), sentence)], ..Answer::default() })
}

const SOMEBODY_ELSE: &str = "Une autre personne s’est connectée sur cet appareil.";

/// What the form says of one field: a question put together, everything else as it is.
fn typed(draft: &Draft, field: &str, form: &Fields) -> Typed {
    let question = draft.question(field).cloned();
    questions::typed(question.as_slice(), form)
}

/// Saves one field of a section.
pub async fn save(app: Data<App>, who: Applicant, path: Path<(ApplicationId, String)>, form: Fields) -> Reply {
    let ((id, section), field, now) = (path.into_inner(), form.text("envoi-champ").to_owned(), app.now());
    // The page of somebody who signed out meanwhile sends nothing in the name of whoever signed in.
    if form.text("envoi-personne") != who.id.as_str() {
        return Ok(refused("somebody_else", &field, SOMEBODY_ELSE.to_owned()));
    }
    let (actor, name) = (who.actor.clone(), field.clone());
    let write = move |tx: &mut crate::store::Tx| {
        let mut draft = field_saves::open(tx.conn(), &actor, id, (&section, &name))?;
        let typed = typed(&draft, &name, &form);
        let (page, number) = (form.text(PAGE), form.text("envoi-numero").parse().unwrap_or_default());
        let before = form.text("envoi-suite").split_once('.').and_then(|(page, n)| Some((page, n.parse().ok()?)));
        let change = Change { field: &name, page, number, before, typed: &typed };
        let saved = field_saves::save(tx, &mut draft, &change, now)?;
        Ok(answer(&draft, &name, saved))
    };
    match app.write(write).await {
        Ok(answer) => {
            let left = who.expires_at.unix_seconds() - now.unix_seconds();
            Ok(json(StatusCode::OK, &Answer { left, ..answer }))
        }
        Err(Failure::UseCase(UseCaseError::Refused(why))) => Ok(refused("refused", &field, why.to_string())),
        Err(failure) => Err(failure),
    }
}

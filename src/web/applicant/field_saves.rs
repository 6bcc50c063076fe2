//! One field of a section, saved by itself while its page stays open; the answer is for the page's script.

use super::questions;
use crate::{
    domain::ids::ApplicationId,
    usecases::{
        UseCaseError,
        answers::Typed,
        edits,
        field_saves::{self, Draft, Saved, State},
        partners, planned_budgets,
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Applicant,
        saves::{Answer, SOMEBODY_ELSE, Theirs, Totals, change, json, pairs, refused, word},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};

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

fn answer(draft: &Draft, field: &str, saved: Saved) -> Answer {
    let state = word(&saved.state);
    let theirs = match saved.state {
        State::Contested(other) => Some(theirs(draft, field, other)),
        _ => None,
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
        let saved = field_saves::save(tx, &mut draft, &change(&form, &name, &typed), now)?;
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

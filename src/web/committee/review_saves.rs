//! One field of a sheet, saved by itself while its page stays open; the answer is for the page's script.

use crate::{
    domain::ids::ReviewId,
    store::Tx,
    usecases::{
        UseCaseError,
        answers::Typed,
        edits::seen_field,
        field_saves::{Saved, State, Theirs as Stored},
        review_saves,
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Reviewer,
        saves::{Answer, SOMEBODY_ELSE, Theirs, change, json, pairs, refused, word},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};

fn answer(field: &str, saved: Saved) -> Answer {
    let state = word(&saved.state);
    let theirs = match saved.state {
        State::Contested(Stored::Answer(value, words)) => {
            let text = words.unwrap_or_else(|| value.clone());
            Some(Theirs { text, fields: vec![(field.to_owned(), value)] })
        }
        _ => None,
    };
    Answer { state, mark: saved.mark, wrong: pairs(saved.wrong), theirs, ..Answer::default() }
}

/// What the form says of one field, and the mark of what its page had shown there.
fn typed(field: &str, form: &Fields) -> Typed {
    let sent = [field.to_owned(), seen_field(field)].into_iter().filter(|name| form.has(name));
    let pair = |name: String| {
        let value = form.text(&name).to_owned();
        (name, value)
    };
    sent.map(pair).collect()
}

/// Saves one field of a sheet.
pub async fn save(app: Data<App>, who: Reviewer, id: Path<ReviewId>, form: Fields) -> Reply {
    let (id, field, now) = (id.into_inner(), form.text("envoi-champ").to_owned(), app.now());
    // The page of somebody who signed out meanwhile sends nothing in the name of whoever signed in.
    if form.text("envoi-personne") != who.id.as_str() {
        return Ok(refused("somebody_else", &field, SOMEBODY_ELSE.to_owned()));
    }
    let (actor, name, typed) = (who.actor.clone(), field.clone(), typed(&field, &form));
    let write = move |tx: &mut Tx| {
        let saved = review_saves::save(tx, &actor, id, &change(&form, &name, &typed), now)?;
        Ok(answer(&name, saved))
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

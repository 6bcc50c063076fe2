//! The vote on one file, beside its decision: the voices there are, what was counted, and the form that counts again.

use super::decisions::{self, Again};
use crate::{
    domain::{
        ids::{ApplicationId, SessionId},
        sessions::quorum_words,
    },
    store::StoreError,
    usecases::{
        UseCaseError,
        votes::{self, Ballot, VoteForm},
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Officer,
        pages::FieldErrors,
        sendings::{Sent, send},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};

/// The panel of the vote.
pub(super) struct VotePanel {
    /// The voices, beside the quorum.
    pub voices: String,
    /// Whose proxy is worth nothing here, in words; empty when none.
    pub silenced: String,
    /// The count that holds; empty before the first.
    pub held: String,
    /// The counts before it: what, when, by whom, and why it was counted again.
    pub former: Vec<String>,
    pub is_open: bool,
    /// The number of the count shown; 0 without any.
    pub seen: i32,
    pub form: VoteForm,
    pub notice: &'static str,
    pub errors: FieldErrors,
}

/// A vote that was refused, with what was typed.
#[derive(Default)]
pub(super) struct Recount {
    pub form: VoteForm,
    pub notice: &'static str,
    pub errors: FieldErrors,
}

impl Recount {
    /// What was typed of a vote and not counted, where its fields were sent.
    pub fn typed(form: &Fields) -> Option<Self> {
        form.has("pour").then(|| Recount { form: typed(form), ..Recount::default() })
    }
}

fn typed(form: &Fields) -> VoteForm {
    let text = |name| form.text(name).to_owned();
    VoteForm {
        in_favour: text("pour"),
        against: text("contre"),
        abstained: text("abstentions"),
        reason: text("raison"),
    }
}

fn former(ballot: &Ballot) -> Vec<String> {
    let pairs = ballot.counts.windows(2);
    let said = pairs.filter_map(|pair| {
        let [(old, name), (new, _)] = pair else { return None };
        let (words, at) = (old.tally().words(), old.recorded_at.french());
        Some(format!("{words} ({at}, {name}). Corrigé\u{a0}: {}", new.reason))
    });
    said.collect()
}

/// The panel, with what was typed where it came back.
pub(super) fn panel(ballot: &Ballot, again: Option<Recount>) -> VotePanel {
    let silenced: Vec<&str> = ballot.roll.silenced(&ballot.out).map(|seat| seat.name.as_str()).collect();
    let held = ballot.last().map(|row| row.tally());
    let count = |of: fn(&crate::domain::sessions::Tally) -> i32| held.as_ref().map(of).unwrap_or_default();
    let typed = |count: i32| if held.is_some() { count.to_string() } else { String::new() };
    let stored = VoteForm {
        in_favour: typed(count(|tally| tally.in_favour)),
        against: typed(count(|tally| tally.against)),
        abstained: typed(count(|tally| tally.abstained)),
        reason: String::new(),
    };
    let again = again.unwrap_or(Recount { form: stored, ..Recount::default() });
    VotePanel {
        voices: quorum_words(ballot.voices(), ballot.quorum),
        silenced: silenced.join(", "),
        held: held.map(|tally| tally.words()).unwrap_or_default(),
        former: former(ballot),
        is_open: ballot.is_open,
        seen: ballot.last().map_or(0, |last| last.number),
        form: again.form,
        notice: again.notice,
        errors: again.errors,
    }
}

const COUNTED: &str = "Une autre personne vient de compter ce vote\u{a0}: voici son compte, le vôtre est gardé dans les \
     champs.";

/// Counts the vote on a file; what was typed of its decision is kept.
pub async fn record(app: Data<App>, who: Officer, place: Path<(SessionId, ApplicationId)>, form: Fields) -> Reply {
    let (place, actor, now) = (place.into_inner(), who.actor.clone(), app.now());
    let typed = typed(&form);
    let (wanted, seen) = (typed.clone(), form.text("compte").parse().unwrap_or(-1));
    let hearing = format!("/seances/{}/dossiers/{}", place.0, place.1);
    let sent = Sent::new(&app, &who, &form, &format!("{hearing}/vote"), &format!("{hearing}#vote"));
    let done = send(&app, sent, move |tx| votes::record(tx, &actor, place, seen, &wanted, now));
    let (status, again) = match done.await {
        Ok(to) => {
            app.bells().ring(place.0);
            return decisions::counted(&app, &who, place, &form, &to).await;
        }
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => {
            let errors = wrong.into_iter().map(|field| (field.field, field.message)).collect();
            (StatusCode::UNPROCESSABLE_ENTITY, Recount { form: typed, errors, ..Recount::default() })
        }
        Err(Failure::UseCase(UseCaseError::Store(StoreError::Stale))) => {
            (StatusCode::CONFLICT, Recount { form: typed, notice: COUNTED, ..Recount::default() })
        }
        Err(failure) => return Err(failure),
    };
    decisions::again(&app, &who, place, status, Again::of_vote(&form, Some(again))).await
}

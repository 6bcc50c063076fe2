//! Pages of the members of a committee: their files, one file to score, the sessions they are convened to.

pub mod conflicts;
pub mod guests;
pub mod interests;
pub mod minutes;
pub mod mirrors;
pub mod packs;
pub mod review_saves;
pub mod reviews;
pub mod rooms;
pub mod sessions;
pub mod sheets;
pub mod statistics;
mod summaries;

use crate::{
    domain::{ids::SessionId, lifecycles::reviews::ReviewState},
    store::Conn,
    usecases::{
        FieldError, Outcome,
        committee_mandates::{self, About},
        interests as declarations,
    },
    web::{
        App, Failure,
        audiences::Reviewer,
        pages::{FieldErrors, Tone},
        parts::Badge,
    },
};

/// Reads for a member whose yearly declaration of interests stands for the mandate under which the page is read; whoever
/// owes it is led to it, and then back.
pub(super) async fn read_declared<T: Send + 'static>(
    app: &App,
    who: &Reviewer,
    (back, about): (String, About),
    work: impl FnOnce(&mut Conn) -> Outcome<T> + Send + 'static,
) -> Result<T, Failure> {
    let (actor, now) = (who.actor.clone(), app.now());
    let gated = move |conn: &mut Conn| match committee_mandates::bars(conn, &actor, &about, now)? {
        true => Ok(None),
        false => work(conn).map(Some),
    };
    app.read(gated).await?.ok_or(Failure::Declare(back))
}

/// Whether a member has still to declare for a session before its room shows them anything.
pub(super) async fn owes_session(app: &App, who: &Reviewer, id: SessionId) -> Result<bool, Failure> {
    let back = format!("/comite/seances/{id}/salle");
    let actor = who.actor.clone();
    let at = (back, About::Session(id));
    read_declared(app, who, at, move |conn| Ok(declarations::of_session(conn, &actor, id)?.1)).await
}

/// How the state of a review is to be felt.
pub(super) fn badge(state: ReviewState) -> Badge {
    let tone = match state {
        ReviewState::Assigned => Tone::Neutral,
        ReviewState::InProgress => Tone::Info,
        ReviewState::Submitted => Tone::Success,
        ReviewState::Reopened => Tone::Warning,
        ReviewState::Recused | ReviewState::Declined => Tone::Neutral,
    };
    Badge { tone, label: state.label().to_owned() }
}

fn errors_of(fields: Vec<FieldError>) -> FieldErrors {
    fields.into_iter().map(|field| (field.field, field.message)).collect()
}

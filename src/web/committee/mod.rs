//! Pages of the members of a committee: their files, one file to score, the sessions they are convened to.

pub mod conflicts;
pub mod minutes;
pub mod reviews;
pub mod rooms;
pub mod sessions;
pub mod sheets;

use crate::{
    domain::lifecycles::reviews::ReviewState,
    usecases::FieldError,
    web::{
        pages::{FieldErrors, Tone},
        parts::Badge,
    },
};

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

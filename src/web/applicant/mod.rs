//! Pages of project holders: their organisations, their applications, their files.

pub mod amendments;
pub mod applications;
pub mod bank_accounts;
pub mod files;
pub mod grants;
pub mod organisations;
mod questions;
pub mod reports;
pub mod sections;
pub mod withdrawals;

use crate::{
    domain::{
        decisions::is_announced,
        lifecycles::{applications::ApplicationState, calls::CallState},
    },
    usecases::FieldError,
    web::pages::{FieldErrors, Tone},
};

/// The state as its applicant may know it: decisions stay under embargo until the call announces them.
fn shown_state(state: ApplicationState, call: CallState) -> ApplicationState {
    use ApplicationState::{Awarded, Deferred, InReview, Rejected, ReserveListed};
    let is_decided = matches!(state, Awarded | ReserveListed | Rejected | Deferred);
    if is_decided && !is_announced(call) { InReview } else { state }
}

fn tone(state: ApplicationState) -> Tone {
    match state {
        ApplicationState::Draft | ApplicationState::ComplementRequested => Tone::Warning,
        ApplicationState::Awarded | ApplicationState::Eligible => Tone::Success,
        ApplicationState::Ineligible => Tone::Error,
        ApplicationState::Withdrawn | ApplicationState::Rejected => Tone::Neutral,
        _ => Tone::Info,
    }
}

pub(super) fn errors_of(fields: Vec<FieldError>) -> FieldErrors {
    fields.into_iter().map(|field| (field.field, field.message)).collect()
}

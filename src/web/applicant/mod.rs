//! Pages of project holders: their organisations, their applications, their files.

pub mod amendments;
pub mod application_lists;
pub mod applications;
pub mod bank_accounts;
mod budgets;
pub mod certifications;
pub mod checks;
pub mod communes;
mod documents;
pub mod exchanges;
pub mod field_saves;
mod file_answers;
mod file_parts;
pub mod files;
pub mod grants;
mod groups;
pub mod organisations;
pub mod pairings;
mod pastes;
pub mod pieces;
pub mod previews;
pub mod profiles;
mod questions;
mod report_forms;
pub mod reports;
pub mod sections;
pub mod signatures;
pub mod slots;
mod stages;
pub mod starts;
mod task_lists;
pub mod ties;
pub mod vaults;
pub mod withdrawals;

pub(in crate::web) use stages::next_step;

use crate::{
    domain::{
        decisions::shown_to_applicants, ids::ApplicationId, lifecycles::applications::ApplicationState, time::Moment,
    },
    usecases::{FieldError, answers::Content},
    web::{
        pages::{FieldErrors, Tone},
        parts::Countdown,
    },
};

/// The state as the applicants of this file may know it.
fn shown_state(content: &Content) -> ApplicationState {
    shown_to_applicants(content.row.state, content.call.state, content.call.decision_pace)
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

/// What the page's script needs to keep and send what is typed into one application.
struct Queue {
    /// The application.
    id: String,
}

impl Queue {
    fn of(id: ApplicationId) -> Self {
        Queue { id: id.to_string() }
    }
}

/// By when a draft is to be filed; `None` once it is filed.
fn deadline(content: &Content, now: Moment) -> Option<Countdown> {
    if content.row.state != ApplicationState::Draft {
        return None;
    }
    let call = &content.call;
    let window = call.window().extended(content.row.pass_until);
    let left = window.closes.unix_seconds() - now.unix_seconds();
    let words = match (window.opens <= now, left > 0) {
        (false, _) => format!("Le dépôt ouvre le {} (heure de Paris).", window.opens.french()),
        (true, true) => format!("À déposer jusqu’au {}.", window.deadline()),
        (true, false) => format!("Le dépôt était possible jusqu’au {}.", window.deadline()),
    };
    Some(Countdown { words, left: if window.is_open(now) { left } else { 0 } })
}

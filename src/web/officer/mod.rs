//! Pages of programme officers, which the rest of the team may read.

pub mod admissions;
pub mod announcements;
pub mod answers;
pub mod assignments;
pub mod attendance;
pub mod call_lists;
mod call_stages;
pub mod call_steps;
pub mod calls;
pub mod claims;
pub mod committees;
pub mod complements;
pub mod conflicts;
pub mod cost_marks;
pub mod decisions;
pub mod definitions;
pub mod deposits;
pub mod dossiers;
pub mod erasures;
pub mod exchanges;
pub mod grant_ends;
mod grant_money;
pub mod grants;
pub mod interests;
pub mod judgements;
pub mod letters;
pub mod minutes;
pub mod owed_documents;
pub mod pairings;
pub mod passes;
pub mod pieces;
pub mod preparations;
mod progress;
pub mod queues;
pub mod ranking_reviews;
pub mod rankings;
pub mod release_plans;
pub mod report_extensions;
pub mod reports;
pub mod reserves;
pub mod rooms;
pub mod scenarios;
pub mod sealed_numbers;
pub mod session_ends;
pub mod session_lists;
pub mod sessions;
pub mod skills;
pub mod slots;
pub mod statistics;
mod summaries;
pub mod votes;
pub mod waivers;

use crate::{
    domain::{lifecycles::applications::ApplicationState, time::Moment},
    web::pages::Tone,
};

/// How a state is to be felt by the team.
pub(super) fn tone(state: ApplicationState) -> Tone {
    match state {
        ApplicationState::Submitted | ApplicationState::InReview => Tone::Info,
        ApplicationState::ComplementRequested | ApplicationState::ReserveListed => Tone::Warning,
        ApplicationState::Eligible | ApplicationState::Awarded => Tone::Success,
        ApplicationState::Ineligible | ApplicationState::Rejected => Tone::Error,
        ApplicationState::Draft | ApplicationState::Deferred | ApplicationState::Withdrawn => Tone::Neutral,
    }
}

fn named(title: &str) -> String {
    if title.trim().is_empty() { "Projet sans titre".into() } else { title.to_owned() }
}

/// Since when, in days of the calendar in Paris: « depuis 12 jours ».
fn since(at: Moment, now: Moment) -> String {
    match (now.paris_date() - at.paris_date()).num_days() {
        ..=0 => "depuis aujourd’hui".into(),
        1 => "depuis hier".into(),
        days => format!("depuis {days}\u{a0}jours"),
    }
}

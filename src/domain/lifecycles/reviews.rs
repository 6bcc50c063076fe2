//! The lifecycle of a review (notation): one member of the committee, one application.

use super::{coded, require};
use crate::domain::{
    lifecycle::{Edge, Effect::*, Lifecycle, Machine, Refusal, always},
    roles::Role::{self, *},
};

coded! {
    /// Where a review stands.
    pub enum ReviewState {
        Assigned => "assigned", "à évaluer";
        InProgress => "in_progress", "en cours";
        Submitted => "submitted", "remise";
        Reopened => "reopened", "rouverte";
        Recused => "recused", "déport";
        Declined => "declined", "déclinée";
    }
}

coded! {
    /// What can happen to a review.
    pub enum ReviewEvent {
        Start => "start", "Commencer l’évaluation";
        Submit => "submit", "Remettre mon évaluation";
        Reopen => "reopen", "Rouvrir l’évaluation";
        Recuse => "recuse", "Me déporter";
        Decline => "decline", "Décliner";
    }
}

/// The machine of reviews.
#[derive(Debug)]
pub struct Review;
use {ReviewEvent::*, ReviewState::*};

impl Lifecycle for Review {
    type State = ReviewState;
    type Event = ReviewEvent;
    type Facts = ReviewFacts;
    const MACHINE: Machine = Machine::Review;
    const INITIAL: ReviewState = Assigned;
    const BORN_BY: &'static [Role] = &[Officer];
    #[rustfmt::skip]
    const EDGES: &'static [Edge<Self>] = &[
        Edge { on: Start,   from: &[Assigned],              to: InProgress, by: &[Reviewer],          guard: always,         then: &[] },
        Edge { on: Submit,  from: &[InProgress, Reopened],  to: Submitted,  by: &[Reviewer],          guard: all_scored,     then: &[RefreshScore] },
        Edge { on: Reopen,  from: &[Submitted],             to: Reopened,   by: &[Officer],           guard: before_minutes, then: &[RefreshScore, TellReviewReopened] },
        Edge { on: Recuse,  from: &[Assigned, InProgress, Submitted, Reopened, Declined], to: Recused, by: &[Reviewer, Officer], guard: reason_given, then: &[RecordRecusal, RefreshScore, TellReviewGivenUp] },
        Edge { on: Decline, from: &[Assigned, InProgress],  to: Declined,   by: &[Reviewer],          guard: reason_given,   then: &[TellReviewGivenUp] },
    ];
}

/// What the guards of a review read.
#[derive(Debug, Clone, Default)]
pub struct ReviewFacts {
    /// Labels of the criteria without a score yet.
    pub unscored: Vec<String>,
    /// Whether the session that hears the application is minuted.
    pub is_minuted: bool,
    /// Why the member gives the file up.
    pub reason: Option<String>,
}

fn all_scored(facts: &ReviewFacts) -> Result<(), Refusal> {
    before_minutes(facts)?;
    match facts.unscored.as_slice() {
        [] => Ok(()),
        missing => Err(Refusal::because(format!("Il manque une note pour\u{a0}: {}.", missing.join(", ")))),
    }
}

fn before_minutes(facts: &ReviewFacts) -> Result<(), Refusal> {
    require(!facts.is_minuted, "La séance est terminée\u{a0}: les évaluations ne changent plus.")
}

fn reason_given(facts: &ReviewFacts) -> Result<(), Refusal> {
    require(facts.reason.is_some(), "Dites en quelques mots pourquoi.")
}

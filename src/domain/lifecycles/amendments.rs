//! The lifecycle of an amendment (avenant): duration, budget, amount, bank or partner.

use super::{coded, require};
use crate::domain::{
    lifecycle::{Edge, Effect::*, Lifecycle, Machine, Refusal},
    roles::Role::{self, *},
};

coded! {
    /// Where an amendment stands.
    pub enum AmendmentState {
        Requested => "requested", "demandé";
        Approved => "approved", "accordé";
        Refused => "refused", "refusé";
    }
}

coded! {
    /// What can happen to an amendment.
    pub enum AmendmentEvent {
        Approve => "approve", "Accorder l’avenant";
        Refuse => "refuse", "Refuser l’avenant";
    }
}

/// The machine of amendments.
#[derive(Debug)]
pub struct Amendment;
use {AmendmentEvent::*, AmendmentState::*};

impl Lifecycle for Amendment {
    type State = AmendmentState;
    type Event = AmendmentEvent;
    type Facts = AmendmentFacts;
    const MACHINE: Machine = Machine::Amendment;
    const INITIAL: AmendmentState = Requested;
    const BORN_BY: &'static [Role] = &[Applicant, Officer];
    #[rustfmt::skip]
    const EDGES: &'static [Edge<Self>] = &[
        Edge { on: Approve, from: &[Requested], to: Approved, by: &[Officer, Director], guard: applicable,     then: &[ApplyAmendment, TellAmendmentDecided] },
        Edge { on: Refuse,  from: &[Requested], to: Refused,  by: &[Officer, Director], guard: motive_written, then: &[TellAmendmentDecided] },
    ];
}

/// What the guards of an amendment read.
#[derive(Debug, Clone, Default)]
pub struct AmendmentFacts {
    /// Whether the grant can still change.
    pub is_grant_open: bool,
    pub motive: Option<String>,
}

fn applicable(facts: &AmendmentFacts) -> Result<(), Refusal> {
    require(facts.is_grant_open, "La subvention est terminée\u{a0}: elle ne change plus.")
}

fn motive_written(facts: &AmendmentFacts) -> Result<(), Refusal> {
    require(facts.motive.is_some(), "Un motif est nécessaire\u{a0}: la personne doit savoir pourquoi.")
}

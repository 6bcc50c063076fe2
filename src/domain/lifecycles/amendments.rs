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
        /// Granted, and in force once both have signed it.
        ToSign => "to_sign", "accordé, à signer";
        Approved => "approved", "accordé";
        Refused => "refused", "refusé";
    }
}

coded! {
    /// What can happen to an amendment.
    pub enum AmendmentEvent {
        Approve => "approve", "Accorder l’avenant";
        Propose => "propose", "Accorder l’avenant, à signer";
        TakeEffect => "take_effect", "Appliquer l’avenant signé";
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
        Edge { on: Approve,    from: &[Requested],         to: Approved, by: &[Officer, Director], guard: applicable,     then: &[ApplyAmendment, TellAmendmentDecided] },
        Edge { on: Propose,    from: &[Requested],         to: ToSign,   by: &[Officer, Director], guard: to_be_signed,   then: &[SendAmendment] },
        Edge { on: TakeEffect, from: &[ToSign],            to: Approved, by: &[System],            guard: signed_by_both, then: &[ApplyAmendment, TellAmendmentDecided] },
        Edge { on: Refuse,     from: &[Requested, ToSign], to: Refused,  by: &[Officer, Director], guard: motive_written, then: &[TellAmendmentDecided] },
    ];
}

/// What the guards of an amendment read.
#[derive(Debug, Clone, Default)]
pub struct AmendmentFacts {
    /// Whether the grant can still change.
    pub is_grant_open: bool,
    /// Whether it amends an agreement both have signed: then both sign it too.
    pub is_of_agreement: bool,
    /// Whether it raises a grant without an agreement to where one is owed: both sign a whole one on its terms.
    pub makes_agreement: bool,
    pub is_signed_by_both: bool,
    /// Whether another one that changes the same, or makes a whole agreement, waits for signatures: what that one says would
    /// not be true any more.
    pub is_other_to_sign: bool,
    /// What stands in the way of what it asks for today, in a French sentence.
    pub obstacle: Option<String>,
    pub motive: Option<String>,
}

fn possible(facts: &AmendmentFacts) -> Result<(), Refusal> {
    require(facts.is_grant_open, "La subvention est terminée\u{a0}: elle ne change plus.")?;
    facts.obstacle.as_ref().map_or(Ok(()), |said| Err(Refusal::because(said.as_str())))
}

fn applicable(facts: &AmendmentFacts) -> Result<(), Refusal> {
    require(!facts.is_of_agreement, "La convention est signée\u{a0}: l’avenant se signe aussi.")?;
    require(!facts.makes_agreement, "À ce montant, une convention est nécessaire\u{a0}: elle se signe d’abord.")?;
    none_to_sign(facts)?;
    possible(facts)
}

fn none_to_sign(facts: &AmendmentFacts) -> Result<(), Refusal> {
    let sentence = match facts.is_of_agreement {
        true => {
            "Un autre avenant qui change les mêmes choses attend d’être signé\u{a0}: il doit l’être, ou être refusé, avant celui-ci."
        }
        false => {
            "Une convention attend d’être signée pour un autre avenant\u{a0}: elle doit l’être, ou cet autre avenant être \
             refusé, avant celui-ci."
        }
    };
    require(!facts.is_other_to_sign, sentence)
}

fn to_be_signed(facts: &AmendmentFacts) -> Result<(), Refusal> {
    require(
        facts.is_of_agreement || facts.makes_agreement,
        "Aucune convention n’est signée\u{a0}: l’avenant s’accorde sans signature.",
    )?;
    none_to_sign(facts)?;
    possible(facts)
}

fn signed_by_both(facts: &AmendmentFacts) -> Result<(), Refusal> {
    require(facts.is_signed_by_both, "L’avenant attend une signature.")?;
    possible(facts)
}

fn motive_written(facts: &AmendmentFacts) -> Result<(), Refusal> {
    require(facts.motive.is_some(), "Un motif est nécessaire\u{a0}: la personne doit savoir pourquoi.")
}

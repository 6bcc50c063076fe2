//! The lifecycle of a message (courriel) in the outbox.

use super::{coded, require};
use crate::domain::{
    lifecycle::{Edge, Lifecycle, Machine, Refusal, always},
    roles::Role::{self, *},
};

coded! {
    /// Where a message stands.
    pub enum MessageState {
        Queued => "queued", "à envoyer";
        Sending => "sending", "en cours d’envoi";
        Sent => "sent", "envoyé";
        Failed => "failed", "échec, sera réessayé";
        Held => "held", "suspendu";
        Cancelled => "cancelled", "annulé";
    }
}

coded! {
    /// What can happen to a message.
    pub enum MessageEvent {
        Claim => "claim", "Prendre en charge";
        MarkSent => "mark_sent", "Constater l’envoi";
        MarkFailed => "mark_failed", "Constater l’échec";
        Retry => "retry", "Réessayer";
        GiveBack => "give_back", "Reprendre un envoi interrompu";
        Hold => "hold", "Suspendre";
        Release => "release", "Libérer";
        Cancel => "cancel", "Annuler";
    }
}

/// The machine of messages.
#[derive(Debug)]
pub struct Message;
use {MessageEvent::*, MessageState::*};

impl Lifecycle for Message {
    type State = MessageState;
    type Event = MessageEvent;
    type Facts = MessageFacts;
    const MACHINE: Machine = Machine::Message;
    const INITIAL: MessageState = Queued;
    const BORN_BY: &'static [Role] = &[System];
    #[rustfmt::skip]
    const EDGES: &'static [Edge<Self>] = &[
        Edge { on: Claim,      from: &[Queued],                to: Sending,   by: &[System],        guard: attempt_due,   then: &[] },
        Edge { on: MarkSent,   from: &[Sending],               to: Sent,      by: &[System],        guard: always,        then: &[] },
        Edge { on: MarkFailed, from: &[Sending],               to: Failed,    by: &[System],        guard: always,        then: &[] },
        Edge { on: GiveBack,   from: &[Sending],               to: Queued,    by: &[System],        guard: lease_expired, then: &[] },
        Edge { on: Retry,      from: &[Failed],                to: Queued,    by: &[System, Admin], guard: always,        then: &[] },
        Edge { on: Hold,       from: &[Queued, Failed],        to: Held,      by: &[Admin],         guard: always,        then: &[] },
        Edge { on: Release,    from: &[Held],                  to: Queued,    by: &[Admin],         guard: always,        then: &[] },
        Edge { on: Cancel,     from: &[Queued, Held, Failed],  to: Cancelled, by: &[System, Admin], guard: always,        then: &[] },
    ];
}

/// What the guards of a message read.
#[derive(Debug, Clone, Default)]
pub struct MessageFacts {
    /// Whether the next attempt may be made now.
    pub is_attempt_due: bool,
    /// Whether the worker that claimed it has been silent for longer than its lease.
    pub is_lease_expired: bool,
}

fn attempt_due(facts: &MessageFacts) -> Result<(), Refusal> {
    require(facts.is_attempt_due, "Le prochain essai n’est pas encore dû.")
}

fn lease_expired(facts: &MessageFacts) -> Result<(), Refusal> {
    require(facts.is_lease_expired, "Un envoi est en cours.")
}

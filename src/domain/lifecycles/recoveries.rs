//! The lifecycle of a recovery (trop-perçu à reverser).

use super::{coded, require};
use crate::domain::{
    lifecycle::{Edge, Effect::*, Lifecycle, Machine, Refusal, always},
    roles::Role::{self, *},
};

coded! {
    /// Where a recovery stands.
    pub enum RecoveryState {
        Requested => "requested", "demandé";
        Received => "received", "reçu";
        Offset => "offset", "compensé";
        WrittenOff => "written_off", "abandonné";
    }
}

coded! {
    /// What can happen to a recovery.
    pub enum RecoveryEvent {
        Receive => "receive", "Constater la réception";
        OffsetAgainst => "offset_against", "Compenser";
        WriteOff => "write_off", "Abandonner la créance";
        Postpone => "postpone", "Reporter l’échéance";
        Reopen => "reopen", "Défaire la compensation";
    }
}

/// The machine of recoveries.
#[derive(Debug)]
pub struct Recovery;
use {RecoveryEvent::*, RecoveryState::*};

impl Lifecycle for Recovery {
    type State = RecoveryState;
    type Event = RecoveryEvent;
    type Facts = RecoveryFacts;
    const MACHINE: Machine = Machine::Recovery;
    const INITIAL: RecoveryState = Requested;
    /// By the system from a balance; by people from a grant that ended before its time.
    const BORN_BY: &'static [Role] = &[System, Director, Finance];
    #[rustfmt::skip]
    const EDGES: &'static [Edge<Self>] = &[
        Edge { on: Receive,       from: &[Requested], to: Received,   by: &[Finance],  guard: received,     then: &[RecordRecovery, TellRecoverySettled, CloseGrantWhenSettled] },
        Edge { on: OffsetAgainst, from: &[Requested], to: Offset,     by: &[Finance],  guard: may_offset,   then: &[OffsetRecovery, TellRecoverySettled, CloseGrantWhenSettled] },
        Edge { on: WriteOff,      from: &[Requested], to: WrittenOff, by: &[Director, System], guard: reason_given, then: &[TellRecoverySettled, CloseGrantWhenSettled] },
        Edge { on: Postpone,      from: &[Requested], to: Requested,  by: &[Finance],  guard: may_postpone, then: &[TellRecoveryPostponed] },
        Edge { on: Reopen,        from: &[Offset],    to: Requested,  by: &[System],   guard: always,       then: &[ReopenRecovery, TellRecoveryReopened] },
    ];
}

/// What the guards of a recovery read.
#[derive(Debug, Clone, Default)]
pub struct RecoveryFacts {
    /// Whether the date of the bank operation is recorded.
    pub is_received_on_known: bool,
    /// Whether an authorised payment to the same organisation, of another grant, is larger than what is owed.
    pub has_payment_to_offset: bool,
    /// Whether more is asked back than was paid and stayed paid: the bank has returned a payment since.
    pub is_beyond_paid: bool,
    /// Whether its day is still to come.
    pub is_due_ahead: bool,
    pub reason: Option<String>,
}

fn received(facts: &RecoveryFacts) -> Result<(), Refusal> {
    require(
        !facts.is_beyond_paid,
        "La banque a rejeté un versement depuis\u{a0}: le trop-perçu dépasse ce qui reste payé.",
    )?;
    require(facts.is_received_on_known, "Indiquez la date de l’opération en banque.")
}

fn may_offset(facts: &RecoveryFacts) -> Result<(), Refusal> {
    require(
        facts.has_payment_to_offset,
        "Aucun versement autorisé d’une autre subvention de cette organisation ne dépasse cette somme\u{a0}: il n’y a rien \
         dont la déduire.",
    )?;
    reason_given(facts)
}

fn may_postpone(facts: &RecoveryFacts) -> Result<(), Refusal> {
    require(facts.is_due_ahead, "Indiquez d’abord une échéance à venir.")?;
    reason_given(facts)
}

fn reason_given(facts: &RecoveryFacts) -> Result<(), Refusal> {
    require(facts.reason.is_some(), "Écrivez d’abord le motif.")
}

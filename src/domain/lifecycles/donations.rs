//! The lifecycle of a donation (don): recorded, receipted, and cancelled when it was none.

use super::{coded, require};
use crate::domain::{
    lifecycle::{Edge, Effect::*, Lifecycle, Machine, Refusal},
    roles::Role::{self, *},
};

coded! {
    /// Where a donation stands.
    pub enum DonationState {
        Recorded => "recorded", "enregistré";
        Receipted => "receipted", "reçu fiscal émis";
        Cancelled => "cancelled", "annulé";
    }
}

coded! {
    /// What can happen to a donation.
    pub enum DonationEvent {
        IssueReceipt => "issue_receipt", "Émettre le reçu fiscal";
        CancelReceipt => "cancel_receipt", "Annuler le reçu fiscal";
        Cancel => "cancel", "Annuler le don";
    }
}

/// The machine of donations.
#[derive(Debug)]
pub struct Donation;
use {DonationEvent::*, DonationState::*};

impl Lifecycle for Donation {
    type State = DonationState;
    type Event = DonationEvent;
    type Facts = DonationFacts;
    const MACHINE: Machine = Machine::Donation;
    const INITIAL: DonationState = Recorded;
    const BORN_BY: &'static [Role] = &[Finance];
    #[rustfmt::skip]
    const EDGES: &'static [Edge<Self>] = &[
        Edge { on: IssueReceipt,  from: &[Recorded],  to: Receipted, by: &[Finance], guard: receipt_allowed, then: &[SendTaxReceipt] },
        Edge { on: CancelReceipt, from: &[Receipted], to: Recorded,  by: &[Finance], guard: reason_given,    then: &[CancelTaxReceipt] },
        Edge { on: Cancel,        from: &[Recorded],  to: Cancelled, by: &[Finance], guard: returnable,      then: &[TakeBackDonation] },
        Edge { on: Cancel,        from: &[Receipted], to: Cancelled, by: &[Finance], guard: returnable,      then: &[CancelTaxReceipt, TakeBackDonation] },
    ];
}

/// What the guards of a donation read.
#[derive(Debug, Clone, Default)]
pub struct DonationFacts {
    /// Why the house issues no receipt to such a donor, a French sentence; nothing when it may.
    pub not_entitled: Option<String>,
    /// What the receipt must say and nobody has written, in French.
    pub missing: Vec<String>,
    /// Whether the source it feeds still has as much: what calls have set aside cannot be given back.
    pub is_money_there: bool,
    /// Why what is promised needs it: a ceiling that is a share of its source would be exceeded. A French sentence.
    pub breaks_ceiling: Option<String>,
    pub reason: Option<String>,
}

fn receipt_allowed(facts: &DonationFacts) -> Result<(), Refusal> {
    match &facts.not_entitled {
        Some(sentence) => Err(Refusal::because(sentence.clone())),
        None => super::all_there(&facts.missing),
    }
}

fn reason_given(facts: &DonationFacts) -> Result<(), Refusal> {
    require(facts.reason.is_some(), "Écrivez d’abord le motif.")
}

fn returnable(facts: &DonationFacts) -> Result<(), Refusal> {
    require(
        facts.is_money_there,
        "Des appels ont déjà pris cet argent\u{a0}: le don ne peut plus être annulé tant qu’ils ne l’ont pas rendu.",
    )?;
    match &facts.breaks_ceiling {
        Some(sentence) => Err(Refusal::because(sentence.clone())),
        None => reason_given(facts),
    }
}

//! The lifecycle of a disbursement (versement). Due is derived from its conditions, never a state.

use super::{coded, require};
use crate::domain::{
    lifecycle::{Edge, Effect::*, Lifecycle, Machine, Refusal, always},
    roles::Role::{self, *},
};

coded! {
    /// Where a disbursement stands.
    pub enum DisbursementState {
        Planned => "planned", "prévu";
        Authorised => "authorised", "autorisé";
        InRun => "in_run", "dans un lot de virements";
        Paid => "paid", "versé";
        Returned => "returned", "rejeté par la banque";
        Withheld => "withheld", "retenu";
        Cancelled => "cancelled", "annulé";
    }
}

impl DisbursementState {
    /// Whether it has still to leave: what stands in its way is judged again at the next step.
    pub const fn is_to_leave(self) -> bool {
        matches!(self, Planned | Returned | Authorised)
    }

    /// Whether its money has left the commitment and not arrived: a payment the bank returned is still on its way. Until
    /// its bank file is made, its authorisation may be taken back.
    pub const fn is_under_way(self) -> bool {
        matches!(self, Authorised | InRun | Returned)
    }
}

coded! {
    /// What can happen to a disbursement.
    pub enum DisbursementEvent {
        Authorise => "authorise", "Autoriser le versement";
        AuthoriseAgain => "authorise_again", "Autoriser à nouveau";
        Revoke => "revoke", "Retirer l’autorisation";
        PutInRun => "put_in_run", "Mettre dans le lot";
        LeaveRun => "leave_run", "Retirer du lot";
        MarkPaid => "mark_paid", "Marquer comme versé";
        MarkReturned => "mark_returned", "Constater le rejet";
        Withhold => "withhold", "Retenir le versement";
        Restore => "restore", "Lever la retenue";
        Cancel => "cancel", "Annuler le versement";
    }
}

/// The machine of disbursements.
#[derive(Debug)]
pub struct Disbursement;
use {DisbursementEvent::*, DisbursementState::*};

impl Lifecycle for Disbursement {
    type State = DisbursementState;
    type Event = DisbursementEvent;
    type Facts = DisbursementFacts;
    const MACHINE: Machine = Machine::Disbursement;
    const INITIAL: DisbursementState = Planned;
    const BORN_BY: &'static [Role] = &[System];
    #[rustfmt::skip]
    const EDGES: &'static [Edge<Self>] = &[
        Edge { on: Authorise,      from: &[Planned],           to: Authorised, by: &[Finance],          guard: due,              then: &[AuthoriseMoney] },
        Edge { on: AuthoriseAgain, from: &[Returned],          to: Authorised, by: &[Finance],          guard: payable,          then: &[] },
        Edge { on: Revoke,         from: &[Authorised, Returned], to: Planned, by: &[Finance, System],  guard: reason_given,     then: &[RevokeMoney, CloseGrantWhenSettled] },
        Edge { on: Revoke,         from: &[InRun],             to: Planned,    by: &[Finance, System],  guard: may_revoke_in_run, then: &[RevokeMoney, CloseGrantWhenSettled] },
        Edge { on: PutInRun,       from: &[Authorised],        to: InRun,      by: &[Finance],          guard: fits_run,         then: &[] },
        Edge { on: LeaveRun,       from: &[InRun],             to: Authorised, by: &[Finance, System],  guard: run_not_exported, then: &[] },
        Edge { on: MarkPaid,       from: &[InRun],             to: Paid,       by: &[Finance],          guard: run_exported,     then: &[PayMoney, NoticePayment, SettleRunWhenPaid, CloseGrantWhenSettled] },
        Edge { on: MarkReturned,   from: &[Paid],              to: Returned,   by: &[Finance],          guard: may_return,       then: &[ReversePayment, TellPaymentReturned] },
        Edge { on: Withhold,       from: &[Planned],           to: Withheld,   by: &[Officer, Finance], guard: reason_given,     then: &[] },
        Edge { on: Restore,        from: &[Withheld],          to: Planned,    by: &[Officer, Finance], guard: always,           then: &[] },
        Edge { on: Cancel,         from: &[Planned, Withheld], to: Cancelled,  by: &[System],           guard: always,           then: &[] },
    ];
}

/// What the guards of a disbursement read.
#[derive(Debug, Clone, Default)]
pub struct DisbursementFacts {
    /// Whether its grant is running (active, or closing for the balance).
    pub is_grant_running: bool,
    /// Whether the grant is closed: a payment of it can no longer come back on its own.
    pub is_grant_closed: bool,
    /// Conditions not met yet, each a short French phrase.
    pub waits_for: Vec<String>,
    /// Whether the grantee has a verified bank account in its own name.
    pub is_bank_verified: bool,
    /// Whether the grantee may receive money: in France it has a SIRET.
    pub is_grantee_registered: bool,
    pub is_run_open: bool,
    /// Whether the bank file of its run has been generated, after approval by a second person.
    pub is_run_exported: bool,
    pub is_paid_on_known: bool,
    /// Whether the grantee has already paid a part of it back.
    pub is_partly_recovered: bool,
    /// Why an agreement it comes from does not pay on that day, a French sentence.
    pub outside_days: Option<String>,
    pub reason: Option<String>,
}

fn due(facts: &DisbursementFacts) -> Result<(), Refusal> {
    if !facts.waits_for.is_empty() {
        return Err(Refusal::because(format!("Ce versement attend\u{a0}: {}.", facts.waits_for.join(", "))));
    }
    payable(facts)
}

fn payable(facts: &DisbursementFacts) -> Result<(), Refusal> {
    require(facts.is_grant_running, "La subvention n’est pas en cours.")?;
    require(
        facts.is_grantee_registered,
        "Le bénéficiaire n’a pas de numéro SIRET\u{a0}: en France, une subvention ne se verse pas sans lui.",
    )?;
    require(facts.is_bank_verified, "Le compte bancaire du bénéficiaire n’est pas vérifié.")?;
    match &facts.outside_days {
        Some(sentence) => Err(Refusal::because(sentence.clone())),
        None => Ok(()),
    }
}

fn may_revoke_in_run(facts: &DisbursementFacts) -> Result<(), Refusal> {
    require(
        !facts.is_run_exported,
        "Le fichier bancaire du lot est fait\u{a0}: ce versement ne peut plus qu’être payé ou rejeté par la banque. Pour \
         l’arrêter, appelez la banque, puis constatez ce qu’elle a fait.",
    )?;
    reason_given(facts)
}

fn fits_run(facts: &DisbursementFacts) -> Result<(), Refusal> {
    payable(facts)?;
    require(facts.is_run_open, "Ce lot de virements n’est plus ouvert.")
}

fn run_not_exported(facts: &DisbursementFacts) -> Result<(), Refusal> {
    require(!facts.is_run_exported, "Le fichier bancaire est déjà généré\u{a0}: le lot ne change plus.")
}

fn run_exported(facts: &DisbursementFacts) -> Result<(), Refusal> {
    require(facts.is_run_exported, "Le fichier bancaire du lot n’est pas encore généré.")?;
    require(facts.is_paid_on_known, "Indiquez la date de l’opération en banque.")
}

fn may_return(facts: &DisbursementFacts) -> Result<(), Refusal> {
    require(
        !facts.is_partly_recovered,
        "Le bénéficiaire a déjà reversé une partie de ce versement\u{a0}: un rejet se traite avec la direction.",
    )?;
    require(!facts.is_grant_closed, "La subvention est soldée\u{a0}: un rejet se traite avec la direction.")?;
    reason_given(facts)
}

fn reason_given(facts: &DisbursementFacts) -> Result<(), Refusal> {
    require(facts.reason.is_some(), "Écrivez d’abord le motif.")
}

//! The lifecycle of a payment run (lot de virements): two people, one bank file.

use super::{coded, require};
use crate::domain::{
    lifecycle::{Edge, Effect::*, Lifecycle, Machine, Refusal},
    roles::Role::{self, *},
};

coded! {
    /// Where a payment run stands.
    pub enum PaymentRunState {
        Open => "open", "en préparation";
        Approved => "approved", "approuvé";
        Exported => "exported", "transmis à la banque";
        Settled => "settled", "exécuté";
        Cancelled => "cancelled", "annulé";
    }
}

coded! {
    /// What can happen to a payment run.
    pub enum PaymentRunEvent {
        Approve => "approve", "Approuver le lot";
        Export => "export", "Générer le fichier bancaire";
        Settle => "settle", "Constater l’exécution";
        Cancel => "cancel", "Annuler le lot";
    }
}

/// The machine of payment runs.
#[derive(Debug)]
pub struct PaymentRun;
use {PaymentRunEvent::*, PaymentRunState::*};

impl Lifecycle for PaymentRun {
    type State = PaymentRunState;
    type Event = PaymentRunEvent;
    type Facts = PaymentRunFacts;
    const MACHINE: Machine = Machine::PaymentRun;
    const INITIAL: PaymentRunState = Open;
    const BORN_BY: &'static [Role] = &[Finance];
    #[rustfmt::skip]
    const EDGES: &'static [Edge<Self>] = &[
        Edge { on: Approve, from: &[Open],           to: Approved,  by: &[Director, Finance], guard: second_person, then: &[] },
        Edge { on: Export,  from: &[Approved],       to: Exported,  by: &[Finance],           guard: file_ready,    then: &[] },
        Edge { on: Settle,  from: &[Exported],       to: Settled,   by: &[System],            guard: all_paid,      then: &[] },
        Edge { on: Cancel,  from: &[Open, Approved], to: Cancelled, by: &[Finance, Director], guard: reason_given,  then: &[EmptyRun] },
    ];
}

/// What the guards of a payment run read.
#[derive(Debug, Clone, Default)]
pub struct PaymentRunFacts {
    pub lines: i64,
    /// Lines whose disbursement is not paid yet.
    pub unpaid: i64,
    /// Beneficiaries whose bank account is no longer verified.
    pub unverified: Vec<String>,
    /// Whether the person asking is the one who prepared the run, or authorised one of its payments.
    pub is_asker_preparer: bool,
    /// Whether they verified an account that it still pays into.
    pub is_asker_verifier: bool,
    /// Why an agreement a line comes from does not pay on the day the run leaves, a French sentence.
    pub outside_days: Option<String>,
    /// Whether the bank file is stored.
    pub has_file: bool,
    pub reason: Option<String>,
}

fn second_person(facts: &PaymentRunFacts) -> Result<(), Refusal> {
    require(facts.lines > 0, "Le lot est vide.")?;
    require(!facts.is_asker_preparer, "Une autre personne que celle qui a préparé le lot doit l’approuver.")?;
    require(
        !facts.is_asker_verifier,
        "Vous avez vérifié un compte bancaire de ce lot\u{a0}: une autre personne doit l’approuver.",
    )?;
    still_payable(facts)
}

fn still_payable(facts: &PaymentRunFacts) -> Result<(), Refusal> {
    accounts_verified(facts)?;
    match &facts.outside_days {
        Some(sentence) => Err(Refusal::because(sentence.clone())),
        None => Ok(()),
    }
}

fn accounts_verified(facts: &PaymentRunFacts) -> Result<(), Refusal> {
    match facts.unverified.first() {
        None => Ok(()),
        Some(name) => Err(Refusal::because(format!("Le compte bancaire de {name} n’est plus vérifié."))),
    }
}

fn file_ready(facts: &PaymentRunFacts) -> Result<(), Refusal> {
    require(facts.lines > 0, "Tous les virements de ce lot ont été retirés\u{a0}: annulez-le.")?;
    still_payable(facts)?;
    require(facts.has_file, "Le fichier bancaire n’a pas pu être généré.")
}

fn all_paid(facts: &PaymentRunFacts) -> Result<(), Refusal> {
    require(facts.unpaid == 0, "Un virement du lot n’est pas encore constaté en banque.")
}

fn reason_given(facts: &PaymentRunFacts) -> Result<(), Refusal> {
    require(facts.reason.is_some(), "Écrivez d’abord le motif.")
}

//! The lifecycle of a beneficiary's bank account. A change of IBAN is a new account, in quarantine.

use super::{coded, require};
use crate::domain::{
    lifecycle::{Edge, Effect::*, Lifecycle, Machine, Refusal, always},
    roles::Role::{self, *},
};

coded! {
    /// Where a bank account stands.
    pub enum BankAccountState {
        Unverified => "unverified", "à vérifier";
        Verified => "verified", "vérifié";
        Quarantined => "quarantined", "en quarantaine";
        Closed => "closed", "fermé";
    }
}

coded! {
    /// What can happen to a bank account.
    pub enum BankAccountEvent {
        Verify => "verify", "Vérifier le compte";
        Quarantine => "quarantine", "Mettre en quarantaine";
        Close => "close", "Fermer le compte";
    }
}

/// The machine of bank accounts.
#[derive(Debug)]
pub struct BankAccount;
use {BankAccountEvent::*, BankAccountState::*};

impl Lifecycle for BankAccount {
    type State = BankAccountState;
    type Event = BankAccountEvent;
    type Facts = BankAccountFacts;
    const MACHINE: Machine = Machine::BankAccount;
    const INITIAL: BankAccountState = Unverified;
    const BORN_BY: &'static [Role] = &[Applicant];
    #[rustfmt::skip]
    const EDGES: &'static [Edge<Self>] = &[
        Edge { on: Verify,     from: &[Unverified],             to: Verified,    by: &[Finance],         guard: holder_checked,   then: &[TellBankVerified] },
        Edge { on: Verify,     from: &[Quarantined],            to: Verified,    by: &[Finance],         guard: quarantine_over,  then: &[TellBankVerified] },
        Edge { on: Quarantine, from: &[Unverified, Verified],   to: Quarantined, by: &[System, Finance], guard: always,           then: &[PullOpenPayments, AlertFormerContact] },
        Edge { on: Close,      from: &[Unverified, Verified, Quarantined], to: Closed, by: &[System, Finance], guard: always,    then: &[PullOpenPayments] },
    ];
}

/// What the guards of a bank account read.
#[derive(Debug, Clone, Default)]
pub struct BankAccountFacts {
    /// Whether the holder is the organisation, by its exact name on the RIB.
    pub is_holder_grantee: bool,
    /// Whether the organisation is one whose money a public accountant may hold.
    pub has_public_accountant: bool,
    /// Whether whoever verifies wrote why an account in another name is the organisation's.
    pub is_holder_explained: bool,
    pub has_rib: bool,
    /// Whether the antivirus refused it.
    pub is_rib_refused: bool,
    /// Whether no SEPA transfer reaches the account.
    pub is_out_of_sepa: bool,
    /// Whether the person asking entered the account.
    pub is_asker_author: bool,
    /// Whether the quarantine has lasted long enough for the former contact to object.
    pub is_quarantine_over: bool,
}

fn holder_checked(facts: &BankAccountFacts) -> Result<(), Refusal> {
    require(facts.has_rib, "Le RIB n’est pas joint.")?;
    require(
        !facts.is_rib_refused,
        "L’antivirus a refusé le RIB\u{a0}: l’organisation est invitée à en donner un autre.",
    )?;
    require(
        !facts.is_out_of_sepa,
        "Ce compte est hors de la zone SEPA\u{a0}: nos virements ne peuvent pas l’atteindre.",
    )?;
    require(facts.is_holder_grantee || facts.has_public_accountant, "Le titulaire du RIB n’est pas le bénéficiaire.")?;
    require(
        facts.is_holder_grantee || facts.is_holder_explained,
        "Le titulaire du RIB n’est pas le bénéficiaire\u{a0}: écrivez d’abord pourquoi ce compte est le sien.",
    )?;
    require(!facts.is_asker_author, "Une autre personne que celle qui a saisi le compte doit le vérifier.")
}

fn quarantine_over(facts: &BankAccountFacts) -> Result<(), Refusal> {
    require(
        facts.is_quarantine_over,
        "Le compte est en quarantaine\u{a0}: l’ancien contact a encore le temps de répondre.",
    )?;
    holder_checked(facts)
}

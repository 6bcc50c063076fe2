//! The lifecycle of a grant (subvention), from the offer to the last cent.

use super::{coded, require};
use crate::domain::{
    lifecycle::{Edge, Effect::*, Lifecycle, Machine, Refusal, always},
    roles::Role::{self, *},
};

coded! {
    /// Where a grant stands.
    pub enum GrantState {
        Offered => "offered", "proposée";
        Accepted => "accepted", "acceptée";
        AgreementSent => "agreement_sent", "convention envoyée";
        Active => "active", "en cours";
        Closing => "closing", "en cours de solde";
        Closed => "closed", "soldée";
        Declined => "declined", "non acceptée";
        Suspended => "suspended", "suspendue";
        Terminated => "terminated", "résiliée";
    }
}

coded! {
    /// What can happen to a grant.
    pub enum GrantEvent {
        Accept => "accept", "Accepter la subvention";
        Decline => "decline", "Refuser la subvention";
        Lapse => "lapse", "Constater l’absence de réponse";
        SendAgreement => "send_agreement", "Envoyer la convention";
        Activate => "activate", "Mettre en cours";
        StartClosing => "start_closing", "Calculer le solde";
        Close => "close", "Solder la subvention";
        Reopen => "reopen", "Rouvrir le solde";
        Suspend => "suspend", "Suspendre";
        Resume => "resume", "Reprendre";
        Terminate => "terminate", "Résilier";
    }
}

/// The machine of grants.
#[derive(Debug)]
pub struct Grant;
use {GrantEvent::*, GrantState::*};

impl Lifecycle for Grant {
    type State = GrantState;
    type Event = GrantEvent;
    type Facts = GrantFacts;
    const MACHINE: Machine = Machine::Grant;
    const INITIAL: GrantState = Offered;
    const BORN_BY: &'static [Role] = &[System];
    #[rustfmt::skip]
    const EDGES: &'static [Edge<Self>] = &[
        Edge { on: Accept,        from: &[Offered],                  to: Accepted,      by: &[Applicant],                 guard: announced,           then: &[PlanDisbursements, TellGrantAccepted, ActivateIfSettled] },
        Edge { on: Decline,       from: &[Offered],                  to: Declined,      by: &[Applicant],                 guard: announced,           then: &[ReleaseCommitment, TellGrantDeclined] },
        Edge { on: Lapse,         from: &[Offered],                  to: Declined,      by: &[Officer],                   guard: answer_overdue,      then: &[ReleaseCommitment, TellGrantLapsed] },
        Edge { on: GrantEvent::SendAgreement, from: &[Accepted],     to: AgreementSent, by: &[Officer],                   guard: agreement_required,  then: &[crate::domain::lifecycle::Effect::SendAgreement] },
        Edge { on: Activate,      from: &[Accepted, AgreementSent],  to: Active,        by: &[Officer, System],           guard: agreement_settled,   then: &[TellGrantActive] },
        Edge { on: StartClosing,  from: &[Active],                   to: Closing,       by: &[Officer, System],           guard: final_report_judged, then: &[SettleBalance, CloseGrantWhenSettled] },
        Edge { on: Close,         from: &[Closing],                  to: Closed,        by: &[Finance, System],           guard: nothing_owed,        then: &[TellGrantClosed] },
        Edge { on: Reopen,        from: &[Closed],                   to: Closing,       by: &[System],                    guard: always,              then: &[] },
        Edge { on: Suspend,       from: &[Active],                   to: Suspended,     by: &[Officer, Director],         guard: reason_given,        then: &[PullOpenPayments, TellGrantSuspended] },
        Edge { on: Resume,        from: &[Suspended],                to: Active,        by: &[Officer, Director],         guard: reason_given,        then: &[TellGrantActive] },
        Edge { on: Terminate,     from: &[Accepted, AgreementSent, Active, Suspended], to: Terminated, by: &[Director], guard: may_terminate,        then: &[CancelDisbursements, ReleaseCommitment, TellGrantTerminated] },
    ];
}

/// What the guards of a grant read.
#[derive(Debug, Clone, Default)]
pub struct GrantFacts {
    /// Whether the call's results are announced: before, the offer is under embargo.
    pub is_announced: bool,
    /// Whether the last day to accept the offer is over.
    pub is_answer_overdue: bool,
    /// Whether its amount, or what its holder is granted in the year, calls for a signed agreement (décret 2001-495: above
    /// 23 000 € by default).
    pub is_agreement_required: bool,
    /// Whether neither the fund nor the installation says who signs for the house.
    pub is_signatory_missing: bool,
    pub is_signed_by_holder: bool,
    pub is_signed_by_issuer: bool,
    /// Whether the final report is accepted or waived.
    pub is_final_report_judged: bool,
    /// Disbursements that are neither paid nor cancelled.
    pub open_disbursements: i64,
    /// Disbursements that are authorised or in a run.
    pub disbursements_under_way: i64,
    /// Why one of them cannot be taken back, a French sentence: its bank file is made.
    pub out_of_reach: Option<String>,
    /// Recoveries still waiting for money.
    pub open_recoveries: i64,
    pub reason: Option<String>,
}

fn announced(facts: &GrantFacts) -> Result<(), Refusal> {
    require(facts.is_announced, "Les résultats de l’appel ne sont pas encore annoncés.")
}

fn answer_overdue(facts: &GrantFacts) -> Result<(), Refusal> {
    announced(facts)?;
    require(facts.is_answer_overdue, "Le délai pour accepter court encore.")
}

fn agreement_required(facts: &GrantFacts) -> Result<(), Refusal> {
    require(facts.is_agreement_required, "Cette subvention n’a pas besoin de convention\u{a0}: l’acceptation suffit.")?;
    require(!facts.is_signatory_missing, "La définition du fonds ne dit pas qui signe pour lui (nom et qualité).")
}

fn agreement_settled(facts: &GrantFacts) -> Result<(), Refusal> {
    if !facts.is_agreement_required {
        return Ok(());
    }
    require(facts.is_signed_by_holder, "La convention attend la signature de l’organisation.")?;
    require(facts.is_signed_by_issuer, "La convention attend la signature de la direction.")
}

fn final_report_judged(facts: &GrantFacts) -> Result<(), Refusal> {
    require(facts.is_final_report_judged, "Le bilan final n’est pas encore accepté.")?;
    require(facts.disbursements_under_way == 0, "Un versement est en cours\u{a0}: attendez qu’il soit payé.")
}

fn nothing_owed(facts: &GrantFacts) -> Result<(), Refusal> {
    require(facts.open_disbursements == 0, "Un versement reste à faire.")?;
    require(facts.open_recoveries == 0, "Un trop-perçu reste à reverser.")
}

fn reason_given(facts: &GrantFacts) -> Result<(), Refusal> {
    require(facts.reason.is_some(), "Écrivez d’abord le motif.")
}

fn may_terminate(facts: &GrantFacts) -> Result<(), Refusal> {
    if let Some(sentence) = &facts.out_of_reach {
        return Err(Refusal::because(sentence.clone()));
    }
    reason_given(facts)
}

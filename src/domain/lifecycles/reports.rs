//! The lifecycle of a report (bilan). Overdue is derived from its due date, never a state.

use super::{all_there, coded, grants::GrantState, require};
use crate::domain::{
    lifecycle::{Edge, Effect::*, Lifecycle, Machine, Refusal, always},
    roles::Role::{self, *},
};

coded! {
    /// Where a report stands.
    pub enum ReportState {
        Expected => "expected", "attendu";
        Draft => "draft", "brouillon, non déposé";
        Submitted => "submitted", "déposé";
        ChangesRequested => "changes_requested", "à corriger";
        Accepted => "accepted", "accepté";
        Waived => "waived", "dispensé";
    }
}

coded! {
    /// What can happen to a report.
    pub enum ReportEvent {
        Start => "start", "Commencer le bilan";
        Submit => "submit", "Déposer le bilan";
        RequestChanges => "request_changes", "Demander des corrections";
        Accept => "accept", "Accepter le bilan";
        Waive => "waive", "Dispenser de bilan";
    }
}

/// The machine of reports.
#[derive(Debug)]
pub struct Report;
use {ReportEvent::*, ReportState::*};

impl Lifecycle for Report {
    type State = ReportState;
    type Event = ReportEvent;
    type Facts = ReportFacts;
    const MACHINE: Machine = Machine::Report;
    const INITIAL: ReportState = Expected;
    const BORN_BY: &'static [Role] = &[System];
    #[rustfmt::skip]
    const EDGES: &'static [Edge<Self>] = &[
        Edge { on: Start,          from: &[Expected],                 to: Draft,            by: &[Applicant],         guard: always,         then: &[] },
        Edge { on: Submit,         from: &[Draft, ChangesRequested],  to: Submitted,        by: &[Applicant],         guard: complete,       then: &[TellReportFiled] },
        Edge { on: RequestChanges, from: &[Submitted],                to: ChangesRequested, by: &[Officer],           guard: reason_given,   then: &[AskReportChanges] },
        Edge { on: Accept,         from: &[Submitted],                to: Accepted,         by: &[Officer],           guard: cost_accepted,  then: &[TellReportAccepted, CloseAfterFinalReport] },
        Edge { on: Waive,          from: &[Expected, Draft],          to: Waived,           by: &[Director],          guard: reason_given,   then: &[TellReportWaived, CloseAfterFinalReport] },
    ];
}

/// Where a report is with its author, who has to begin it, to file it or to correct it.
pub const WITH_AUTHOR: [ReportState; 3] = [Expected, Draft, ChangesRequested];
/// The lives of a grant in which a report can be late: it is reminded of, stands in its queue and in the way of another
/// application.
pub const REPORTING: [GrantState; 2] = [GrantState::Active, GrantState::Suspended];

/// Whether somebody waits for a report now, so that it is late once its day is over.
pub fn is_awaited(report: ReportState, grant: GrantState) -> bool {
    WITH_AUTHOR.contains(&report) && REPORTING.contains(&grant)
}

/// Whether a report is still owed, now or once the agreement is signed, so that its day may move. After the final one
/// nobody waits for another; what a terminated grant was paid and did not account for is asked back instead, and a report
/// may still be filed to account for it.
pub fn is_owed(report: ReportState, grant: GrantState) -> bool {
    WITH_AUTHOR.contains(&report) && !is_over(grant)
}

/// Whether a grant owes no report any more.
pub const fn is_over(grant: GrantState) -> bool {
    matches!(grant, GrantState::Closing | GrantState::Closed | GrantState::Declined | GrantState::Terminated)
}

/// The words for where a report of a grant stands: one that nobody will wait for says so.
pub fn standing(report: ReportState, grant: GrantState) -> &'static str {
    if report == Expected && is_over(grant) { "plus attendu" } else { report.label() }
}

/// What the guards of a report read.
#[derive(Debug, Clone, Default)]
pub struct ReportFacts {
    /// What is missing before filing, each a French sentence.
    pub missing: Vec<String>,
    /// Whether the officer has recorded the eligible cost accepted.
    pub is_cost_accepted: bool,
    pub reason: Option<String>,
}

fn complete(facts: &ReportFacts) -> Result<(), Refusal> {
    all_there(&facts.missing)
}

fn cost_accepted(facts: &ReportFacts) -> Result<(), Refusal> {
    require(facts.is_cost_accepted, "Indiquez d’abord les dépenses retenues.")
}

fn reason_given(facts: &ReportFacts) -> Result<(), Refusal> {
    require(facts.reason.is_some(), "Écrivez d’abord le motif.")
}

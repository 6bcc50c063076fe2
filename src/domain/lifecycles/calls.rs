//! The lifecycle of a call (appel à projets). Open and closed are derived from its window, never states.

use super::{coded, require};
use crate::domain::{
    lifecycle::{Edge, Effect::*, Lifecycle, Machine, Refusal, always},
    roles::Role::{self, *},
};

coded! {
    /// Where a call stands.
    pub enum CallState {
        Draft => "draft", "en préparation";
        Published => "published", "publié";
        InReview => "in_review", "en instruction";
        Deliberated => "deliberated", "délibéré";
        Announced => "announced", "résultats annoncés";
        Archived => "archived", "archivé";
        Cancelled => "cancelled", "annulé";
    }
}

coded! {
    /// What can happen to a call.
    pub enum CallEvent {
        Publish => "publish", "Publier l’appel";
        StartReview => "start_review", "Passer à l’instruction";
        Deliberate => "deliberate", "Clore les délibérations";
        PlanRelease => "plan_release", "Fixer l’heure de l’annonce";
        DropRelease => "drop_release", "Abandonner l’heure fixée";
        HaltRelease => "halt_release", "Arrêter l’annonce prévue";
        Announce => "announce", "Annoncer les résultats";
        Archive => "archive", "Archiver l’appel";
        Cancel => "cancel", "Annuler l’appel";
        Revise => "revise", "Publier la révision";
    }
}

/// The machine of calls.
#[derive(Debug)]
pub struct Call;
use {CallEvent::*, CallState::*};

impl Lifecycle for Call {
    type State = CallState;
    type Event = CallEvent;
    type Facts = CallFacts;
    const MACHINE: Machine = Machine::Call;
    const INITIAL: CallState = Draft;
    const BORN_BY: &'static [Role] = &[Officer, System];
    #[rustfmt::skip]
    const EDGES: &'static [Edge<Self>] = &[
        Edge { on: Publish,     from: &[Draft],            to: Published,   by: &[Officer, System],  guard: ready_to_publish,  then: &[FundEnvelope] },
        Edge { on: Revise,      from: &[Published],        to: Published,   by: &[Officer],          guard: revision_prepared, then: &[FundEnvelope] },
        Edge { on: Revise,      from: &[InReview],         to: InReview,    by: &[Officer],          guard: revision_prepared, then: &[] },
        Edge { on: StartReview, from: &[Published],        to: InReview,    by: &[Officer],          guard: window_over,       then: &[] },
        Edge { on: Deliberate,  from: &[InReview],         to: Deliberated, by: &[Officer],          guard: everything_judged, then: &[] },
        Edge { on: PlanRelease, from: &[Deliberated],      to: Deliberated, by: &[Officer],          guard: release_to_come,   then: &[] },
        Edge { on: DropRelease, from: &[Deliberated],      to: Deliberated, by: &[Officer],          guard: release_planned,   then: &[] },
        Edge { on: HaltRelease, from: &[Deliberated],      to: Deliberated, by: &[System],           guard: release_planned,   then: &[TellReleaseHalted] },
        Edge { on: Announce,    from: &[Deliberated],      to: Announced,   by: &[Officer, System],  guard: decisions_final,   then: &[ReleaseDecisions] },
        Edge { on: Archive,     from: &[Announced],        to: Archived,    by: &[Officer],          guard: grants_over,       then: &[] },
        Edge { on: Cancel,      from: &[Draft],            to: Cancelled,   by: &[Officer],          guard: always,            then: &[] },
        Edge { on: Cancel,      from: &[Published],        to: Cancelled,   by: &[Director],         guard: nothing_filed,     then: &[ReturnEnvelope] },
    ];
}

/// What the guards of a call read.
#[derive(Debug, Clone, Default)]
pub struct CallFacts {
    /// What publishing still lacks, each a short French phrase.
    pub lacking: Vec<String>,
    /// A funding source that does not allow re-granting (CGCT art. L1611-4).
    pub source_without_regranting: Option<String>,
    /// Whether a change of the published call has been prepared.
    pub has_revision: bool,
    /// Whether the uncommitted money of its sources covers the envelope.
    pub is_covered: bool,
    pub is_window_over: bool,
    /// Filed applications that no decision has been taken on yet.
    pub undecided: i64,
    /// Applications that are filed and not withdrawn.
    pub filed: i64,
    /// Committee sessions of the call that are not confirmed yet.
    pub unconfirmed_sessions: i64,
    /// Whether an hour is fixed for the announcement, and whether it is still to come.
    pub is_release_planned: bool,
    pub is_release_to_come: bool,
    /// Grants that are neither closed, declined nor terminated.
    pub open_grants: i64,
}

fn ready_to_publish(facts: &CallFacts) -> Result<(), Refusal> {
    if let Some(source) = &facts.source_without_regranting {
        let reason =
            format!("La convention {source} n’autorise pas le reversement\u{a0}: indiquez la clause qui le permet.");
        return Err(Refusal::because(reason));
    }
    if !facts.lacking.is_empty() {
        return Err(Refusal::because(format!("Il manque encore\u{a0}: {}.", facts.lacking.join(", "))));
    }
    require(facts.is_covered, "Les conventions de financement ne couvrent pas l’enveloppe de l’appel.")
}

fn revision_prepared(facts: &CallFacts) -> Result<(), Refusal> {
    require(facts.has_revision, "Aucune modification n’est préparée pour cet appel.")
}

fn window_over(facts: &CallFacts) -> Result<(), Refusal> {
    require(facts.is_window_over, "La date limite de dépôt n’est pas passée.")
}

/// How many wait is not said: some may be hidden from whoever asks.
fn everything_judged(facts: &CallFacts) -> Result<(), Refusal> {
    require(facts.undecided == 0, "Au moins un dossier attend encore une décision.")
}

fn decisions_final(facts: &CallFacts) -> Result<(), Refusal> {
    require(facts.unconfirmed_sessions == 0, "Le procès-verbal de la séance n’est pas encore confirmé.")
}

fn release_to_come(facts: &CallFacts) -> Result<(), Refusal> {
    require(facts.is_release_to_come, "Dites d’abord à quelle heure les résultats doivent partir.")
}

fn release_planned(facts: &CallFacts) -> Result<(), Refusal> {
    require(facts.is_release_planned, "Aucune heure n’est fixée pour l’annonce.")
}

fn grants_over(facts: &CallFacts) -> Result<(), Refusal> {
    require(facts.open_grants == 0, "Des subventions de cet appel ne sont pas encore soldées.")
}

fn nothing_filed(facts: &CallFacts) -> Result<(), Refusal> {
    require(facts.filed == 0, "Des dossiers sont déjà déposés\u{a0}: l’appel ne peut plus être annulé.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_many_files_wait_is_not_said() {
        let told = |undecided| everything_judged(&CallFacts { undecided, ..CallFacts::default() });
        assert!(told(0).is_ok());
        let (one, many) = (told(1).unwrap_err().to_string(), told(12).unwrap_err().to_string());
        assert!(one == many && one.contains("attend encore une décision"), "{one} {many}");
    }
}

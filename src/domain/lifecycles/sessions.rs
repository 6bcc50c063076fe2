//! The lifecycle of a committee session (séance du comité).

use super::{coded, require};
use crate::domain::{
    lifecycle::{Edge, Effect::*, Lifecycle, Machine, Refusal},
    roles::Role::{self, *},
};

coded! {
    /// Where a session stands.
    pub enum SessionState {
        Planned => "planned", "en préparation";
        Convened => "convened", "convoquée";
        InSession => "in_session", "en séance";
        Minuted => "minuted", "procès-verbal établi";
        Confirmed => "confirmed", "confirmée";
    }
}

coded! {
    /// What can happen to a session.
    pub enum SessionEvent {
        Convene => "convene", "Convoquer le comité";
        Open => "open", "Ouvrir la séance";
        Minute => "minute", "Établir le procès-verbal";
        Sign => "sign", "Signer le procès-verbal";
        Correct => "correct", "Corriger le procès-verbal";
        Confirm => "confirm", "Confirmer les décisions";
        CloseWithoutBoard => "close_without_board", "Clore sans confirmation du conseil";
    }
}

/// The machine of sessions.
#[derive(Debug)]
pub struct Session;
use {SessionEvent::*, SessionState::*};

impl Lifecycle for Session {
    type State = SessionState;
    type Event = SessionEvent;
    type Facts = SessionFacts;
    const MACHINE: Machine = Machine::Session;
    const INITIAL: SessionState = Planned;
    const BORN_BY: &'static [Role] = &[Officer];
    #[rustfmt::skip]
    const EDGES: &'static [Edge<Self>] = &[
        Edge { on: Convene,           from: &[Planned],   to: Convened,  by: &[Officer],  guard: has_agenda,         then: &[ConveneMembers] },
        Edge { on: Open,              from: &[Convened],  to: InSession, by: &[Officer],  guard: quorum_reached,     then: &[] },
        Edge { on: Minute,            from: &[InSession], to: Minuted,   by: &[Officer],  guard: agenda_exhausted,   then: &[WriteMinutes, AskSignature] },
        Edge { on: Sign,              from: &[Minuted],   to: Minuted,   by: &[Reviewer], guard: chair_signs,        then: &[SealMinutes] },
        Edge { on: Sign,              from: &[Confirmed], to: Confirmed, by: &[Reviewer], guard: chair_signs,        then: &[SealMinutes] },
        Edge { on: Correct,           from: &[Minuted],   to: Minuted,   by: &[Officer],  guard: has_minutes,        then: &[AskSignature] },
        Edge { on: Correct,           from: &[Confirmed], to: Confirmed, by: &[Officer],  guard: has_minutes,        then: &[AskSignature] },
        Edge { on: Confirm,           from: &[Minuted],   to: Confirmed, by: &[Director], guard: board_confirms,     then: &[] },
        Edge { on: CloseWithoutBoard, from: &[Minuted],   to: Confirmed, by: &[Officer],  guard: board_not_required, then: &[] },
    ];
}

/// What the guards of a session read.
#[derive(Debug, Clone, Default)]
pub struct SessionFacts {
    /// Applications on the agenda.
    pub items: i64,
    /// Items without a decision.
    pub undecided: i64,
    /// Voting members present or represented.
    pub present: i64,
    pub quorum: i64,
    /// Whether the call has its decisions confirmed by the board.
    pub is_board_required: bool,
    /// Whether nobody is said to preside.
    pub lacks_chair: bool,
    /// Whether minutes were written; none were before they were kept here.
    pub has_minutes: bool,
    /// Whether their last version waits for the chair's signature.
    pub is_unsigned: bool,
    /// Whether whoever acts presides.
    pub is_chair: bool,
}

fn has_agenda(facts: &SessionFacts) -> Result<(), Refusal> {
    require(facts.items > 0, "L’ordre du jour est vide.")
}

fn quorum_reached(facts: &SessionFacts) -> Result<(), Refusal> {
    if facts.present >= facts.quorum {
        return Ok(());
    }
    let (quorum, present) = (facts.quorum, facts.present);
    let reason = format!(
        "Le quorum n’est pas atteint\u{a0}: il faut {quorum} voix présentes ou représentées, il y en a {present}."
    );
    Err(Refusal::because(reason))
}

fn agenda_exhausted(facts: &SessionFacts) -> Result<(), Refusal> {
    // Not how many: whoever is recused from one of them reads it too.
    require(facts.undecided == 0, "L’ordre du jour n’est pas entièrement décidé.")?;
    require(!facts.lacks_chair, "Dites d’abord, dans les présences, qui préside la séance.")
}

fn has_minutes(facts: &SessionFacts) -> Result<(), Refusal> {
    require(facts.has_minutes, "Cette séance n’a pas de procès-verbal.")
}

fn chair_signs(facts: &SessionFacts) -> Result<(), Refusal> {
    has_minutes(facts)?;
    require(facts.is_unsigned, "Le procès-verbal est déjà signé.")?;
    require(facts.is_chair, "La signature revient à la personne qui a présidé la séance.")
}

fn signed(facts: &SessionFacts) -> Result<(), Refusal> {
    require(!facts.is_unsigned, "Le procès-verbal attend la signature de la personne qui a présidé la séance.")
}

fn board_confirms(facts: &SessionFacts) -> Result<(), Refusal> {
    signed(facts)?;
    require(facts.is_board_required, "Cet appel se passe de confirmation\u{a0}: la séance est close par l’équipe.")
}

fn board_not_required(facts: &SessionFacts) -> Result<(), Refusal> {
    require(!facts.is_board_required, "Les décisions doivent être confirmées par le conseil d’administration.")?;
    signed(facts)
}

//! Decisions of the committee: what they may be, and what may be said of them before the results are announced.

use super::{
    codes::codes,
    lifecycles::{
        applications::{ApplicationEvent, ApplicationState},
        calls::CallState,
    },
};

/// How a decision came about, which its letter tells as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionWay {
    /// The committee took it in a session.
    Session,
    /// A file of the reserve list was promoted later, without the committee.
    Promotion,
    /// No session is known to have heard the file.
    Unheard,
}

codes! {
    /// When the decisions on a call's files are told.
    pub enum DecisionPace {
        /// All at once, when the results of the call are announced.
        Together => "together",
        /// Each as it is taken, while the call may still be open.
        Rolling => "rolling",
    }

    /// What the committee decides about an application.
    pub enum Verdict {
        Award => "award",
        ReserveList => "reserve_list",
        Reject => "reject",
        Defer => "defer",
    }
}

impl DecisionPace {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            DecisionPace::Together => "Toutes ensemble, à l’annonce des résultats",
            DecisionPace::Rolling => "Au fur et à mesure, dès que chacune est prise",
        }
    }

    /// Whether it is the usual one.
    pub fn is_together(&self) -> bool {
        *self == DecisionPace::Together
    }
}

impl Verdict {
    /// The event that carries the decision out.
    pub const fn event(self) -> ApplicationEvent {
        match self {
            Verdict::Award => ApplicationEvent::Award,
            Verdict::ReserveList => ApplicationEvent::ReserveList,
            Verdict::Reject => ApplicationEvent::Reject,
            Verdict::Defer => ApplicationEvent::Defer,
        }
    }

    /// The French words on the button.
    pub fn label(self) -> &'static str {
        self.event().label()
    }
}

/// The states in which a file before the committee waits for a decision.
pub const UNDECIDED: &[ApplicationState] = &[ApplicationState::InReview, ApplicationState::ReserveListed];

/// The states of a file that was filed and that its committee may still come to hear: an appeal may bring back what was
/// found inadmissible, and a reserve list is heard again.
pub const TO_BE_HEARD: &[ApplicationState] = &[
    ApplicationState::Submitted,
    ApplicationState::ComplementRequested,
    ApplicationState::Eligible,
    ApplicationState::Ineligible,
    ApplicationState::InReview,
    ApplicationState::ReserveListed,
];

/// The states that a decision leads to.
pub const DECIDED: &[ApplicationState] = &[
    ApplicationState::Awarded,
    ApplicationState::ReserveListed,
    ApplicationState::Rejected,
    ApplicationState::Deferred,
];

/// The states of the files that a guest of the committee finds on their list: admissible, and before the committee. Once
/// decided, a file can still be read.
pub const LISTED_FOR_GUESTS: &[ApplicationState] = &[ApplicationState::Eligible, ApplicationState::InReview];

/// The states in which the committee has a file before it, or has had it.
pub const BEFORE_COMMITTEE: &[ApplicationState] = &[
    ApplicationState::InReview,
    ApplicationState::Awarded,
    ApplicationState::ReserveListed,
    ApplicationState::Rejected,
    ApplicationState::Deferred,
];

/// The states of a call whose results are announced.
pub const ANNOUNCED: [CallState; 2] = [CallState::Announced, CallState::Archived];
/// The pace at which a decision waits for no announcement.
pub const AT_ONCE: DecisionPace = DecisionPace::Rolling;

/// Whether a decision on a file of a call in this state is told to its people. The database asks the same of [`ANNOUNCED`]
/// and [`AT_ONCE`].
pub fn is_announced(call: CallState, pace: DecisionPace) -> bool {
    ANNOUNCED.contains(&call) || pace == AT_ONCE
}

/// The state of an application as its applicants may see it: a decision is under embargo until the results of the call
/// are announced, and until then the file is still being read; where each is told as it is taken, there is none.
pub fn shown_to_applicants(state: ApplicationState, call: CallState, pace: DecisionPace) -> ApplicationState {
    if DECIDED.contains(&state) && !is_announced(call, pace) { ApplicationState::InReview } else { state }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_of_a_call_are_announced_once_and_stay_so() {
        let told = |pace| CallState::ALL.iter().copied().filter(move |state| is_announced(*state, pace));
        assert_eq!(told(DecisionPace::Together).collect::<Vec<_>>(), ANNOUNCED);
        assert_eq!(told(AT_ONCE).count(), CallState::ALL.len());
    }

    #[test]
    fn a_decision_shows_only_once_the_results_are_announced() {
        for state in DECIDED {
            for call in [CallState::Published, CallState::InReview, CallState::Deliberated, CallState::Cancelled] {
                assert_eq!(shown_to_applicants(*state, call, DecisionPace::Together), ApplicationState::InReview);
                assert_eq!(shown_to_applicants(*state, call, DecisionPace::Rolling), *state);
            }
            assert_eq!(shown_to_applicants(*state, CallState::Announced, DecisionPace::Together), *state);
            assert_eq!(shown_to_applicants(*state, CallState::Archived, DecisionPace::Together), *state);
        }
        for state in ApplicationState::ALL.iter().filter(|state| !DECIDED.contains(state)) {
            assert_eq!(shown_to_applicants(*state, CallState::InReview, DecisionPace::Together), *state);
        }
    }
}

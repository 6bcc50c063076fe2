//! Decisions of the committee: what they may be, and what may be said of them before the results are announced.

use super::{
    codes::codes,
    lifecycles::{
        applications::{ApplicationEvent, ApplicationState},
        calls::CallState,
    },
};

codes! {
    /// What the committee decides about an application.
    pub enum Verdict {
        Award => "award",
        ReserveList => "reserve_list",
        Reject => "reject",
        Defer => "defer",
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

/// The states that a decision leads to.
pub const DECIDED: &[ApplicationState] = &[
    ApplicationState::Awarded,
    ApplicationState::ReserveListed,
    ApplicationState::Rejected,
    ApplicationState::Deferred,
];

/// The states in which the committee has a file before it, or has had it.
pub const BEFORE_COMMITTEE: &[ApplicationState] = &[
    ApplicationState::InReview,
    ApplicationState::Awarded,
    ApplicationState::ReserveListed,
    ApplicationState::Rejected,
    ApplicationState::Deferred,
];

/// Whether the results of a call in this state are public.
pub const fn is_announced(call: CallState) -> bool {
    matches!(call, CallState::Announced | CallState::Archived)
}

/// The state of an application as its applicants may see it: a decision is under embargo until the results of the call
/// are announced, and until then the file is still being read.
pub fn shown_to_applicants(state: ApplicationState, call: CallState) -> ApplicationState {
    if DECIDED.contains(&state) && !is_announced(call) { ApplicationState::InReview } else { state }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_shows_only_once_the_results_are_announced() {
        for state in DECIDED {
            for call in [CallState::Published, CallState::InReview, CallState::Deliberated, CallState::Cancelled] {
                assert_eq!(shown_to_applicants(*state, call), ApplicationState::InReview);
            }
            assert_eq!(shown_to_applicants(*state, CallState::Announced), *state);
            assert_eq!(shown_to_applicants(*state, CallState::Archived), *state);
        }
        for state in ApplicationState::ALL.iter().filter(|state| !DECIDED.contains(state)) {
            assert_eq!(shown_to_applicants(*state, CallState::InReview), *state);
        }
    }
}

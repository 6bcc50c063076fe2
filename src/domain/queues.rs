//! The programme officer's queues: every filed application waits in one of them, for one thing to be done.

use super::{codes::codes, lifecycles::applications::ApplicationState};

codes! {
    /// What files wait for. The code is a word of the page's address.
    pub enum Queue {
        ToCheck => "a-verifier",
        Appeals => "reexamens",
        ComplementOverdue => "complements-en-retard",
        /// A message of their applicants waits to be read, wherever they stand.
        Messages => "messages",
        WithoutReaders => "sans-lecture",
        ToEntrust => "a-confier",
        ComplementAwaited => "complements-attendus",
        InReview => "en-evaluation",
        /// Decided, inadmissible or withdrawn: nothing waits.
        Closed => "termines",
        /// Whatever was filed.
        All => "tous",
    }
}

impl Queue {
    /// The queues in which something waits to be done, the most urgent first.
    pub const WAITING: &'static [Queue] = &[
        Queue::ToCheck,
        Queue::Appeals,
        Queue::ComplementOverdue,
        Queue::Messages,
        Queue::WithoutReaders,
        Queue::ToEntrust,
        Queue::ComplementAwaited,
        Queue::InReview,
    ];

    /// The French name of the queue.
    pub const fn label(self) -> &'static str {
        match self {
            Queue::ToCheck => "À vérifier",
            Queue::Appeals => "Réexamens",
            Queue::ComplementOverdue => "Compléments en retard",
            Queue::Messages => "Messages à lire",
            Queue::WithoutReaders => "Sans lecteur·rice",
            Queue::ToEntrust => "Prêts pour le comité",
            Queue::ComplementAwaited => "Compléments attendus",
            Queue::InReview => "En évaluation",
            Queue::Closed => "Terminés",
            Queue::All => "Tous",
        }
    }

    /// What is to be done next with a file of this queue.
    pub const fn next_step(self) -> &'static str {
        match self {
            Queue::ToCheck => "Vérifier la recevabilité",
            Queue::Appeals => "Réexaminer la recevabilité",
            Queue::ComplementOverdue => "Constater l’absence de réponse",
            Queue::Messages => "Lire les messages",
            Queue::WithoutReaders => "Choisir qui l’évaluera",
            Queue::ToEntrust => "Confier au comité",
            Queue::ComplementAwaited => "Attendre la réponse",
            Queue::InReview => "Suivre les évaluations",
            Queue::Closed | Queue::All => "Rien à faire",
        }
    }

    /// The queue a filed application waits in.
    pub const fn of(state: ApplicationState, wait: Wait) -> Queue {
        match state {
            ApplicationState::Submitted if wait.is_appealed => Queue::Appeals,
            ApplicationState::Submitted => Queue::ToCheck,
            ApplicationState::ComplementRequested if wait.is_overdue => Queue::ComplementOverdue,
            ApplicationState::ComplementRequested => Queue::ComplementAwaited,
            ApplicationState::Eligible if wait.has_readers => Queue::ToEntrust,
            ApplicationState::Eligible => Queue::WithoutReaders,
            ApplicationState::InReview => Queue::InReview,
            _ => Queue::Closed,
        }
    }
}

/// What, beside its state, says in which queue a file waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wait {
    /// Whether its applicant asked for a second look.
    pub is_appealed: bool,
    /// Whether the term of its open request for a complement has passed.
    pub is_overdue: bool,
    /// Whether somebody reads it or is to read it.
    pub has_readers: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_queue() {
        let wait = Wait::default();
        assert_eq!(Queue::of(ApplicationState::Submitted, wait), Queue::ToCheck);
        assert_eq!(Queue::of(ApplicationState::Submitted, Wait { is_appealed: true, ..wait }), Queue::Appeals);
        assert_eq!(Queue::of(ApplicationState::Eligible, wait), Queue::WithoutReaders);
        assert_eq!(Queue::of(ApplicationState::Eligible, Wait { has_readers: true, ..wait }), Queue::ToEntrust);
        assert_eq!(Queue::of(ApplicationState::Rejected, wait), Queue::Closed);
    }
}

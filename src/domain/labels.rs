//! The French names of codes that have no other home. A code never changes, a label may.

use super::{lifecycles::applications::ApplicationState, roles::Role};

/// What a role is called, for the person who has it and for the timeline.
pub const fn role(role: Role) -> &'static str {
    match role {
        Role::Applicant => "porteur·se de projet",
        Role::Reviewer => "membre du comité",
        Role::Officer => "chargé·e de mission",
        Role::Finance => "gestion financière",
        Role::Director => "direction",
        Role::Funder => "bailleur",
        Role::Auditor => "audit",
        Role::Admin => "administration",
        Role::System => "traitement automatique",
    }
}

/// What so many applications in one state are: « 1 déposé », « 2 déposés ».
pub const fn applications(state: ApplicationState, count: i64) -> &'static str {
    use ApplicationState::*;
    match (state, count < 2) {
        (Draft, true) => "brouillon",
        (Draft, false) => "brouillons",
        (Submitted, true) => "déposé",
        (Submitted, false) => "déposés",
        (ComplementRequested, true) => "complément demandé",
        (ComplementRequested, false) => "compléments demandés",
        (Eligible, true) => "recevable",
        (Eligible, false) => "recevables",
        (Ineligible, true) => "non recevable",
        (Ineligible, false) => "non recevables",
        (InReview, _) => "en cours d’évaluation",
        (Awarded, true) => "retenu",
        (Awarded, false) => "retenus",
        (ReserveListed, _) => "sur liste d’attente",
        (Rejected, true) => "non retenu",
        (Rejected, false) => "non retenus",
        (Deferred, true) => "reporté",
        (Deferred, false) => "reportés",
        (Withdrawn, true) => "retiré",
        (Withdrawn, false) => "retirés",
    }
}

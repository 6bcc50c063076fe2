//! The French names of codes that have no other home. A code never changes, a label may.

use super::roles::Role;

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

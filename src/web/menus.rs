//! The menu: which links each role gives, in the order of a day’s work.

use crate::domain::roles::Role;

/// The menu: the links each role gives.
pub(super) const MENU: &[(Role, &str, &str)] = &[
    (Role::Applicant, "/dossiers", "Mes dossiers"),
    (Role::Applicant, "/subventions", "Mes subventions"),
    (Role::Applicant, "/organisations", "Mes organisations"),
    (Role::Reviewer, "/comite", "Mes évaluations"),
    (Role::Reviewer, "/comite/declaration", "Mes liens d’intérêts"),
    (Role::Officer, "/instruction", "Instruction"),
    (Role::Officer, "/appels-a-projets", "Appels à projets"),
    (Role::Officer, "/seances", "Séances"),
    (Role::Officer, "/suivi", "Suivi des subventions"),
    (Role::Director, "/suivi", "Suivi des subventions"),
    (Role::Finance, "/suivi", "Suivi des subventions"),
    (Role::Auditor, "/suivi", "Suivi des subventions"),
    (Role::Director, "/direction", "À confirmer"),
    (Role::Finance, "/finances", "Finances"),
    (Role::Director, "/finances", "Finances"),
    (Role::Auditor, "/finances", "Finances"),
    (Role::Finance, "/finances/versements", "Versements"),
    (Role::Finance, "/finances/lots", "Lots de virements"),
    (Role::Director, "/finances/lots", "Lots de virements"),
    (Role::Finance, "/finances/comptes", "Comptes bancaires"),
    (Role::Finance, "/finances/bailleurs", "Bailleurs"),
    (Role::Finance, "/finances/preuves", "Preuves"),
    (Role::Finance, "/finances/exports", "Exports"),
    (Role::Funder, "/bailleur", "Mes conventions"),
    (Role::Admin, "/administration", "Personnes et rôles"),
    (Role::Admin, "/finances/bailleurs", "Bailleurs"),
    (Role::Admin, "/administration/courriels", "Courriels"),
    (Role::Admin, "/administration/historique", "Historique"),
    (Role::Auditor, "/administration/historique", "Historique"),
    (Role::Admin, "/administration/integrite", "Intégrité"),
    (Role::Auditor, "/administration/integrite", "Intégrité"),
    (Role::Finance, "/administration/integrite", "Intégrité"),
];

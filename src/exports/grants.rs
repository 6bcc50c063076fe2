//! Grants (subventions) as a table: what was asked, awarded, paid and remains.

use super::{
    Tabled,
    sheets::{Column, Table, shared},
};
pub use crate::usecases::exports::{GrantRow, Grants};

/// The table of grants.
pub const GRANTS: &Table<GrantRow> =
    &Table { name: "Subventions", columns: COLUMNS, fund: |row| &row.origin.fund_code };

#[rustfmt::skip]
const COLUMNS: &[Column<GrantRow>] = &[
    Column::text("fund_code", "Code du fonds", 12, |r| &r.origin.fund_code),
    Column::text("fund_name", "Fonds", 24, |r| &r.origin.fund_name),
    shared!(call_reference),
    shared!(call_title),
    Column::codes("axes", "Axes", 12, |r| &r.project.axes),
    Column::text("application_reference", "Dossier", 18, |r| &r.project.application_reference),
    Column::text("grant_reference", "Subvention", 18, |r| &r.project.grant_reference),
    Column::text("project_title", "Projet", 40, |r| &r.project.title),
    Column::text("beneficiary_name", "Bénéficiaire", 34, |r| &r.project.beneficiary.name),
    Column::text("beneficiary_siret", "SIRET", 17, |r| r.project.beneficiary.siret()),
    Column::text("beneficiary_rna", "RNA", 13, |r| r.project.beneficiary.rna()),
    Column::text("beneficiary_commune", "Commune", 20, |r| &r.project.beneficiary.commune),
    Column::text("beneficiary_department", "Département", 12, |r| &r.project.beneficiary.department),
    shared!(status),
    shared!(status_label),
    Column::money("budget", "Budget du projet (€)", |r| r.budget),
    Column::money("requested", "Demandé (€)", |r| Some(r.requested)),
    Column::money("awarded", "Attribué (€)", |r| Some(r.awarded)),
    Column::rate("rate_percent", "Taux (%)", |r| r.rate),
    Column::money("paid", "Payé (€)", |r| Some(r.paid)),
    Column::money("remaining", "Reste à payer (€)", |r| Some(r.remaining)),
    Column::split("funder_split", "Répartition par bailleur", 40, |r| &r.funder_split),
    Column::date("decided_on", "Décision du", |r| r.project.decided_on),
    Column::date("notified_on", "Notifiée le", |r| r.notified_on),
    Column::date("agreement_signed_on", "Convention signée le", |r| r.agreement_signed_on),
    Column::date("starts_on", "Début du projet", |r| r.starts_on),
    Column::date("ends_on", "Fin du projet", |r| r.ends_on),
    Column::date("report_due_on", "Bilan attendu le", |r| r.report_due_on),
];

impl Tabled for Grants {
    const TABLE: &'static Table<GrantRow> = GRANTS;
}

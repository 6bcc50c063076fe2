//! Grants (subventions) as a table: what was asked, awarded, paid and remains.

use super::sheets::{Beneficiary, Column, Form, FunderShare, Table, push_codes, push_split};
use crate::domain::money::{Euros, Rate};
use chrono::NaiveDate;

/// One grant as it leaves the house.
#[derive(Debug, Clone)]
pub struct GrantRow {
    pub fund_code: String,
    pub fund_name: String,
    pub call_reference: String,
    pub call_title: String,
    /// Codes of the strategic axes.
    pub axes: Vec<String>,
    pub application_reference: String,
    pub grant_reference: String,
    pub project_title: String,
    pub beneficiary: Beneficiary,
    /// Code of the state and its French label.
    pub status: &'static str,
    pub status_label: &'static str,
    /// The whole budget of the project.
    pub budget: Option<Euros>,
    pub requested: Euros,
    pub awarded: Euros,
    /// Part of the budget the award may cover at most.
    pub rate: Option<Rate>,
    pub paid: Euros,
    /// Not yet paid and still promised.
    pub remaining: Euros,
    pub decided_on: Option<NaiveDate>,
    pub notified_on: Option<NaiveDate>,
    pub agreement_signed_on: Option<NaiveDate>,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub report_due_on: Option<NaiveDate>,
    /// Adds up to `awarded`.
    pub funder_split: Vec<FunderShare>,
}

fn axes(row: &GrantRow, form: Form, text: &mut String) {
    push_codes(&row.axes, form, text);
}

fn funder_split(row: &GrantRow, form: Form, text: &mut String) {
    push_split(&row.funder_split, form, text);
}

/// The table of grants.
pub static GRANTS: Table<GrantRow> = Table { name: "Subventions", columns: COLUMNS, fund: |row| &row.fund_code };

#[rustfmt::skip]
const COLUMNS: &[Column<GrantRow>] = &[
    Column::text("fund_code", "Code du fonds", 12, |r| &r.fund_code),
    Column::text("fund_name", "Fonds", 24, |r| &r.fund_name),
    Column::text("call_reference", "Référence de l’appel", 18, |r| &r.call_reference),
    Column::text("call_title", "Appel à projets", 30, |r| &r.call_title),
    Column::written("axes", "Axes", 12, axes),
    Column::text("application_reference", "Dossier", 18, |r| &r.application_reference),
    Column::text("grant_reference", "Subvention", 18, |r| &r.grant_reference),
    Column::text("project_title", "Projet", 40, |r| &r.project_title),
    Column::text("beneficiary_name", "Bénéficiaire", 34, |r| &r.beneficiary.name),
    Column::text("beneficiary_siret", "SIRET", 17, |r| r.beneficiary.siret()),
    Column::text("beneficiary_rna", "RNA", 13, |r| r.beneficiary.rna()),
    Column::text("beneficiary_commune", "Commune", 20, |r| &r.beneficiary.commune),
    Column::text("beneficiary_department", "Département", 12, |r| &r.beneficiary.department),
    Column::text("status", "Code d’état", 12, |r| r.status),
    Column::text("status_label", "État", 18, |r| r.status_label),
    Column::money("budget", "Budget du projet (€)", |r| r.budget),
    Column::money("requested", "Demandé (€)", |r| Some(r.requested)),
    Column::money("awarded", "Attribué (€)", |r| Some(r.awarded)),
    Column::rate("rate_percent", "Taux (%)", |r| r.rate),
    Column::money("paid", "Payé (€)", |r| Some(r.paid)),
    Column::money("remaining", "Reste à payer (€)", |r| Some(r.remaining)),
    Column::written("funder_split", "Répartition par bailleur", 40, funder_split),
    Column::date("decided_on", "Décision du", |r| r.decided_on),
    Column::date("notified_on", "Notifiée le", |r| r.notified_on),
    Column::date("agreement_signed_on", "Convention signée le", |r| r.agreement_signed_on),
    Column::date("starts_on", "Début du projet", |r| r.starts_on),
    Column::date("ends_on", "Fin du projet", |r| r.ends_on),
    Column::date("report_due_on", "Bilan attendu le", |r| r.report_due_on),
];

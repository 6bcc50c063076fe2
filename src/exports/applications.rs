//! Applications (dossiers) as a table. Whoever asks for it has already been told which rows and marks they may see.

use super::sheets::{Beneficiary, Column, Form, Table, push_codes};
use crate::domain::{
    identity::Uai,
    money::{Euros, Rate},
    time::Moment,
};
use chrono::NaiveDate;

/// One application as it leaves the house.
#[derive(Debug, Clone)]
pub struct ApplicationRow {
    pub fund_code: String,
    pub fund_name: String,
    pub call_reference: String,
    pub call_title: String,
    pub application_reference: String,
    /// Code of the state and its French label.
    pub status: &'static str,
    pub status_label: &'static str,
    pub submitted_at: Option<Moment>,
    pub applicant: Beneficiary,
    /// The co-applicant, as a tandem has one: the school, and its number.
    pub partner_name: String,
    pub partner_uai: Option<Uai>,
    pub project_title: String,
    /// Codes of the strategic axes.
    pub axes: Vec<String>,
    /// Numbers of the Sustainable Development Goals.
    pub goals: Vec<String>,
    /// Country where the project happens, in French, when abroad.
    pub country: String,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub budget: Option<Euros>,
    pub requested: Option<Euros>,
    /// Absent while the decision is not announced.
    pub awarded: Option<Euros>,
    /// How many reviews have been submitted.
    pub reviews: Option<i64>,
    /// Mean mark, as a part of the highest possible one.
    pub score: Option<Rate>,
    pub rank: Option<i64>,
    pub decided_on: Option<NaiveDate>,
    /// Name of the programme officer (chargé·e de mission).
    pub officer: String,
}

fn axes(row: &ApplicationRow, form: Form, text: &mut String) {
    push_codes(&row.axes, form, text);
}

fn goals(row: &ApplicationRow, form: Form, text: &mut String) {
    push_codes(&row.goals, form, text);
}

/// The table of applications.
pub static APPLICATIONS: Table<ApplicationRow> =
    Table { name: "Dossiers", columns: COLUMNS, fund: |row| &row.fund_code };

#[rustfmt::skip]
const COLUMNS: &[Column<ApplicationRow>] = &[
    Column::text("fund_code", "Code du fonds", 12, |r| &r.fund_code),
    Column::text("fund_name", "Fonds", 24, |r| &r.fund_name),
    Column::text("call_reference", "Référence de l’appel", 18, |r| &r.call_reference),
    Column::text("call_title", "Appel à projets", 30, |r| &r.call_title),
    Column::text("application_reference", "Dossier", 18, |r| &r.application_reference),
    Column::text("status", "Code d’état", 12, |r| r.status),
    Column::text("status_label", "État", 18, |r| r.status_label),
    Column::instant("submitted_at", "Déposé le (heure de Paris)", |r| r.submitted_at),
    Column::text("applicant_name", "Structure", 34, |r| &r.applicant.name),
    Column::text("applicant_siret", "SIRET", 17, |r| r.applicant.siret()),
    Column::text("applicant_rna", "RNA", 13, |r| r.applicant.rna()),
    Column::text("applicant_commune", "Commune", 20, |r| &r.applicant.commune),
    Column::text("applicant_department", "Département", 12, |r| &r.applicant.department),
    Column::text("partner_name", "Partenaire", 30, |r| &r.partner_name),
    Column::text("partner_uai", "UAI du partenaire", 12, |r| r.partner_uai.as_ref().map_or("", |uai| uai.as_str())),
    Column::text("project_title", "Projet", 40, |r| &r.project_title),
    Column::written("axes", "Axes", 12, axes),
    Column::written("goals", "ODD", 12, goals),
    Column::text("country", "Pays", 18, |r| &r.country),
    Column::date("starts_on", "Début du projet", |r| r.starts_on),
    Column::date("ends_on", "Fin du projet", |r| r.ends_on),
    Column::money("budget", "Budget du projet (€)", |r| r.budget),
    Column::money("requested", "Demandé (€)", |r| r.requested),
    Column::money("awarded", "Attribué (€)", |r| r.awarded),
    Column::integer("reviews", "Notations rendues", |r| r.reviews),
    Column::rate("score_percent", "Note moyenne (%)", |r| r.score),
    Column::integer("rank", "Rang", |r| r.rank),
    Column::date("decided_on", "Décision du", |r| r.decided_on),
    Column::text("officer", "Suivi par", 24, |r| &r.officer),
];

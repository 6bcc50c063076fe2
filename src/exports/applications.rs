//! Applications (dossiers) as a table. Whoever asks for it has already been told which rows and marks they may see.

use super::{
    Tabled,
    sheets::{Column, Table, shared},
};
pub use crate::usecases::exports::{ApplicationRow, Applications};

/// The table of applications.
pub const APPLICATIONS: &Table<ApplicationRow> =
    &Table { name: "Dossiers", columns: COLUMNS, fund: |row| &row.origin.fund_code };

#[rustfmt::skip]
const COLUMNS: &[Column<ApplicationRow>] = &[
    Column::text("fund_code", "Code du fonds", 12, |r| &r.origin.fund_code),
    Column::text("fund_name", "Fonds", 24, |r| &r.origin.fund_name),
    shared!(call_reference),
    shared!(call_title),
    shared!(application_reference),
    shared!(status),
    shared!(status_label),
    Column::instant("submitted_at", "Déposé le (heure de Paris)", |r| r.submitted_at),
    Column::text("applicant_name", "Organisation", 34, |r| &r.applicant.name),
    Column::text("applicant_siret", "SIRET", 17, |r| r.applicant.siret()),
    Column::text("applicant_rna", "RNA", 13, |r| r.applicant.rna()),
    Column::text("applicant_commune", "Commune", 20, |r| &r.applicant.commune),
    Column::text("applicant_department", "Département", 12, |r| &r.applicant.department),
    Column::text("partner_name", "Partenaire", 30, |r| &r.partner_name),
    Column::text("partner_uai", "UAI du partenaire", 12, |r| r.partner_uai.as_ref().map_or("", |uai| uai.as_str())),
    shared!(project_title),
    Column::codes("axes", "Axes", 12, |r| &r.axes),
    Column::codes("goals", "ODD", 12, |r| &r.goals),
    Column::text("country", "Pays", 18, |r| &r.country),
    Column::date("starts_on", "Début du projet", |r| r.starts_on),
    Column::date("ends_on", "Fin du projet", |r| r.ends_on),
    Column::money("budget", "Budget du projet (€)", |r| r.budget),
    shared!(requested),
    shared!(awarded),
    shared!(reviews),
    Column::rate("score_percent", "Note moyenne (%)", |r| r.score),
    shared!(rank),
    Column::date("decided_on", "Décision du", |r| r.decided_on),
];

impl Tabled for Applications {
    const TABLE: &'static Table<ApplicationRow> = APPLICATIONS;
}

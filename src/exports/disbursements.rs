//! Disbursements (versements) as a table: one row for each, with where its money comes from.

use super::{
    Tabled,
    sheets::{Column, Table, shared},
};
pub use crate::usecases::exports::{DisbursementRow, Disbursements};

/// The table of disbursements.
pub const DISBURSEMENTS: &Table<DisbursementRow> =
    &Table { name: "Versements", columns: COLUMNS, fund: |row| &row.origin.fund_code };

#[rustfmt::skip]
const COLUMNS: &[Column<DisbursementRow>] = &[
    Column::text("fund_code", "Code du fonds", 12, |r| &r.origin.fund_code),
    Column::text("fund_name", "Fonds", 24, |r| &r.origin.fund_name),
    shared!(call_reference),
    shared!(call_title),
    Column::codes("axes", "Axes", 12, |r| &r.project.axes),
    Column::text("application_reference", "Dossier", 18, |r| &r.project.application_reference),
    Column::text("grant_reference", "Subvention", 18, |r| &r.project.grant_reference),
    Column::text("project_title", "Projet", 40, |r| &r.project.title),
    Column::date("decided_on", "Décision du", |r| r.project.decided_on),
    Column::text("beneficiary_name", "Bénéficiaire", 34, |r| &r.project.beneficiary.name),
    Column::text("beneficiary_siret", "SIRET", 17, |r| r.project.beneficiary.siret()),
    Column::text("beneficiary_rna", "RNA", 13, |r| r.project.beneficiary.rna()),
    Column::text("beneficiary_commune", "Commune", 20, |r| &r.project.beneficiary.commune),
    Column::text("beneficiary_department", "Département", 12, |r| &r.project.beneficiary.department),
    Column::integer("sequence", "Rang", |r| Some(r.sequence)),
    Column::text("kind", "Code de nature", 12, |r| r.kind),
    Column::text("kind_label", "Nature", 16, |r| r.kind_label),
    shared!(status),
    Column::text("status_label", "État", 16, |r| r.status_label),
    Column::money("amount", "Montant (€)", |r| Some(r.amount)),
    Column::split("funder_split", "Répartition par bailleur", 40, |r| &r.funder_split),
    Column::date("due_on", "Échéance", |r| r.due_on),
    Column::date("authorised_on", "Ordonné le", |r| r.authorised_on),
    Column::date("paid_on", "Payé le", |r| r.paid_on),
    Column::text("payment_run", "Lot de virements", 18, |r| &r.payment_run),
    Column::text("end_to_end_id", "Identifiant de bout en bout", 28, |r| &r.end_to_end_id),
    Column::masked("iban_masked", "IBAN (masqué)", 22, |r| r.account.as_ref().map(|account| &account.iban)),
    Column::text("account_holder", "Titulaire du compte", 30, |r| r.account.as_ref().map_or("", |account| &account.holder)),
];

impl Tabled for Disbursements {
    const TABLE: &'static Table<DisbursementRow> = DISBURSEMENTS;
}

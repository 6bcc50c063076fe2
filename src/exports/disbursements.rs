//! Disbursements (versements) as a table: one row for each, with where its money comes from.

use super::sheets::{Beneficiary, Column, Form, FunderShare, Table, push_codes, push_split};
use crate::domain::{identity::Iban, money::Euros};
use chrono::NaiveDate;

/// One disbursement as it leaves the house.
#[derive(Debug, Clone)]
pub struct DisbursementRow {
    pub fund_code: String,
    pub fund_name: String,
    pub call_reference: String,
    pub call_title: String,
    /// Codes of the strategic axes.
    pub axes: Vec<String>,
    pub application_reference: String,
    pub grant_reference: String,
    pub project_title: String,
    /// When the grant was decided.
    pub decided_on: Option<NaiveDate>,
    /// Code of the kind (advance, instalment, balance) and its French label.
    pub kind: &'static str,
    pub kind_label: &'static str,
    /// Its place in the schedule of the grant, from 1.
    pub sequence: i64,
    /// Code of the state and its French label.
    pub status: &'static str,
    pub status_label: &'static str,
    pub beneficiary: Beneficiary,
    pub amount: Euros,
    pub due_on: Option<NaiveDate>,
    pub authorised_on: Option<NaiveDate>,
    pub paid_on: Option<NaiveDate>,
    /// Reference of the payment run, once in one.
    pub payment_run: String,
    /// What the bank gives back with the payment.
    pub end_to_end_id: String,
    /// Written masked.
    pub iban: Option<Iban>,
    pub account_holder: String,
    /// Adds up to `amount`.
    pub funder_split: Vec<FunderShare>,
}

fn axes(row: &DisbursementRow, form: Form, text: &mut String) {
    push_codes(&row.axes, form, text);
}

fn masked_iban(row: &DisbursementRow, _: Form, text: &mut String) {
    if let Some(iban) = &row.iban {
        text.push_str(&iban.masked());
    }
}

fn funder_split(row: &DisbursementRow, form: Form, text: &mut String) {
    push_split(&row.funder_split, form, text);
}

/// The table of disbursements.
pub static DISBURSEMENTS: Table<DisbursementRow> =
    Table { name: "Versements", columns: COLUMNS, fund: |row| &row.fund_code };

#[rustfmt::skip]
const COLUMNS: &[Column<DisbursementRow>] = &[
    Column::text("fund_code", "Code du fonds", 12, |r| &r.fund_code),
    Column::text("fund_name", "Fonds", 24, |r| &r.fund_name),
    Column::text("call_reference", "Référence de l’appel", 18, |r| &r.call_reference),
    Column::text("call_title", "Appel à projets", 30, |r| &r.call_title),
    Column::written("axes", "Axes", 12, axes),
    Column::text("application_reference", "Dossier", 18, |r| &r.application_reference),
    Column::text("grant_reference", "Subvention", 18, |r| &r.grant_reference),
    Column::text("project_title", "Projet", 40, |r| &r.project_title),
    Column::date("decided_on", "Décision du", |r| r.decided_on),
    Column::text("beneficiary_name", "Bénéficiaire", 34, |r| &r.beneficiary.name),
    Column::text("beneficiary_siret", "SIRET", 17, |r| r.beneficiary.siret()),
    Column::text("beneficiary_rna", "RNA", 13, |r| r.beneficiary.rna()),
    Column::text("beneficiary_commune", "Commune", 20, |r| &r.beneficiary.commune),
    Column::text("beneficiary_department", "Département", 12, |r| &r.beneficiary.department),
    Column::integer("sequence", "Rang", |r| Some(r.sequence)),
    Column::text("kind", "Code de nature", 12, |r| r.kind),
    Column::text("kind_label", "Nature", 16, |r| r.kind_label),
    Column::text("status", "Code d’état", 12, |r| r.status),
    Column::text("status_label", "État", 16, |r| r.status_label),
    Column::money("amount", "Montant (€)", |r| Some(r.amount)),
    Column::written("funder_split", "Répartition par bailleur", 40, funder_split),
    Column::date("due_on", "Échéance", |r| r.due_on),
    Column::date("authorised_on", "Ordonné le", |r| r.authorised_on),
    Column::date("paid_on", "Payé le", |r| r.paid_on),
    Column::text("payment_run", "Lot de virements", 18, |r| &r.payment_run),
    Column::text("end_to_end_id", "Identifiant de bout en bout", 28, |r| &r.end_to_end_id),
    Column::written("iban_masked", "IBAN (masqué)", 22, masked_iban),
    Column::text("account_holder", "Titulaire du compte", 30, |r| &r.account_holder),
];

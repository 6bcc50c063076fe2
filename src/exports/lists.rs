//! Lists of the site as tables that leave the house: the lines a list shows, with its filters, under keys that never
//! change.

use super::{
    csv_files::CsvRows,
    sheets::{Cell, ExportError, Form, Heading},
    xlsx_files::begin_pages,
};
use std::{convert::Infallible, io::Cursor};

/// Why a list could not be written.
pub type ListError = ExportError<Infallible>;

/// One column of a list: its key for programs, its heading for people, its width in characters.
pub type ListColumn = (&'static str, &'static str, u16);

/// A list that leaves the house.
#[derive(Debug)]
pub struct List {
    /// What its file is called, without the day.
    pub file: &'static str,
    /// Its name for people, and that of its sheet.
    pub name: &'static str,
    pub columns: &'static [ListColumn],
}

const STATUS: ListColumn = ("status", "Code d’état", 12);
const STATUS_LABEL: ListColumn = ("status_label", "État", 24);
const REMARKS: ListColumn = ("remarks", "Remarques", 60);

/// Files by what is to be done with them.
pub const FILES: &List = &List {
    file: "instruction",
    name: "Dossiers à instruire",
    columns: &[
        ("application_reference", "Dossier", 18),
        ("project_title", "Projet", 40),
        ("applicant_name", "Structure", 34),
        ("call_reference", "Référence de l’appel", 18),
        ("call_title", "Appel à projets", 30),
        ("requested", "Demandé (€)", 16),
        STATUS,
        STATUS_LABEL,
        ("status_at", "Depuis le (heure de Paris)", 18),
        ("next_step", "À faire", 34),
    ],
};

/// Grants by what they wait for.
pub const FOLLOWED: &List = &List {
    file: "suivi",
    name: "Subventions suivies",
    columns: &[
        ("grant_reference", "Subvention", 18),
        ("project_title", "Projet", 40),
        ("beneficiary_name", "Bénéficiaire", 34),
        ("fund_name", "Fonds", 24),
        ("awarded", "Attribué (€)", 16),
        STATUS,
        STATUS_LABEL,
        ("waits_for", "Ce qui attend", 50),
    ],
};

/// Disbursements in one state.
pub const PAYMENTS: &List = &List {
    file: "versements-liste",
    name: "Versements",
    columns: &[
        ("beneficiary_name", "Bénéficiaire", 34),
        ("grant_reference", "Subvention", 18),
        ("call_title", "Appel à projets", 30),
        ("number", "Numéro", 10),
        ("kind_label", "Nature", 18),
        ("amount", "Montant (€)", 16),
        STATUS,
        STATUS_LABEL,
        ("due_on", "Échéance", 12),
        ("paid_on", "Versé le", 12),
        REMARKS,
    ],
};

/// Payment runs.
pub const RUNS: &List = &List {
    file: "lots",
    name: "Lots de virements",
    columns: &[
        ("run_reference", "Lot", 18),
        ("execution_on", "Exécution", 12),
        ("prepared_by", "Préparé par", 28),
        ("payments", "Virements", 10),
        ("total", "Total (€)", 16),
        STATUS,
        STATUS_LABEL,
    ],
};

/// What is to be paid back.
pub const RECOVERIES: &List = &List {
    file: "trop-percus",
    name: "Trop-perçus",
    columns: &[
        ("beneficiary_name", "Organisation", 34),
        ("grant_reference", "Subvention", 18),
        ("amount", "Montant (€)", 16),
        ("requested_on", "Demandé le", 12),
        ("due_on", "À rendre avant le", 12),
        STATUS,
        STATUS_LABEL,
    ],
};

/// Accounts to verify.
pub const ACCOUNTS: &List = &List {
    file: "comptes-a-verifier",
    name: "Comptes à vérifier",
    columns: &[
        ("organisation_name", "Organisation", 34),
        ("holder_name", "Titulaire sur le RIB", 34),
        ("iban_masked", "IBAN (masqué)", 34),
        STATUS,
        STATUS_LABEL,
        ("entered_at", "Saisi le (heure de Paris)", 18),
        ("entered_by", "Saisi par", 28),
        REMARKS,
    ],
};

/// Bank statements that were imported.
pub const STATEMENTS: &List = &List {
    file: "releves",
    name: "Relevés de banque",
    columns: &[
        ("from_on", "Du", 12),
        ("until_on", "Au", 12),
        ("iban_masked", "Compte (masqué)", 34),
        ("file_name", "Fichier", 30),
        ("imported_by", "Importé par", 28),
        ("imported_at", "Importé le (heure de Paris)", 18),
        ("lines", "Opérations", 10),
        ("confirmed", "Constatées", 10),
    ],
};

/// Agreements with funders.
pub const AGREEMENTS: &List = &List {
    file: "conventions",
    name: "Conventions",
    columns: &[
        ("source_reference", "Convention", 24),
        ("title", "Objet", 40),
        ("funder_name", "Bailleur", 30),
        ("starts_on", "Début", 12),
        ("ends_on", "Fin", 12),
        ("regranting_clause", "Clause de reversement", 50),
        ("amount", "Montant (€)", 16),
        ("expected", "Attendu à ce jour (€)", 18),
        ("received", "Reçu (€)", 16),
        ("paid", "Versé (€)", 16),
        ("in_hand", "Trésorerie (€)", 16),
        ("next_report", "Rapport à rendre", 34),
        ("next_report_due_on", "À rendre le", 12),
    ],
};

/// Accounts the house pays from.
pub const PAYERS: &List = &List {
    file: "comptes-payeurs",
    name: "Comptes payeurs",
    columns: &[
        ("holder_name", "Titulaire", 34),
        ("iban_masked", "IBAN (masqué)", 34),
        ("proposed_by", "Proposé par", 28),
        ("confirmed_by", "Confirmé par", 28),
        ("confirmed_at", "Confirmé le (heure de Paris)", 18),
        STATUS,
        STATUS_LABEL,
    ],
};

/// Evidence packs.
pub const PACKS: &List = &List {
    file: "preuves",
    name: "Dossiers de preuves",
    columns: &[
        ("funder_name", "Bailleur", 30),
        ("from_on", "Du", 12),
        ("until_on", "Au", 12),
        ("asked_by", "Demandé par", 28),
        ("asked_at", "Demandé le (heure de Paris)", 18),
        STATUS,
        STATUS_LABEL,
    ],
};

/// Files made for the accountant.
pub const ACCOUNTING_FILES: &List = &List {
    file: "fichiers-comptables",
    name: "Fichiers d’écritures",
    columns: &[
        ("file_name", "Fichier", 34),
        ("from_on", "Du", 12),
        ("until_on", "Au", 12),
        ("entries", "Écritures", 10),
        ("total", "Débit et crédit (€)", 18),
        ("made_by", "Fait par", 28),
        ("made_at", "Fait le (heure de Paris)", 18),
        ("sha256", "Empreinte SHA-256", 66),
    ],
};

/// Every list that leaves.
pub const LISTS: [&List; 11] =
    [FILES, FOLLOWED, PAYMENTS, RUNS, RECOVERIES, ACCOUNTS, STATEMENTS, AGREEMENTS, PAYERS, PACKS, ACCOUNTING_FILES];

impl List {
    fn headings(&self) -> Vec<Heading> {
        self.columns.iter().map(|(key, heading, width)| Heading::new(key, heading, *width)).collect()
    }

    /// The list as CSV.
    pub fn csv(&self, rows: &[Vec<Cell>], form: Form) -> Result<Vec<u8>, ListError> {
        let mut bytes = Vec::new();
        let mut file = CsvRows::begin(&self.headings(), form, &mut bytes)?;
        rows.iter().try_for_each(|cells| file.write(cells))?;
        file.end()?;
        Ok(bytes)
    }

    /// The list as a workbook of one sheet.
    pub fn xlsx(&self, rows: &[Vec<Cell>]) -> Result<Vec<u8>, ListError> {
        let mut book = begin_pages();
        let place = book.open(self.name, &self.headings())?;
        rows.iter().try_for_each(|cells| book.write(place, cells))?;
        let mut bytes = Cursor::new(Vec::new());
        book.end(&mut bytes)?;
        Ok(bytes.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_a_list_is_its_own() {
        for list in LISTS {
            let mut keys: Vec<_> = list.columns.iter().map(|(key, ..)| *key).collect();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), list.columns.len(), "{}", list.name);
        }
    }

    #[test]
    fn a_program_reads_keys_and_a_person_reads_headings() {
        let row: Vec<Cell> = RUNS.columns.iter().map(|_| Cell::Text("x".into())).collect();
        let read = |form| String::from_utf8(RUNS.csv(std::slice::from_ref(&row), form).unwrap()).unwrap();
        assert!(read(Form::Machine).starts_with("run_reference,execution_on,prepared_by,payments,total,status,"));
        assert!(read(Form::French).contains("Lot;Exécution;Préparé par;Virements;"));
    }
}

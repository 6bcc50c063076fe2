//! Lists of the site as tables that leave the house: the lines a list shows, with its filters, under keys that never
//! change.

use super::{
    csv_files::CsvRows,
    sheets::{Cell, ExportError, Form, Heading},
    xlsx_files::{MOST_ROWS, begin_pages},
};
use std::{
    fs::File,
    io::{BufWriter, Seek, Write},
};

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
const FUNDING: ListColumn = ("funding", "Part de chaque bailleur", 44);

/// Files by what is to be done with them.
pub const FILES: &List = &List {
    file: "instruction",
    name: "Dossiers à instruire",
    columns: &[
        ("application_reference", "Dossier", 18),
        ("project_title", "Projet", 40),
        ("applicant_name", "Organisation", 34),
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
        FUNDING,
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

/// The transfers of one payment run.
pub const RUN_LINES: &List = &List {
    file: "virements-du-lot",
    name: "Virements d’un lot",
    columns: &[
        ("run_reference", "Lot", 18),
        ("beneficiary_name", "Bénéficiaire", 34),
        ("grant_reference", "Subvention", 18),
        ("fund_name", "Fonds", 24),
        ("number", "Numéro", 10),
        ("kind_label", "Nature", 18),
        ("account_holder", "Titulaire du compte", 30),
        ("iban_masked", "IBAN (masqué)", 34),
        ("end_to_end_id", "Identifiant de bout en bout", 36),
        STATUS,
        STATUS_LABEL,
        ("paid_on", "Versé le", 12),
        ("kept_back", "Trop-perçu déduit (€)", 18),
        ("amount", "Montant (€)", 16),
        ("funder_split", "Répartition par bailleur", 40),
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
        ("to_confirm", "À confirmer", 10),
        ("to_examine", "À examiner", 10),
    ],
};

/// The lines of one bank statement, with what is thought of each.
pub const STATEMENT_LINES: &List = &List {
    file: "operations-du-releve",
    name: "Opérations d’un relevé",
    columns: &[
        ("position", "Rang", 8),
        ("booked_on", "Date de l’opération", 12),
        ("counterpart", "Contrepartie", 34),
        ("account_masked", "Compte (masqué)", 34),
        ("label", "Libellé", 50),
        ("amount", "Montant (€)", 16),
        ("foreign_amount", "Montant en devise", 18),
        ("end_to_end_id", "Identifiant de bout en bout", 36),
        ("bank_reference", "Référence de la banque", 24),
        STATUS,
        STATUS_LABEL,
        ("outcome", "Ce qui en découle", 60),
        REMARKS,
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

/// What has to leave: a line for each disbursement.
pub const PAYABLES: &List = &List {
    file: "a-verser",
    name: "À verser",
    columns: &[
        ("beneficiary_name", "Bénéficiaire", 34),
        ("grant_reference", "Subvention", 18),
        ("call_title", "Appel à projets", 30),
        ("kind", "Nature", 12),
        ("sequence", "Rang", 8),
        ("status", "État", 18),
        ("due_on", "Échéance", 12),
        ("not_before", "Pas avant le", 12),
        ("waits_for", "Ce qui manque", 44),
        ("turn", "Qui doit agir", 28),
        ("amount", "Montant (€)", 16),
        FUNDING,
    ],
};

/// What comes in and leaves each month.
pub const CASH: &List = &List {
    file: "tresorerie",
    name: "Trésorerie",
    columns: &[
        ("funder", "Bailleur", 30),
        ("source", "Financement", 18),
        ("month", "Mois", 10),
        ("paid", "Versé (€)", 16),
        ("in_run", "Dans un lot (€)", 16),
        ("due", "Dû (€)", 16),
        ("planned", "Prévu (€)", 16),
        ("left", "Reste disponible (€)", 18),
        ("received", "Reçu (€)", 16),
        ("returned", "Trop-perçus rendus (€)", 18),
        ("late", "Attendu, en retard (€)", 18),
        ("awaited", "Attendu (€)", 16),
        ("asked_back", "À récupérer (€)", 16),
        ("in_hand", "Trésorerie (€)", 16),
    ],
};

/// What funders have still to pay.
pub const AWAITED: &List = &List {
    file: "attendu-des-bailleurs",
    name: "Attendu des bailleurs",
    columns: &[
        ("funder_name", "Bailleur", 30),
        ("source_reference", "Convention", 24),
        ("label", "Versement", 34),
        ("expected_on", "Attendu le", 12),
        ("expected", "Attendu (€)", 16),
        STATUS,
        STATUS_LABEL,
    ],
};

/// How far the money of each call has gone, source by source.
pub const MONEY: &List = &List {
    file: "vue-des-fonds",
    name: "Fonds par appel",
    columns: &[
        ("fund_name", "Fonds", 24),
        ("call_reference", "Référence de l’appel", 18),
        ("call_title", "Appel à projets", 30),
        ("source_reference", "Convention", 24),
        ("funder_name", "Bailleur", 30),
        ("envelope", "Enveloppe (€)", 16),
        ("committed", "Engagé (€)", 16),
        ("authorised", "Autorisé (€)", 16),
        ("paid", "Versé (€)", 16),
        ("left", "Disponible (€)", 16),
    ],
};

/// What is marked for an axis or a fund, and what is left of it.
pub const EARMARKS: &List = &List {
    file: "flechages",
    name: "Fléchages",
    columns: &[
        ("set_by", "Fixé par", 28),
        ("marked_for", "Axe ou fonds", 34),
        ("limit", "Limite", 18),
        ("marked", "Fléché (€)", 16),
        ("committed", "Engagé (€)", 16),
        ("left", "Reste (€)", 16),
    ],
};

/// What a funder was to pay on an agreement, and what it paid.
pub const INSTALMENTS: &List = &List {
    file: "versements-du-bailleur",
    name: "Versements du bailleur",
    columns: &[
        ("source_reference", "Convention", 24),
        ("label", "Versement", 34),
        ("expected_on", "Attendu le", 12),
        ("expected", "Attendu (€)", 16),
        ("received_on", "Reçu le", 12),
        ("received", "Reçu (€)", 16),
        ("bank_reference", "Référence de la banque", 24),
        STATUS,
        STATUS_LABEL,
    ],
};

/// What the house owes a funder in writing on an agreement.
pub const SOURCE_REPORTS: &List = &List {
    file: "rapports-au-bailleur",
    name: "Rapports dus au bailleur",
    columns: &[
        ("source_reference", "Convention", 24),
        ("title", "Rapport", 40),
        ("due_on", "Pour le", 12),
        ("sent_on", "Envoyé le", 12),
        STATUS,
        STATUS_LABEL,
    ],
};

/// The reports that the house owes to funders soon, or late already.
pub const REPORTS_DUE: &List = &List {
    file: "rapports-dus-aux-bailleurs",
    name: "Rapports dus bientôt",
    columns: &[
        ("funder_name", "Bailleur", 30),
        ("source_reference", "Convention", 24),
        ("title", "Rapport", 40),
        ("due_on", "Pour le", 12),
        STATUS,
        STATUS_LABEL,
    ],
};

/// The grants a funder pays for, over a period.
pub const FUNDED: &List = &List {
    file: "subventions-du-bailleur",
    name: "Subventions de la période",
    columns: &[
        ("grant_reference", "Subvention", 18),
        ("beneficiary_name", "Bénéficiaire", 34),
        ("project_title", "Projet", 40),
        ("decided_on", "Décision", 12),
        ("status_label", "État", 24),
        ("awarded", "Accordé (€)", 16),
        ("paid", "Versé (€)", 16),
        ("owed_reports", "Bilans attendus", 50),
    ],
};

/// Every list that leaves.
#[rustfmt::skip]
pub const LISTS: [&List; 22] = [
    FILES, FOLLOWED, PAYMENTS, RUNS, RUN_LINES, RECOVERIES, ACCOUNTS, STATEMENTS, STATEMENT_LINES, AGREEMENTS, PAYERS,
    PACKS, ACCOUNTING_FILES, PAYABLES, CASH, AWAITED, MONEY, EARMARKS, INSTALMENTS, SOURCE_REPORTS, REPORTS_DUE, FUNDED,
];

impl List {
    fn headings(&self) -> Vec<Heading> {
        self.columns.iter().map(|(key, heading, width)| Heading::new(key, heading, *width)).collect()
    }

    /// Writes the list as CSV, each row as it comes.
    pub fn csv<E>(
        &self,
        form: Form,
        rows: impl Iterator<Item = Result<Vec<Cell>, E>>,
        to: impl Write,
    ) -> Result<u64, ExportError<E>> {
        let mut file = CsvRows::begin(&self.headings(), form, to)?;
        for cells in rows {
            file.write(&cells.map_err(ExportError::Rows)?)?;
        }
        Ok(file.end()?)
    }

    /// Writes the list as a workbook to a temporary file without a name, ready to be read from its beginning. A sheet that
    /// is full is followed by another one.
    pub fn xlsx<E>(&self, rows: impl Iterator<Item = Result<Vec<Cell>, E>>) -> Result<File, ExportError<E>> {
        let mut book = begin_pages();
        let mut place = book.open(self.name, &self.headings())?;
        let mut on_sheet = 0;
        for cells in rows {
            if on_sheet == MOST_ROWS {
                place = book.open(self.name, &self.headings())?;
                on_sheet = 0;
            }
            book.write(place, &cells.map_err(ExportError::Rows)?)?;
            on_sheet += 1;
        }
        let mut file = tempfile::tempfile()?;
        let mut to = BufWriter::new(&mut file);
        book.end(&mut to)?;
        to.flush()?;
        drop(to);
        file.rewind()?;
        Ok(file)
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
        let read = |form| {
            let (mut bytes, rows) = (Vec::new(), [Ok::<_, std::convert::Infallible>(row.clone())]);
            assert_eq!(RUNS.csv(form, rows.into_iter(), &mut bytes).unwrap(), 1);
            String::from_utf8(bytes).unwrap()
        };
        assert!(read(Form::Machine).starts_with("run_reference,execution_on,prepared_by,payments,total,status,"));
        assert!(read(Form::French).contains("Lot;Exécution;Préparé par;Virements;"));
    }
}

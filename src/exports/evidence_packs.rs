//! Evidence packs: the statement as a workbook, and the archive that holds it with the proofs and the SHA-256 of each file.
//! Nothing here knows what time it is: the same facts and the same papers make the same bytes.

use super::{
    archives::Archive,
    sheets::{Cell, Heading},
    xlsx_files::{Pages, begin_pages},
};
use crate::{
    domain::{
        correspondence::evidence_packs::{class_name, report_title},
        evidence_packs::{Evidence, GrantFacts},
    },
    usecases::evidence_packs::digest,
};
use rust_xlsxwriter::XlsxError;
use std::io::{self, Cursor};

const README: &str = "LISEZ-MOI.txt";
const WORKBOOK: &str = "01-etat/etat.xlsx";
/// As `sha256sum --check` reads it.
const MANIFEST: &str = "empreintes-sha256.txt";

/// The columns of a sheet: key, heading, width.
pub type Columns = &'static [(&'static str, &'static str, u16)];

const SOURCES: Columns = &[
    ("reference", "Convention", 24),
    ("title", "Objet", 40),
    ("starts_on", "Début", 12),
    ("ends_on", "Fin", 12),
    ("eligible_from", "Éligible du", 12),
    ("eligible_until", "Éligible au", 12),
    ("clause", "Clause de reversement", 40),
    ("ceiling", "Plafond par bénéficiaire", 16),
    ("amount", "Montant", 16),
    ("expected", "Attendu du bailleur", 16),
    ("received", "Reçu du bailleur", 16),
    ("committed", "Engagé, à autoriser", 16),
    ("authorised", "Autorisé, à verser", 16),
    ("paid", "Versé depuis le début", 16),
    ("recovered", "Trop-perçu reversé", 16),
    ("in_hand", "Trésorerie", 16),
    ("paid_in_period", "Versé sur la période", 16),
];
const GRANTS: Columns = &[
    ("grant_reference", "Subvention", 18),
    ("application_reference", "Dossier", 18),
    ("beneficiary", "Bénéficiaire", 34),
    ("siret", "SIRET", 17),
    ("city", "Commune", 20),
    ("project", "Projet", 40),
    ("call", "Appel à projets", 30),
    ("fund", "Fonds", 20),
    ("decided_on", "Décision", 12),
    ("agreed_on", "Accord ou convention signée", 14),
    ("state", "État", 18),
    ("awarded", "Accordé par ce bailleur", 16),
    ("recovered", "Trop-perçu reversé", 16),
    ("paid", "Versé sur la période", 16),
];
const PAYMENTS: Columns = &[
    ("grant_reference", "Subvention", 18),
    ("beneficiary", "Bénéficiaire", 34),
    ("number", "Rang", 8),
    ("kind", "Nature", 14),
    ("source", "Convention", 24),
    ("amount", "Part de ce bailleur", 16),
    ("whole", "Versement entier", 16),
    ("paid_on", "Payé le", 12),
    ("end_to_end_id", "Identifiant de bout en bout", 28),
    ("payment_run", "Lot de virements", 18),
    ("bank_reference", "Référence de la banque", 24),
    ("is_eligible", "Dans les dates d’éligibilité", 14),
    ("left_bank", "Sorti de la banque", 16),
    ("kept_back", "Trop-perçu déduit", 16),
    ("payee", "Payé à un comptable public", 40),
];
/// How many of them, the last ones, facts frozen before do not say: their archive stays the same to the byte.
const TOLD_SINCE: usize = 3;
const CLASSES: Columns = &[
    ("grant_reference", "Subvention", 18),
    ("beneficiary", "Bénéficiaire", 34),
    ("side", "Sens", 12),
    ("class", "Classe de comptes", 40),
    ("planned", "Prévu", 16),
    ("actual", "Réalisé", 16),
];
const REPORTS: Columns = &[
    ("grant_reference", "Subvention", 18),
    ("beneficiary", "Bénéficiaire", 34),
    ("kind", "Bilan", 22),
    ("due_on", "Échéance", 12),
    ("filed_on", "Déposé le", 12),
    ("state", "État", 18),
    ("is_owed", "Attendu", 10),
];
const PROOFS: Columns = &[
    ("grant_reference", "Subvention", 18),
    ("title", "Pièce", 44),
    ("path", "Fichier", 60),
    ("sha256", "SHA-256", 66),
];

/// The sheets of the workbook in their order: what each is called there, what it is called elsewhere, its columns.
pub const SHEETS: [(&str, &str, Columns); 6] = [
    ("Conventions", "Dossier de preuves\u{a0}: conventions", SOURCES),
    ("Subventions", "Dossier de preuves\u{a0}: subventions", GRANTS),
    ("Versements", "Dossier de preuves\u{a0}: versements", PAYMENTS),
    ("Comptes", "Dossier de preuves\u{a0}: comptes", CLASSES),
    ("Bilans", "Dossier de preuves\u{a0}: bilans", REPORTS),
    ("Pièces", "Dossier de preuves\u{a0}: pièces", PROOFS),
];

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn yes(is: bool) -> Cell {
    text(if is { "oui" } else { "non" })
}

fn some<T>(value: Option<T>, cell: impl FnOnce(T) -> Cell) -> Cell {
    value.map_or(Cell::Empty, cell)
}

/// Writes a sheet.
fn sheet(pages: &mut Pages, name: &str, columns: Columns, rows: Vec<Vec<Cell>>) -> Result<(), XlsxError> {
    let headings: Vec<_> = columns.iter().map(|(key, heading, width)| Heading::new(key, heading, *width)).collect();
    let place = pages.open(name, &headings)?;
    rows.iter().try_for_each(|row| pages.write(place, row))?;
    pages.close()
}

fn sources(evidence: &Evidence) -> Vec<Vec<Cell>> {
    let row = |source: &crate::domain::evidence_packs::SourceFacts| {
        vec![
            text(&source.reference),
            text(&source.title),
            Cell::Date(source.starts_on),
            Cell::Date(source.ends_on),
            Cell::Date(source.eligible_from),
            Cell::Date(source.eligible_until),
            text(source.clause.clone().unwrap_or_default()),
            some(source.ceiling, Cell::Money),
            Cell::Money(source.amount),
            Cell::Money(source.expected),
            Cell::Money(source.received),
            Cell::Money(source.committed),
            Cell::Money(source.authorised),
            Cell::Money(source.paid),
            Cell::Money(source.recovered),
            Cell::Money(source.in_hand()),
            Cell::Money(source.paid_in_period),
        ]
    };
    evidence.sources.iter().map(row).collect()
}

fn grants(evidence: &Evidence) -> Vec<Vec<Cell>> {
    let row = |grant: &GrantFacts| {
        vec![
            text(&grant.reference),
            text(&grant.application),
            text(&grant.beneficiary),
            text(&grant.siret),
            text(&grant.city),
            text(&grant.project),
            text(&grant.call),
            text(&grant.fund),
            Cell::Date(grant.decided_on),
            some(grant.agreed_on, Cell::Date),
            text(&grant.state),
            Cell::Money(grant.awarded),
            Cell::Money(grant.recovered),
            Cell::Money(grant.paid()),
        ]
    };
    evidence.grants.iter().map(row).collect()
}

/// One row for each of something that a grant has several of.
fn each<'a, T: 'a>(
    evidence: &'a Evidence,
    of: impl Fn(&'a GrantFacts) -> &'a [T],
    row: impl Fn(&T) -> Vec<Cell>,
) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for grant in &evidence.grants {
        for one in of(grant) {
            let mut cells = vec![text(&grant.reference), text(&grant.beneficiary)];
            cells.extend(row(one));
            rows.push(cells);
        }
    }
    rows
}

fn payments(evidence: &Evidence) -> Vec<Vec<Cell>> {
    each(
        evidence,
        |grant| grant.payments.as_slice(),
        |payment| {
            let mut cells = vec![
                Cell::Integer(payment.number.into()),
                text(&payment.kind),
                text(&payment.source),
                Cell::Money(payment.amount),
                Cell::Money(payment.whole),
                Cell::Date(payment.paid_on),
                text(&payment.end_to_end_id),
                text(&payment.run),
                text(&payment.bank_reference),
                yes(payment.is_eligible),
            ];
            if let Some(left) = payment.left_bank {
                cells.extend([Cell::Money(left), Cell::Money(payment.kept_back()), text(&payment.payee)]);
            }
            cells
        },
    )
}

/// The columns of the payments, as far as the facts fill them.
fn payment_columns(evidence: &Evidence) -> Columns {
    let mut payments = evidence.grants.iter().flat_map(|grant| &grant.payments);
    let without = PAYMENTS.len() - TOLD_SINCE;
    let told = payments.any(|payment| payment.left_bank.is_some());
    if told { PAYMENTS } else { PAYMENTS.get(..without).unwrap_or(PAYMENTS) }
}

fn classes(evidence: &Evidence) -> Vec<Vec<Cell>> {
    each(
        evidence,
        |grant| grant.classes.as_slice(),
        |class| {
            vec![
                text(if class.is_expense { "charges" } else { "produits" }),
                text(class_name(class)),
                Cell::Money(class.planned),
                some(class.actual, Cell::Money),
            ]
        },
    )
}

fn reports(evidence: &Evidence) -> Vec<Vec<Cell>> {
    each(
        evidence,
        |grant| grant.reports.as_slice(),
        |report| {
            vec![
                text(&report.kind),
                Cell::Date(report.due_on),
                some(report.filed_on, Cell::Date),
                text(&report.state),
                yes(report.is_owed),
            ]
        },
    )
}

/// The papers of each grant, and its reports as they were printed for the archive.
fn proofs(evidence: &Evidence, made: &[(String, Vec<u8>)]) -> Vec<Vec<Cell>> {
    let of_grant = |grant: &GrantFacts| -> Vec<Vec<Cell>> {
        let row = |proof: &crate::domain::evidence_packs::ProofFacts| {
            let sha256 = proof.sha256.clone().unwrap_or_else(|| "indisponible".to_owned());
            vec![text(&grant.reference), text(&proof.title), text(&proof.path), text(sha256)]
        };
        let printed = |report: &crate::domain::evidence_packs::ReportFacts| {
            let paper = made.iter().find(|(path, _)| *path == report.path);
            let sha256 = paper.map_or_else(|| "indisponible".to_owned(), |(_, bytes)| digest(bytes));
            vec![text(&grant.reference), text(report_title(report)), text(&report.path), text(sha256)]
        };
        grant.proofs.iter().map(row).chain(grant.printed_reports().map(printed)).collect()
    };
    evidence.grants.iter().flat_map(of_grant).collect()
}

/// The statement as a workbook.
fn workbook(evidence: &Evidence, made: &[(String, Vec<u8>)]) -> Result<Vec<u8>, XlsxError> {
    let mut pages = begin_pages();
    pages.made_at(evidence.as_of)?;
    let rows = [
        sources(evidence),
        grants(evidence),
        payments(evidence),
        classes(evidence),
        reports(evidence),
        proofs(evidence, made),
    ];
    for ((name, _, columns), rows) in SHEETS.into_iter().zip(rows) {
        let columns = if columns == PAYMENTS { payment_columns(evidence) } else { columns };
        sheet(&mut pages, name, columns, rows)?;
    }
    let mut bytes = Cursor::new(Vec::new());
    pages.end(&mut bytes)?;
    Ok(bytes.into_inner())
}

/// What stands above what was taken out.
const REMOVED: &str = "Ces preuves ont été rassemblées avant un effacement, que la durée de conservation demandait. Ont été \
                       retirés\u{a0}:";

fn readme(evidence: &Evidence) -> String {
    format!(
        "{issuer} – preuves, {funder}\n{period}\n\n01-etat\u{a0}: l’état, en PDF et en classeur.\n02-preuves\u{a0}: un dossier \
         par subvention, dans l’ordre lettre d’attribution, convention et avenants, avis de versement, bilans, justificatifs.\n\n\
         Les montants et les pièces sont ceux du {as_of} (heure de Paris).\n{MANIFEST} donne l’empreinte SHA-256 de \
         chaque fichier\u{a0}; pour tout vérifier\u{a0}: sha256sum --check {MANIFEST}\n",
        issuer = evidence.issuer.name,
        funder = evidence.funder,
        period = evidence.period(),
        as_of = evidence.as_of.french(),
    ) + &removed(evidence)
}

/// What was erased since, which this archive therefore does not hold; nothing in most archives.
fn removed(evidence: &Evidence) -> String {
    if evidence.removals.is_empty() {
        return String::new();
    }
    let lines = evidence.removals.iter().map(|removal| format!("- {}\n", removal.sentence()));
    format!("\n{REMOVED}\n{}", lines.collect::<String>())
}

/// The archive: what was made for it (path and bytes), then the proofs in the order of their paths. `proofs` are the bytes
/// of `evidence.proofs()`, one after the other.
///
/// # Errors
/// When the workbook cannot be written, or the archive would pass 4 GiB.
pub fn bind(evidence: &Evidence, made: Vec<(String, Vec<u8>)>, proofs: &[Vec<u8>]) -> io::Result<Vec<u8>> {
    let workbook = workbook(evidence, &made).map_err(io::Error::other)?;
    let mut files: Vec<(String, &[u8])> = vec![(WORKBOOK.to_owned(), workbook.as_slice())];
    files.extend(made.iter().map(|(path, bytes)| (path.clone(), bytes.as_slice())));
    let had = evidence.proofs().zip(proofs);
    files.extend(had.map(|((proof, _), bytes)| (proof.path.clone(), bytes.as_slice())));
    files.sort_by(|(one, _), (other, _)| one.cmp(other));
    let readme = readme(evidence);
    files.insert(0, (README.to_owned(), readme.as_bytes()));
    let (mut manifest, mut bound) = (String::new(), Vec::new());
    let mut archive = Archive::begin(&mut bound);
    for (path, bytes) in &files {
        manifest.push_str(&format!("{}  {path}\n", digest(bytes)));
        archive.add(path, bytes)?;
    }
    archive.add(MANIFEST, manifest.as_bytes())?;
    archive.end()?;
    Ok(bound)
}

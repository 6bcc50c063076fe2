//! The papers that prove what became of a grant, in the order in which they are put into the archive: the letter of award,
//! the signed agreement, the notices of payment, the reports, and what came with them.

use super::{Outcome, Read, is_filed};
use crate::{
    domain::{
        attachments::ScanVerdict,
        disbursements::PieceOutcome,
        evidence_packs::{ProofFacts, plain},
        ids::AttachmentId,
        letters::LetterKind,
        lifecycles::amendments::AmendmentState,
        text::legible,
    },
    store::{
        Conn,
        amendments::{self, AmendmentRow},
        attachments::{self, AttachmentRow},
        documents::{self, DocumentRow},
        grant_pieces,
        grants::{GrantFile, GrantRow},
        reports::ReportRow,
    },
    usecases::{grant_pieces::PIECE, scans},
};
use std::collections::{BTreeMap, BTreeSet};

const AWARD: usize = 1;
const AGREEMENT: usize = 2;
const PAYMENTS: usize = 3;
/// Where reports lie.
pub(super) const REPORTS: usize = 4;
const RECEIPTS: usize = 5;

/// Letters that prove something.
const KINDS: [LetterKind; 5] = [
    LetterKind::Award,
    LetterKind::Agreement,
    LetterKind::Amendment,
    LetterKind::PaymentNotice,
    LetterKind::ReportAccepted,
];

/// Where a paper about a grant lies in the archive.
pub(super) fn path(grant: &str, part: usize, number: usize, name: &str) -> String {
    format!("02-preuves/{}/{part:02}-{number:02}-{}", plain(grant), plain(name))
}

/// The papers of all grants of a period.
pub(super) struct Papers {
    /// By what they are about, newest first.
    letters: BTreeMap<String, Vec<DocumentRow>>,
    /// Those in force, oldest first.
    amendments: Vec<AmendmentRow>,
    /// By their report, or by their grant where a copy was signed on paper; oldest first.
    files: BTreeMap<String, Vec<AttachmentRow>>,
    verdicts: BTreeMap<String, ScanVerdict>,
    /// Papers that payments waited for and that were accepted.
    accepted: BTreeSet<AttachmentId>,
    /// Whether every letter has its bytes, and the antivirus has looked at every file.
    pub is_printed: bool,
}

/// The reports of a grant that the house has.
fn filed<'a>(read: &'a Read, file: &GrantFile) -> impl Iterator<Item = &'a ReportRow> {
    let id = file.grant.id;
    read.reports.iter().filter(move |row| row.grant_id == id && is_filed(row))
}

/// Reads the papers of the grants of the period.
pub(super) fn read(conn: &mut Conn, read: &Read) -> Outcome<Papers> {
    let (mut subjects, mut reports) = (Vec::new(), Vec::new());
    for file in &read.files {
        subjects.push(file.grant.application_id.to_string());
        subjects.push(file.grant.id.to_string());
        subjects.extend(read.paid.get(&file.grant.id).into_iter().flatten().map(|row| row.id.to_string()));
        reports.extend(filed(read, file).map(|row| row.id.to_string()));
    }
    subjects.extend(reports.iter().cloned());
    let grants: Vec<_> = read.files.iter().map(|file| file.grant.id).collect();
    let mut amendments = amendments::of_grants(conn, &grants)?;
    amendments.retain(|row| row.state == AmendmentState::Approved);
    subjects.extend(amendments.iter().map(|row| row.id.to_string()));
    let mut letters: BTreeMap<String, Vec<DocumentRow>> = BTreeMap::new();
    let mut is_printed = true;
    for row in documents::of_subjects(conn, &subjects)? {
        if KINDS.contains(&row.kind) {
            is_printed &= row.sha256.is_some();
            letters.entry(row.subject_id.clone()).or_default().push(row);
        }
    }
    let mut files: BTreeMap<String, Vec<AttachmentRow>> = BTreeMap::new();
    let mut hashes = Vec::new();
    let mut owners = reports;
    owners.extend(grants.iter().map(|id| id.to_string()));
    for row in attachments::of_owners(conn, &owners)? {
        hashes.push(row.sha256.clone());
        files.entry(row.owner_id.clone()).or_default().push(row);
    }
    let verdicts = scans::verdicts(conn, &hashes)?;
    // A file that may still be refused is waited for like a letter that is not printed yet.
    is_printed &= !verdicts.values().any(|verdict| *verdict == ScanVerdict::Waiting);
    let pieces = grant_pieces::of_grants(conn, &grants)?;
    let accepted = pieces.iter().filter(|row| row.outcome == PieceOutcome::Accepted);
    let accepted = accepted.map(|row| row.attachment_id).collect();
    Ok(Papers { letters, amendments, files, verdicts, accepted, is_printed })
}

impl Papers {
    /// The last letter of a kind about something.
    fn letter(&self, subject: &str, kind: LetterKind) -> Option<&DocumentRow> {
        self.letters.get(subject)?.iter().find(|row| row.kind == kind)
    }

    /// The agreement of a grant: issued with it, or with the raise that took one.
    fn agreement(&self, grant: &GrantRow) -> Option<&DocumentRow> {
        let raises = self.amendments.iter().filter(|row| row.grant_id == grant.id).map(|row| row.id.as_str());
        std::iter::once(grant.id.as_str()).chain(raises).find_map(|id| self.letter(id, LetterKind::Agreement))
    }

    /// What proves a grant.
    pub(super) fn of(&self, read: &Read, file: &GrantFile) -> Vec<ProofFacts> {
        let (grant, reference) = (&file.grant, file.grant.reference.as_str());
        let mut proofs = Vec::new();
        let award = self.letter(grant.application_id.as_str(), LetterKind::Award);
        proofs.push(printed(award, "Lettre d’attribution", path(reference, AWARD, 1, "lettre-d-attribution.pdf")));
        if grant.is_agreement_required {
            let is_signed = grant.holder_signed_at.is_some() && grant.issuer_signed_at.is_some();
            let title = if is_signed { "Convention signée" } else { "Convention, pas encore signée" };
            proofs.push(printed(self.agreement(grant), title, path(reference, AGREEMENT, 1, "convention.pdf")));
        }
        proofs.extend(self.added_to_agreement(file));
        for row in read.paid.get(&grant.id).into_iter().flatten() {
            let notice = self.letter(row.id.as_str(), LetterKind::PaymentNotice);
            let number = usize::try_from(row.number).unwrap_or_default();
            let title = format!("Avis de versement {}", row.number);
            proofs.push(printed(notice, &title, path(reference, PAYMENTS, number, "avis-de-versement.pdf")));
        }
        for (place, row) in (1..).zip(filed(read, file)) {
            let accepted = self.letter(row.id.as_str(), LetterKind::ReportAccepted);
            if accepted.is_some() {
                let title = format!("Courrier d’acceptation, {}", row.kind.label());
                proofs.push(printed(accepted, &title, path(reference, REPORTS, place, "bilan-accepte.pdf")));
            }
        }
        for (place, row) in (1..).zip(filed(read, file).filter_map(|row| self.files.get(row.id.as_str())).flatten()) {
            proofs.push(self.received(row, path(reference, RECEIPTS, place, &row.file_name)));
        }
        proofs
    }

    /// What changed an agreement since, and the copies of it that were signed on paper.
    fn added_to_agreement(&self, file: &GrantFile) -> Vec<ProofFacts> {
        let (grant, reference) = (&file.grant, file.grant.reference.as_str());
        let mut proofs = Vec::new();
        for row in self.amendments.iter().filter(|row| row.grant_id == grant.id) {
            if let Some(letter) = self.letter(row.id.as_str(), LetterKind::Amendment) {
                let place = path(reference, AGREEMENT, proofs.len() + 2, "avenant.pdf");
                proofs.push(printed(Some(letter), &letter.title, place));
            }
        }
        let files = self.files.get(grant.id.as_str()).into_iter().flatten();
        // What a payment waits for proves nothing to a funder until it is accepted.
        let is_proof = |row: &&AttachmentRow| !row.document_code.starts_with(PIECE) || self.accepted.contains(&row.id);
        for row in files.filter(is_proof) {
            proofs.push(self.received(row, path(reference, AGREEMENT, proofs.len() + 2, &row.file_name)));
        }
        proofs
    }

    /// A file that was attached; what the antivirus refused is said and not given.
    fn received(&self, row: &AttachmentRow, path: String) -> ProofFacts {
        let is_refused = self.verdicts.get(&row.sha256) == Some(&ScanVerdict::Refused);
        ProofFacts {
            title: legible(&row.file_name),
            path,
            content_type: row.content_type.clone(),
            sha256: (!is_refused).then(|| row.sha256.clone()),
            size: row.size,
        }
    }
}

fn printed(row: Option<&DocumentRow>, title: &str, path: String) -> ProofFacts {
    ProofFacts {
        title: title.to_owned(),
        path,
        content_type: "application/pdf".to_owned(),
        sha256: row.and_then(|row| row.sha256.clone()),
        size: row.and_then(|row| row.size).unwrap_or_default(),
    }
}

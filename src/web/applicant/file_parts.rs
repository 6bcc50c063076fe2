//! Parts of a file's page, ready to print.

use crate::{
    domain::{
        forms::NotCarried,
        ids::{ApplicationId, PersonId},
        time::Moment,
    },
    store::{calls::CallRow, complement_requests::ComplementRequestRow, documents},
    usecases::{
        answers::Content,
        copies::Copied,
        signatures::Party,
        supports::{self, Told},
    },
    web::parts::Fact,
};

/// One organisation that signs.
pub(super) struct Signing {
    pub organisation: String,
    /// Who signed, or who still has to.
    pub sentence: String,
    /// Whether the reader is to sign.
    pub is_mine: bool,
}

pub(super) fn signing(party: &Party, reader: PersonId) -> Signing {
    let asked = party.asked_at.map_or(String::new(), |at| format!(" (demandé le {})", at.french()));
    let sentence = match &party.signed {
        Some((name, at)) => format!("signé par {name} le {}", at.french()),
        None => format!("à signer par {}{asked}", party.names()),
    };
    let is_mine = party.signed.is_none() && party.signers.iter().any(|(person, _)| *person == reader);
    Signing { organisation: party.name.clone(), sentence, is_mine }
}

/// What is asked, and by when.
pub(super) fn complement(request: &ComplementRequestRow, now: Moment) -> (String, String) {
    let when = if now < request.due_at { "avant le" } else { "depuis le" };
    (request.wanted.clone(), format!("{when} {}", request.due_at.plus_minutes(-1).french()))
}

/// What was taken from an earlier file, in a sentence, and what was not.
pub(super) fn copied(copied: &Copied) -> (String, Vec<NotCarried>) {
    let many = |count: usize, one: &str, several: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {several}")),
    };
    let parts = [
        many(copied.answers, "réponse", "réponses"),
        copied.budget.then(|| "le budget".to_owned()),
        many(copied.partners, "partenaire", "partenaires"),
        many(copied.documents, "document", "documents"),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    let sentence = match parts.as_slice() {
        [] => format!("Rien du dossier {} ne sert dans cet appel.", copied.source),
        parts => {
            format!("Repris du dossier {}\u{a0}: {}. Relisez-les avant de déposer.", copied.source, parts.join(", "))
        }
    };
    (sentence, copied.left.clone())
}

pub(super) fn reuse(id: ApplicationId, call: &CallRow) -> (String, String) {
    (format!("/appels/{}/dossier?copie={id}", call.reference), call.title.clone())
}

/// What the file is, in short; first how it came after the deadline, where it did.
pub(super) fn facts(content: &Content, lateness: Option<&str>) -> Vec<Fact> {
    let late = lateness.map(|said| Fact::new("Dépôt", said));
    let known = [
        Fact::new("Numéro", &content.row.reference),
        Fact::linked("Appel", &content.call.title, format!("/appels/{}", content.call.reference)),
        Fact::new("Organisation", &content.organisation.name),
        Fact::new("Montant demandé", content.row.requested_cents),
    ];
    late.into_iter().chain(known).collect()
}

/// What a decision says on the page of its people.
pub(super) struct DecisionTold {
    pub motive: String,
    pub offers: Vec<String>,
    /// Where the next call is read; empty when none fits.
    pub next: String,
    /// The meeting that is booked, in words; and whether its page has something to say.
    pub meeting: String,
    pub has_meeting: bool,
    /// That the opening was noted; often empty.
    pub noted: String,
}

pub(super) fn decision(told: &Told) -> DecisionTold {
    DecisionTold {
        motive: told.motive.clone(),
        offers: told.offers.clone(),
        next: told.next.as_ref().map(|call| format!("/appels/{}", call.reference)).unwrap_or_default(),
        meeting: told.meeting.clone().unwrap_or_default(),
        has_meeting: told.meeting.is_some() || told.has_slots,
        noted: supports::noted(told.opened_at),
    }
}

/// The address of a letter, and its name.
pub(super) fn letter(id: ApplicationId, row: &documents::DocumentRow) -> (String, String) {
    (format!("/dossiers/{id}/documents/{}", row.id), crate::web::grants::capitalised(&row.title))
}

//! The documents of a file as its people attach them, and what a complement says of each thing.

use super::vaults;
use crate::web::deadlines::Deadline;
use crate::{
    domain::{
        complements::Item,
        definitions::DocumentDefinition,
        lifecycles::applications::ApplicationState,
        time::{Moment, french_date},
    },
    store::attachments::AttachmentRow,
    usecases::{answers::Content, complements::Waiting, vaults::Paper},
};

/// One document of the call’s list.
pub(super) struct Document {
    /// Of its part of the page.
    pub(super) id: String,
    pub(super) action: String,
    pub(super) code: String,
    pub(super) label: String,
    pub(super) help: String,
    pub(super) need: &'static str,
    pub(super) current: String,
    pub(super) current_href: String,
    /// What the antivirus says of it; often nothing.
    pub(super) scan: &'static str,
    pub(super) button: &'static str,
    /// By when it may follow, in words; nothing when it may not.
    pub(super) may_follow: String,
    /// By when it was promised, in words.
    pub(super) promised: String,
    /// What a complement wants corrected here; often nothing.
    pub(super) note: String,
    pub(super) is_open: bool,
    /// The file of the organisation's vault that may serve, with what is to be said of its end.
    pub(super) vault: Option<(String, String)>,
}

/// What may be attached, said before anything is chosen.
pub(super) const LIMITS: &str = "10\u{a0}Mo au plus. PDF, photo (JPEG, PNG, HEIC) ou document bureautique.";

/// The documents that a filed application still owes.
pub(super) fn owed_documents(content: &Content, offers: &[Paper], now: Moment) -> Vec<Document> {
    let is_owed = |document: &Document| content.owed.iter().any(|owed| owed.document_code == document.code);
    documents(content, &Words(None), (offers, now)).into_iter().filter(is_owed).collect()
}

/// The paper of the vault that may serve as this document, unless it is already there.
fn offered(offers: &[Paper], code: &str, current: Option<&AttachmentRow>, now: Moment) -> Option<(String, String)> {
    let paper = offers.iter().find(|paper| paper.file.document_code == code)?;
    let is_there = current.is_some_and(|file| file.sha256 == paper.file.sha256);
    (!is_there).then(|| (paper.file.file_name.clone(), vaults::said(paper.freshness(now)).0))
}

pub(super) fn documents(content: &Content, words: &Words, (offers, now): (&[Paper], Moment)) -> Vec<Document> {
    let id = content.row.id;
    let document = |wanted: &DocumentDefinition| {
        let file = content.attachments.iter().find(|file| file.document_code == wanted.code);
        let due = content.definition.due_on(wanted);
        let owed = content.owed.iter().find(|owed| owed.document_code == wanted.code);
        Document {
            id: format!("piece-{}", wanted.code),
            action: format!("/dossiers/{id}/pieces/{}", wanted.code),
            code: wanted.code.clone(),
            label: wanted.label.clone(),
            help: format!("{} {LIMITS}", wanted.help).trim().to_owned(),
            need: wanted.need.label(),
            current: file.map(|file| file.file_name.clone()).unwrap_or_default(),
            current_href: file.map(|file| format!("/pieces/{}", file.id)).unwrap_or_default(),
            scan: file.and_then(|file| content.verdict(file)).map_or("", |verdict| verdict.label()),
            may_follow: due.filter(|_| file.is_none()).map(french_date).unwrap_or_default(),
            vault: offered(offers, &wanted.code, file, now),
            promised: owed.map(|owed| french_date(owed.due_on)).unwrap_or_default(),
            button: if file.is_some() { "Remplacer ce document" } else { "Joindre ce document" },
            note: words.about(&Item::Document(wanted.code.clone())),
            is_open: content.opening.opens(&Item::Document(wanted.code.clone())),
        }
    };
    content.definition.documents.iter().map(document).collect()
}

/// What an officer wants corrected, in their words.
pub(super) struct Words(pub(super) Option<Waiting>);

impl Words {
    /// What is expected of the reader while a complement is asked for, and by when.
    pub(super) fn next(&self, now: Moment) -> String {
        let Some(Waiting { request, .. }) = &self.0 else { return String::new() };
        let due = Deadline::until(request.row.due_at, now).words;
        format!("{} Votre réponse\u{a0}: {due}.", ApplicationState::ComplementRequested.stage().sentence)
    }

    /// About one item: what was said of it, or else of the whole; nothing when it is not to be corrected.
    pub(super) fn about(&self, item: &Item) -> String {
        let Some(Waiting { request, .. }) = &self.0 else { return String::new() };
        let own = request.items.iter().find(|(asked, _)| asked == item);
        let words = own.map(|(_, note)| if note.is_empty() { &request.row.wanted } else { note });
        words.cloned().unwrap_or_default()
    }
}

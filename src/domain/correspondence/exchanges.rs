//! The mail that says a message waits. What the message says stays on the site.

use crate::domain::{
    messages::{Action, Mail, MessageKind},
    text::nbsp,
};

/// The application a message is about, as its mail names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeNotice {
    pub reference: String,
    pub title: String,
    pub organisation: String,
    pub call_title: String,
    /// Whom to write to.
    pub contact: String,
    /// The page of the thread for the reader, beginning with `/`.
    pub path: String,
}

/// A message waits.
pub fn received(notice: &ExchangeNotice) -> Mail {
    let facts = [
        ("Dossier", &notice.reference),
        ("Projet", &notice.title),
        ("Organisation", &notice.organisation),
        ("Appel", &notice.call_title),
    ];
    Mail {
        kind: MessageKind::ExchangeReceived,
        subject: nbsp(&format!("Dossier {} : un message vous attend", notice.reference)),
        paragraphs: vec![
            "Un nouveau message vous attend sur la plateforme.".to_owned(),
            "Il se lit dans votre espace, où vous pouvez aussi répondre.".to_owned(),
        ],
        facts: facts.map(|(label, value)| (label.to_owned(), value.clone())).into(),
        action: Some(Action { label: "Lire le message".into(), path: notice.path.clone() }),
        contact: notice.contact.clone(),
    }
}

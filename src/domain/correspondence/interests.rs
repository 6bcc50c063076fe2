//! The mail that reminds a member of a committee of a declaration of interests.

use crate::domain::{
    messages::{Action, Mail, MessageKind},
    text::nbsp,
};

/// Asks a member for the declaration they owe: `paragraph` says which one and why.
pub fn owed(call_title: &str, contact: &str, path: &str, paragraph: &str) -> Mail {
    Mail {
        kind: MessageKind::DeclarationOwed,
        subject: nbsp("À faire : votre déclaration d’intérêts"),
        paragraphs: vec![
            nbsp(paragraph),
            nbsp(
                "Vous y citez les organisations avec lesquelles vous avez un lien, ou « rien à déclarer ». Deux minutes \
                 suffisent, et personne ne vous en fera reproche : un lien déclaré vous écarte de leurs dossiers, rien de \
                 plus.",
            ),
        ],
        facts: vec![("Appel".into(), call_title.to_owned())],
        action: Some(Action { label: "Faire ma déclaration".into(), path: path.to_owned() }),
        contact: contact.to_owned(),
    }
}

//! Mails about a payment run.

use crate::domain::{
    ids::PaymentRunId,
    messages::{Action, Mail, MessageKind},
    text::nbsp,
};

/// The code with which its reader approves a run. The worker writes the code when it sends the mail; nothing is said of
/// what the run pays.
pub fn approval_code(reference: &str, id: PaymentRunId, contact: &str) -> Mail {
    let said = format!(
        "Voici le code à taper pour approuver le lot de virements {reference}. Il sert une seule fois et reste valable un \
         quart d’heure. Si le lot change entre-temps, il faut en demander un autre."
    );
    Mail {
        kind: MessageKind::OneTimeCode,
        subject: nbsp(&format!("Lot {reference} : votre code d’approbation")),
        paragraphs: vec![
            nbsp(&said),
            nbsp(
                "Vous n’avez rien demandé ? Ne donnez ce code à personne et prévenez la direction : quelqu’un d’autre est \
                 entré dans votre espace.",
            ),
        ],
        facts: Vec::new(),
        action: Some(Action { label: "Approuver le lot".into(), path: format!("/finances/lots/{id}/approbation") }),
        contact: contact.to_owned(),
    }
}

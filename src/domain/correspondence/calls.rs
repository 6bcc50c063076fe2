//! Mails to the team about a call.

use crate::domain::{
    messages::{Action, Mail, MessageKind},
    text::nbsp,
    time::Moment,
};

/// The results did not leave at the hour that was fixed: something is lacking.
pub fn release_halted(title: &str, reference: &str, planned: Moment, contact: &str) -> Mail {
    let paragraphs = [
        format!(
            "Les résultats de l’appel « {title} » devaient être annoncés le {}. Rien n’est parti : ni lettre, ni \
             courriel, et les porteur·ses de projet ne voient rien.",
            planned.french()
        ),
        "Une décision n’est pas confirmée, ou il manque quelque chose à une lettre. La page de l’annonce dit quoi. Une \
         fois corrigé, fixez une autre heure ou annoncez vous-même."
            .to_owned(),
    ];
    Mail {
        kind: MessageKind::ReleaseHalted,
        subject: nbsp(&format!("Annonce arrêtée : à corriger ({reference})")),
        paragraphs: paragraphs.iter().map(|text| nbsp(text)).collect(),
        facts: vec![("Appel".into(), title.to_owned())],
        action: Some(Action {
            label: "Voir ce qui manque".into(),
            path: format!("/appels-a-projets/{reference}/annonce"),
        }),
        contact: contact.to_owned(),
    }
}

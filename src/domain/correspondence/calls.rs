//! Mails to the team about a call.

use crate::domain::{
    ids::PromotionId,
    messages::{Action, Mail, MessageKind},
    money::Euros,
    text::nbsp,
    time::Moment,
};

/// A file of the reserve list is proposed: to the management. It is not named, since somebody may be recused from it.
pub fn promotion_to_confirm(title: &str, amount: Euros, id: PromotionId, contact: &str) -> Mail {
    let said = format!(
        "Un dossier de la liste d’attente de l’appel « {title} » est proposé pour {amount}, sur une somme libérée. La \
         lettre d’accord part quand vous confirmez."
    );
    Mail {
        kind: MessageKind::PromotionToConfirm,
        subject: nbsp("À confirmer : un dossier de la liste d’attente"),
        paragraphs: vec![nbsp(&said)],
        facts: vec![("Appel".into(), title.to_owned()), ("Montant".into(), amount.to_string())],
        action: Some(Action { label: "Lire la proposition".into(), path: format!("/direction/promotions/{id}") }),
        contact: contact.to_owned(),
    }
}

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

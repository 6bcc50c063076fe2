//! Mails to people about their own access.

use crate::domain::{
    messages::{Action, Mail, MessageKind},
    text::nbsp,
    time::french_date,
};
use chrono::NaiveDate;

/// The mail that carries a sign-in link. The worker completes the path with a secret when it sends the mail.
pub fn login_link(site: &str, contact: &str) -> Mail {
    Mail {
        kind: MessageKind::LoginLink,
        subject: format!("Votre lien de connexion à {site}"),
        paragraphs: vec![
            "Vous avez demandé à vous connecter. Le lien ci-dessous ouvre votre espace\u{a0}: il sert une seule fois \
             et reste valable trente minutes."
                .into(),
            "Vous n’avez rien demandé\u{202f}? Ne faites rien\u{a0}: sans ce lien, personne n’entre.".into(),
        ],
        facts: Vec::new(),
        action: Some(Action { label: "Me connecter".into(), path: "/connexion/lien".into() }),
        contact: contact.to_owned(),
    }
}

/// An account nobody has used for two years will be erased on this day.
pub fn account_to_be_erased(site: &str, gone_on: NaiveDate, contact: &str) -> Mail {
    let day = french_date(gone_on);
    Mail {
        kind: MessageKind::AccountErasure,
        subject: nbsp(&format!("Votre compte à {site} sera effacé le {day}")),
        paragraphs: vec![
            nbsp(&format!("Vous n’êtes pas venu·e depuis deux ans. Le {day}, votre compte sera effacé.")),
            nbsp("Vous voulez le garder ? Connectez-vous une fois avant cette date : c’est tout."),
        ],
        facts: Vec::new(),
        action: Some(Action { label: "Me connecter".into(), path: "/connexion".into() }),
        contact: contact.to_owned(),
    }
}

/// An organisation for which no file is kept and nobody comes will be erased with its vault on this day.
pub fn organisation_to_be_erased(site: &str, organisation: &str, gone_on: NaiveDate, contact: &str) -> Mail {
    let day = french_date(gone_on);
    Mail {
        kind: MessageKind::OrganisationErasure,
        subject: nbsp(&format!("{organisation} : votre espace à {site} sera effacé le {day}")),
        paragraphs: vec![
            nbsp(&format!(
                "{organisation} n’a plus aucun dossier ici, et personne ne s’est connecté pour elle depuis deux ans. Le \
                 {day}, sa fiche, son coffre et ses comptes bancaires seront effacés."
            )),
            nbsp("Vous voulez les garder ? Connectez-vous une fois avant cette date : c’est tout."),
        ],
        facts: Vec::new(),
        action: Some(Action { label: "Me connecter".into(), path: "/connexion".into() }),
        contact: contact.to_owned(),
    }
}

/// The mail that asks a representative to sign a file before it is filed. The worker completes the path with a secret.
pub fn signature_asked((reference, title): (&str, &str), organisation: &str, contact: &str) -> Mail {
    Mail {
        kind: MessageKind::SignatureAsked,
        subject: nbsp(&format!("Dossier {reference} : votre signature est attendue")),
        paragraphs: vec![
            nbsp(&format!("Le dossier « {title} » est prêt. L’appel demande votre signature pour {organisation}.")),
            nbsp(
                "Le lien ci-dessous ouvre le dossier : vous le relisez, puis vous le signez d’un clic. Il reste valable trois jours.",
            ),
        ],
        facts: vec![("Dossier".into(), reference.to_owned()), ("Projet".into(), title.to_owned())],
        action: Some(Action { label: "Relire et signer".into(), path: "/connexion/lien".into() }),
        contact: contact.to_owned(),
    }
}

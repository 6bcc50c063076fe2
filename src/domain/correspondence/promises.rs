//! Mails about what must always hold.

use crate::domain::{
    messages::{Action, Mail, MessageKind},
    text::nbsp,
};

/// Promises that are broken, each with how many things break it. No file is named: its reader may be recused from it.
pub fn promise_broken(broken: &[(&str, i64)], contact: &str) -> Mail {
    let subject = match broken.len() {
        1 => "Intégrité : une promesse est rompue".to_owned(),
        n => format!("Intégrité : {n} promesses sont rompues"),
    };
    Mail {
        kind: MessageKind::PromiseBroken,
        subject: nbsp(&subject),
        paragraphs: vec![
            nbsp(
                "La plateforme vérifie chaque nuit ce qui doit toujours être vrai de l’argent, des dossiers et des \
                 courriels. Quelque chose ne l’est plus.",
            ),
            nbsp(
                "Ne payez rien avant d’avoir lu la page : elle dit quoi faire pour chaque promesse. Ce courriel ne \
                 revient que si quelque chose change.",
            ),
        ],
        facts: broken.iter().map(|(words, count)| ((*words).to_owned(), count.to_string())).collect(),
        action: Some(Action { label: "Voir ce qui est rompu".into(), path: "/administration/integrite".into() }),
        contact: contact.to_owned(),
    }
}

//! Mails about what must always hold.

use crate::domain::{
    history_heads::HistoryHead,
    messages::{Action, Mail, MessageKind},
    text::nbsp,
    time::{Moment, french_date},
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

/// The report of a night: how many promises were asked and are broken, and the head of the history, to be kept elsewhere. It
/// names no file, and has no page behind it: some of its readers open none.
pub fn nightly_report(head: &HistoryHead, (asked, broken): (usize, usize), at: Moment, contact: &str) -> Mail {
    let found = match broken {
        0 => format!("{asked}, toutes tiennent"),
        1 => format!("{asked}, dont une est rompue"),
        n => format!("{asked}, dont {n} sont rompues"),
    };
    let next = match broken {
        0 => "Vous n’avez rien à faire aujourd’hui.",
        _ => {
            "Demandez à la gestion financière ce qui est rompu avant tout versement : elle en est prévenue, et une page \
             dit quoi faire."
        }
    };
    Mail {
        kind: MessageKind::NightlyReport,
        subject: nbsp(&format!("Rapport de la nuit : l’historique au {}", french_date(at.paris_date()))),
        paragraphs: vec![
            nbsp(
                "Voici l’empreinte de tout ce qui s’est passé sur la plateforme jusqu’à cette nuit. Gardez ce courriel \
                 ailleurs que sur la plateforme : si quelqu’un réécrivait le passé, cette empreinte ne s’y trouverait plus.",
            ),
            nbsp(
                "Pour comparer un jour, recopiez-la sur la page « Intégrité » de la plateforme. La personne qui exploite la \
                 plateforme peut aussi taper « tisserand check --head » suivi de l’empreinte.",
            ),
            nbsp(
                "Chaque nuit aussi, la plateforme vérifie ce qui doit toujours être vrai de l’argent, des dossiers et des \
                 courriels : ce sont les promesses comptées ci-dessous.",
            ),
            nbsp(&format!("{next} Ce courriel ne part pas les nuits où rien n’a changé.")),
        ],
        facts: vec![
            ("Vérifié le".to_owned(), format!("{} (heure de Paris)", at.french())),
            ("Promesses vérifiées".to_owned(), found),
            ("Lignes de l’historique".to_owned(), head.seq.to_string()),
            ("Empreinte".to_owned(), head.to_string()),
        ],
        action: None,
        contact: contact.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_of_a_night_says_what_to_do_once_something_is_broken() {
        let head = HistoryHead { seq: 12, hash: "9f".repeat(32) };
        let told = |broken| {
            let mail = nightly_report(&head, (27, broken), Moment::from_unix_seconds(1_800_000_000), "");
            (mail.paragraphs.concat(), mail.facts[1].1.clone())
        };
        let (words, count) = told(0);
        assert!(words.contains("rien à faire aujourd’hui") && count == "27, toutes tiennent", "{words} {count}");
        let (words, count) = told(1);
        assert!(!words.contains("rien à faire") && words.contains("avant tout versement"), "{words}");
        assert_eq!(count, "27, dont une est rompue");
    }
}

//! The mails about a pair (tandem) that the team has brought together, or separated.

use crate::domain::{
    messages::{Action, Mail, MessageKind},
    text::nbsp,
};

/// A pair and its file, as mails name them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairNotice {
    pub reference: String,
    pub call_title: String,
    /// Name and address of each organisation, the one that is paid first.
    pub organisations: [(String, String); 2],
    /// The deadline in words.
    pub deadline: String,
    /// Why it ended; empty while it has not.
    pub reason: String,
    /// Whom to write to.
    pub contact: String,
    /// The page of the file, beginning with `/`.
    pub path: String,
}

impl PairNotice {
    fn mail(&self, kind: MessageKind, subject: &str, paragraphs: &[String], label: &str) -> Mail {
        let [lead, partner] = &self.organisations;
        let fact = |label: &str, value: &str| (label.to_owned(), value.to_owned());
        Mail {
            kind,
            subject: nbsp(subject),
            paragraphs: paragraphs.iter().map(|text| nbsp(text)).collect(),
            facts: vec![
                fact("Dossier", &self.reference),
                fact("Dépose et reçoit la subvention", &lead.0),
                fact("Binôme", &partner.0),
                fact("Appel", &self.call_title),
            ],
            action: Some(Action { label: label.into(), path: self.path.clone() }),
            contact: self.contact.clone(),
        }
    }
}

fn reached((name, address): &(String, String)) -> String {
    if address.is_empty() { name.clone() } else { format!("{name} ({address})") }
}

/// The team has formed the pair: to both organisations.
pub fn formed(notice: &PairNotice) -> Mail {
    let [lead, partner] = &notice.organisations;
    let subject = format!("Votre binôme est formé : {} et {}", lead.0, partner.0);
    let paragraphs = [
        format!("Nous vous proposons de travailler ensemble : {} et {}.", reached(lead), reached(partner)),
        format!(
            "Vous avez maintenant un dossier commun, {}. Chaque organisation y remplit sa partie.",
            notice.reference
        ),
        format!(
            "La subvention sera versée à {}. Le dossier reste un brouillon, à déposer jusqu’au {}.",
            lead.0, notice.deadline
        ),
        "Écrivez-vous d’abord. Si ce binôme ne vous convient pas, dites-le-nous : nous pouvons le séparer.".to_owned(),
    ];
    notice.mail(MessageKind::PairFormed, &subject, &paragraphs, "Ouvrir le dossier commun")
}

/// The team has separated the pair: to both organisations.
pub fn separated(notice: &PairNotice) -> Mail {
    let last = "Chaque organisation retrouve son propre dossier, de nouveau « à apparier ». Rien de ce que vous y aviez écrit n’est perdu.";
    ended(notice, last.to_owned())
}

/// The common file was withdrawn: to both organisations. `is_open` says whether the call still takes applications.
pub fn dissolved(notice: &PairNotice, is_open: bool) -> Mail {
    let partner = &notice.organisations[1].0;
    let last = match is_open {
        true => format!("Le dossier commun n’existe plus. {partner} retrouve son brouillon."),
        false => format!(
            "Le dossier commun n’existe plus. L’appel est fermé : le brouillon de {partner} ne peut plus être déposé."
        ),
    };
    ended(notice, last)
}

fn ended(notice: &PairNotice, last: String) -> Mail {
    let [lead, partner] = &notice.organisations;
    let subject = format!("Votre binôme est séparé : {} et {}", lead.0, partner.0);
    let paragraphs = [
        format!("Le binôme formé de {} et de {} est séparé.", lead.0, partner.0),
        format!("Pourquoi : {}", notice.reason),
        last,
    ];
    notice.mail(MessageKind::PairSeparated, &subject, &paragraphs, "Ouvrir mes dossiers")
}

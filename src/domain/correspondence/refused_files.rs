//! Mails about files that the antivirus refused: which one, and what to do. Nobody can open them any more.

use super::{exchanges::ExchangeNotice, grants::AwardedProject};
use crate::domain::{
    lifecycles::reports::ReportState,
    messages::{Action, Mail, MessageKind},
    reports::ReportKind,
    text::nbsp,
};

/// A file that was refused, as its mail names it.
#[derive(Debug, Clone, Copy)]
pub struct RefusedFile<'a> {
    /// What it was given as.
    pub label: &'a str,
    pub name: &'a str,
}

impl RefusedFile<'_> {
    fn said(&self) -> String {
        format!(
            "L’antivirus a refusé le fichier « {} », déposé comme « {} ». Personne ne peut l’ouvrir.",
            self.name, self.label
        )
    }

    fn subject(&self) -> String {
        format!("Refusé par l’antivirus : « {} »", self.label)
    }
}

const HOW: &str = "Un document refait depuis son modèle, ou une photo lisible, convient le plus souvent.";
const KEEP: &str = "Gardez bien l’original : nous pourrions vous en demander un autre exemplaire.";

/// A paper that a payment waits for, to the holder.
pub fn piece_mail(project: &AwardedProject, file: RefusedFile<'_>) -> Mail {
    let next = "Déposez-en un autre sur la page de la subvention : le versement l’attend.";
    let action = ("Déposer la pièce", "");
    project.mail(MessageKind::FileRefused, &file.subject(), &[&file.said(), next, HOW], action)
}

/// A paper of a report, to the holder. What is filed is changed only when the team asks for it, and what is judged no more.
pub fn report_mail(
    project: &AwardedProject,
    file: RefusedFile<'_>,
    (kind, state): (ReportKind, ReportState),
    path: &str,
) -> Mail {
    let kind = kind.label();
    let (next, how) = match state {
        ReportState::Expected | ReportState::Draft | ReportState::ChangesRequested => {
            (format!("Il compte comme manquant : joignez-en un autre sur la page du {kind}."), HOW)
        }
        ReportState::Submitted => {
            (format!("Votre {kind} est déposé : l’équipe du fonds vous dira s’il en faut un autre."), HOW)
        }
        ReportState::Accepted => (format!("Votre {kind} reste accepté : vous n’avez rien à déposer."), KEEP),
        ReportState::Waived => (format!("Votre {kind} n’est plus demandé : vous n’avez rien à déposer."), KEEP),
    };
    let action = ("Ouvrir le bilan", path);
    project.mail(MessageKind::FileRefused, &file.subject(), &[&file.said(), &next, how], action)
}

/// The copy of a contract signed on paper, to its holder.
pub fn signed_copy_mail(project: &AwardedProject, file: RefusedFile<'_>) -> Mail {
    let next = "Gardez bien l’original : votre signature reste notée, et l’équipe du fonds vous dira comment nous en faire \
                parvenir un autre exemplaire.";
    let action = ("Voir la subvention", "");
    project.mail(MessageKind::FileRefused, &file.subject(), &[&file.said(), next], action)
}

/// The same of any paper of a grant, to the team that relies on it; `next` says what is up to it.
pub fn team_mail(project: &AwardedProject, file: RefusedFile<'_>, next: &str, path: &str) -> Mail {
    let subject = format!("{}, de {}", file.subject(), project.organisation);
    let mut mail = project.mail(MessageKind::FileRefused, &subject, &[&file.said(), next], ("", ""));
    mail.action = Some(Action { label: "Ouvrir le suivi".into(), path: path.to_owned() });
    mail
}

/// A file sent with a message, to whoever wrote it.
pub fn exchange_mail(notice: &ExchangeNotice, name: &str) -> Mail {
    let said = format!("L’antivirus a refusé le fichier « {name} », joint à votre message. Personne ne peut l’ouvrir.");
    let next = "Votre message est bien parti, sans ce fichier : envoyez-en un autre à la suite.";
    let facts = [("Dossier", &notice.reference), ("Projet", &notice.title), ("Appel", &notice.call_title)];
    let facts = facts.into_iter().filter(|(_, value)| !value.trim().is_empty());
    Mail {
        kind: MessageKind::FileRefused,
        subject: nbsp(&format!("Dossier {} : un fichier refusé par l’antivirus", notice.reference)),
        paragraphs: [said.as_str(), next, HOW].map(nbsp).into(),
        facts: facts.map(|(label, value)| (label.to_owned(), value.clone())).collect(),
        action: Some(Action { label: "Ouvrir les messages".into(), path: notice.path.clone() }),
        contact: notice.contact.clone(),
    }
}

/// A paper of an organisation, to its people: its bank details or one of its vault. `next` says what to do on the page at
/// `path`.
pub fn organisation_mail(organisation: &str, file: RefusedFile<'_>, (next, path): (&str, &str), contact: &str) -> Mail {
    Mail {
        kind: MessageKind::FileRefused,
        subject: nbsp(&file.subject()),
        paragraphs: [file.said().as_str(), next, HOW].map(nbsp).into(),
        facts: vec![("Organisation".into(), organisation.to_owned())],
        action: Some(Action { label: "Ouvrir la page".into(), path: path.to_owned() }),
        contact: contact.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::correspondence::grants::tests::project;

    const FILE: RefusedFile<'static> = RefusedFile { label: "Attestation", name: "scan.pdf" };

    #[test]
    fn each_mail_names_the_file_and_says_what_to_do() {
        let open = report_mail(&project(), FILE, (ReportKind::Final, ReportState::Draft), "/bilans/1");
        let filed = report_mail(&project(), FILE, (ReportKind::Final, ReportState::Submitted), "/bilans/1");
        let judged = report_mail(&project(), FILE, (ReportKind::Final, ReportState::Accepted), "/bilans/1");
        assert!(judged.paragraphs[1].contains("rien à déposer"), "{judged:?}");
        let vault = organisation_mail("Les Passeurs", FILE, ("Remplacez-le.", "/organisations/1/coffre"), "a@b.fr");
        for mail in [piece_mail(&project(), FILE), open.clone(), filed.clone(), vault] {
            assert_eq!(mail.subject, "Refusé par l’antivirus\u{a0}: «\u{a0}Attestation\u{a0}»");
            assert!(mail.paragraphs[0].contains("scan.pdf"), "{mail:?}");
        }
        assert!(open.paragraphs[1].contains("joignez-en un autre") && filed.paragraphs[1].contains("vous dira"));
        let told = team_mail(&project(), FILE, "Demandez-en un autre.", "/suivi/1");
        assert!(told.subject.ends_with(&project().organisation), "{}", told.subject);
        assert_eq!(told.action.unwrap().path, "/suivi/1");
    }
}

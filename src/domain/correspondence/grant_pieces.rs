//! Mails about the papers that payments of a grant wait for: provided, then accepted or asked for anew.

use super::grants::AwardedProject;
use crate::domain::messages::{Action, Mail, MessageKind};

/// Tells the programme officers that a paper waits to be read, on their own page.
pub fn provided_mail(project: &AwardedProject, label: &str) -> Mail {
    let said = format!("{} a déposé la pièce « {label} ». Un versement attend votre lecture.", project.organisation);
    let subject = format!("À lire : « {label} » de {}", project.organisation);
    let mut mail = project.mail(MessageKind::PieceProvided, &subject, &[&said], ("Lire la pièce", ""));
    mail.action = Some(Action { label: "Lire la pièce".into(), path: project.team_path.clone() });
    mail
}

/// Tells the holder that a paper is accepted.
pub fn accepted_mail(project: &AwardedProject, label: &str) -> Mail {
    let said = format!("Votre pièce « {label} » est acceptée. Merci.");
    let next = "L’échéancier, sur la page de la subvention, dit si autre chose est attendu avant le versement.";
    let subject = format!("Acceptée : « {label} »");
    project.mail(MessageKind::PieceJudged, &subject, &[&said, next], ("Voir l’échéancier", ""))
}

/// Tells the holder why another paper is asked for.
pub fn refused_mail(project: &AwardedProject, label: &str, motive: &str) -> Mail {
    let said = format!("Nous n’avons pas pu accepter votre pièce « {label} », pour le motif suivant :");
    let next = "Déposez-en une autre sur la page de la subvention : le versement l’attend.";
    let subject = format!("À fournir de nouveau : « {label} »");
    project.mail(MessageKind::PieceJudged, &subject, &[&said, motive, next], ("Déposer la pièce", ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::correspondence::grants::tests::project;

    #[test]
    fn each_mail_leads_its_reader_to_their_own_page() {
        let path = |mail: Mail| mail.action.map(|action| action.path).unwrap_or_default();
        assert_eq!(path(provided_mail(&project(), "RIB")), "/suivi/1");
        assert_eq!(path(accepted_mail(&project(), "RIB")), "/subventions/1");
        let refused = refused_mail(&project(), "RIB", "Il est illisible.");
        assert!(refused.paragraphs.contains(&"Il est illisible.".to_owned()), "{refused:?}");
        assert_eq!(path(refused), "/subventions/1");
    }
}

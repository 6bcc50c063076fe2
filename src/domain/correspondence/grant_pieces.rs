//! Mails about the papers that payments of a grant wait for: expected, provided, then accepted or asked for anew.

use super::{due_dates::how_far, grants::AwardedProject};
use crate::domain::{
    messages::{Action, Mail, MessageKind},
    money::Euros,
    time::french_date,
};
use chrono::NaiveDate;

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

/// Reminds the holder of a paper that a payment waits for, before the day on which it was to leave or after.
pub fn due_mail(
    project: &AwardedProject,
    (label, amount): (&str, Euros),
    (due_on, today): (NaiveDate, NaiveDate),
) -> Mail {
    let (day, far) = (french_date(due_on), how_far(due_on, today));
    let (subject, said) = match due_on < today {
        true => (
            format!("Un versement attend votre pièce « {label} »"),
            format!(
                "Un versement de {amount} était prévu le {day}, {far}. Il attend encore une pièce de votre part : « {label} »."
            ),
        ),
        false => (
            format!("À fournir : « {label} », pour le versement prévu le {day}"),
            format!(
                "Un versement de {amount} est prévu le {day}, {far}. Il attend une pièce de votre part : « {label} ». Vous \
                 pouvez la déposer dès maintenant."
            ),
        ),
    };
    let how = "Un PDF ou une photo lisible convient, sur la page de la subvention. S’il vous est difficile de l’obtenir, \
               répondez à ce message : nous chercherons une solution ensemble.";
    project.mail(MessageKind::PieceDue, &subject, &[&said, how], ("Déposer la pièce", ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::correspondence::grants::tests::project;

    #[test]
    fn a_reminder_names_the_paper_and_says_how_far_its_payment_is() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let of = |today| due_mail(&project(), ("RIB", Euros::whole(500)), (day("2027-06-30"), day(today)));
        let ahead = of("2027-06-16");
        assert_eq!(ahead.subject, "À fournir\u{a0}: «\u{a0}RIB\u{a0}», pour le versement prévu le 30\u{a0}juin 2027");
        assert!(ahead.paragraphs[0].contains("dans 14 jours"), "{:?}", ahead.paragraphs);
        let late = of("2027-07-07");
        assert!(late.subject.starts_with("Un versement attend votre pièce"), "{}", late.subject);
        assert!(late.paragraphs[0].contains("il y a 7 jours"), "{:?}", late.paragraphs);
    }

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

//! Mails about days that come and pass: an offer to be answered, a report expected, more time for it, money to be paid back.

use super::grants::AwardedProject;
use crate::domain::{
    messages::{Action, Mail, MessageKind},
    money::Euros,
    reports::ReportKind,
    time::french_date,
};
use chrono::NaiveDate;

/// How far a due date is: « dans 7 jours », « aujourd’hui », « il y a 15 jours ».
pub(super) fn how_far(due_on: NaiveDate, today: NaiveDate) -> String {
    match (due_on - today).num_days() {
        0 => "aujourd’hui".to_owned(),
        1 => "demain".to_owned(),
        days @ 2.. => format!("dans {days} jours"),
        -1 => "hier".to_owned(),
        days => format!("il y a {} jours", -days),
    }
}

/// Reminds of an offer that waits for its answer, before its last day or once it is over.
pub fn offer_mail(project: &AwardedProject, amount: Euros, (due_on, today): (NaiveDate, NaiveDate)) -> Mail {
    let (day, far) = (french_date(due_on), how_far(due_on, today));
    let (subject, said) = match due_on < today {
        true => (
            format!("Sans réponse de votre part : subvention de {amount} à confirmer"),
            format!(
                "Nous attendions le {day}, {far}, votre réponse à notre offre de {amount} pour le projet {}. Il est encore \
                 temps si vous répondez dès aujourd’hui ; sans nouvelles de vous, l’offre sera close et la somme ira à un \
                 autre projet.",
                project.quoted_title()
            ),
        ),
        false => (
            format!("Rappel : subvention à confirmer avant le {day}"),
            format!(
                "Une subvention de {amount} vous attend pour le projet {}. Il vous reste à dire si vous l’acceptez, au plus \
                 tard le {day}, {far}.",
                project.quoted_title()
            ),
        ),
    };
    let how = "Une minute suffit, sur la page de la subvention. Si vous y renoncez, dites-le aussi : un projet de la liste \
               d’attente pourra en bénéficier.";
    project.mail(MessageKind::AnswerDue, &subject, &[&said, how], ("Répondre à l’offre", ""))
}

/// Reminds of a report, before its day or after.
pub fn report_mail(
    project: &AwardedProject,
    kind: ReportKind,
    (due_on, today): (NaiveDate, NaiveDate),
    path: &str,
) -> Mail {
    let (label, day, far) = (kind.label(), french_date(due_on), how_far(due_on, today));
    let is_late = due_on < today;
    let (subject, said) = match is_late {
        true => (
            format!("En retard : votre {label}, attendu le {day}"),
            format!("Votre {label} était attendu le {day}, {far}. Les versements qui en dépendent attendent aussi."),
        ),
        false => (
            format!("Votre {label} est attendu au plus tard le {day}"),
            format!("Votre {label} est attendu au plus tard le {day}, {far}. Vous pouvez le déposer dès maintenant."),
        ),
    };
    let how = "Ce que vous saisissez est gardé : vous pouvez vous y reprendre à plusieurs fois. S’il vous faut plus de \
               temps, demandez un délai sur la page du bilan, en disant pourquoi.";
    project.mail(MessageKind::ReportDue, &subject, &[&said, how], ("Ouvrir le bilan", path))
}

/// Tells the programme officers that more time is asked for, on their own page.
pub fn extension_asked_mail(
    project: &AwardedProject,
    kind: ReportKind,
    (wanted_on, reason): (NaiveDate, &str),
    path: &str,
) -> Mail {
    let day = french_date(wanted_on);
    let said = format!("{} demande jusqu’au {day} pour son {}.", project.organisation, kind.label());
    let why = format!("Motif : {reason}");
    let subject = format!("Délai demandé : {} de {}", kind.label(), project.organisation);
    let mut mail = project.mail(MessageKind::ExtensionAsked, &subject, &[&said, &why], ("Répondre", ""));
    mail.action = Some(Action { label: "Répondre".into(), path: path.to_owned() });
    mail
}

/// Tells the holder until when the report may come, or that its day stays.
pub fn extension_decided_mail(
    project: &AwardedProject,
    kind: ReportKind,
    (granted_on, due_on, motive): (Option<NaiveDate>, NaiveDate, &str),
    path: &str,
) -> Mail {
    let label = kind.label();
    let (subject, said) = match granted_on {
        Some(day) => {
            let day = french_date(day);
            (
                format!("Délai accordé : {label} attendu le {day}"),
                format!("Votre {label} est attendu au plus tard le {day}."),
            )
        }
        None => {
            let day = french_date(due_on);
            (format!("Délai refusé : {label} attendu le {day}"), format!("Votre {label} reste attendu le {day}."))
        }
    };
    let why = format!("Motif : {motive}");
    let mut paragraphs = vec![said.as_str()];
    paragraphs.extend((!motive.is_empty()).then_some(why.as_str()));
    project.mail(MessageKind::ExtensionDecided, &subject, &paragraphs, ("Ouvrir le bilan", path))
}

/// Asks a legal representative to certify a report. The worker completes the path with a secret.
pub fn certification_asked_mail(project: &AwardedProject, kind: ReportKind) -> Mail {
    let label = kind.label();
    let said = format!(
        "Le {label} du projet {} est prêt. L’appel demande que vous le certifiiez pour {}.",
        project.quoted_title(),
        project.organisation
    );
    let how = "Le lien ci-dessous ouvre le bilan : vous le relisez, puis vous le certifiez d’un clic. Il reste valable trois \
               jours.";
    let subject = format!("Votre certification est attendue : {label}");
    let mut mail = project.mail(MessageKind::SignatureAsked, &subject, &[&said, how], ("Relire et certifier", ""));
    mail.action = Some(Action { label: "Relire et certifier".into(), path: "/connexion/lien".into() });
    mail
}

/// Reminds of money to be paid back, before its day or after.
pub fn recovery_mail(project: &AwardedProject, amount: Euros, (due_on, today): (NaiveDate, NaiveDate)) -> Mail {
    let (day, far) = (french_date(due_on), how_far(due_on, today));
    let (subject, said) = match due_on < today {
        true => (
            format!("En retard : {amount} à reverser"),
            format!(
                "Nous attendions {amount} le {day}, {far}. Si le virement est parti, ne tenez pas compte de ce message."
            ),
        ),
        false => (
            format!("À reverser avant le {day} : {amount}"),
            format!("{amount} sont à reverser avant le {day}, {far}."),
        ),
    };
    let how = "La lettre reçue explique le calcul et donne le compte. Si ce délai est difficile à tenir, répondez à ce \
               message : un échelonnement est possible.";
    project.mail(MessageKind::RecoveryDue, &subject, &[&said, how], ("Voir le calcul", ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::correspondence::grants::tests::project;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn an_offer_is_recalled_with_its_last_day_then_with_what_comes_next() {
        let (due, amount) = (day("2027-06-30"), Euros::whole(3_000));
        let ahead = offer_mail(&project(), amount, (due, day("2027-06-28")));
        assert_eq!(ahead.subject, "Rappel\u{a0}: subvention à confirmer avant le 30\u{a0}juin 2027");
        assert!(ahead.paragraphs[0].contains("dans 2 jours"), "{:?}", ahead.paragraphs);
        assert_eq!(ahead.action.unwrap().path, "/subventions/1");
        let late = offer_mail(&project(), amount, (due, day("2027-07-01")));
        assert!(late.subject.contains("Sans réponse") && late.paragraphs[0].contains("hier"), "{late:?}");
    }

    #[test]
    fn a_reminder_says_by_when_and_how_late() {
        let (due, kind) = (day("2027-06-30"), ReportKind::Final);
        let ahead = report_mail(&project(), kind, (due, day("2027-06-23")), "/bilans/1");
        assert!(ahead.subject.contains("au plus tard le 30\u{a0}juin 2027"), "{}", ahead.subject);
        assert!(ahead.paragraphs[0].contains("dans 7 jours"), "{:?}", ahead.paragraphs);
        let late = report_mail(&project(), kind, (due, day("2027-07-15")), "/bilans/1");
        assert!(late.subject.starts_with("En retard") && late.paragraphs[0].contains("il y a 15 jours"));
        assert_eq!(late.action.unwrap().path, "/subventions/1/bilans/1");
    }
}

//! Letters and mails about a report.

use super::grants::{AwardedProject, paragraph};
use crate::domain::{
    letters::{Block, Letter, LetterKind},
    messages::{Action, Mail, MessageKind},
    money::{Euros, Rate},
    reports::ReportKind,
};

/// Confirms that a report was filed.
pub fn filed_mail(project: &AwardedProject, kind: ReportKind, path: &str) -> Mail {
    let said = format!("Votre {} est bien déposé. Nous le lisons et revenons vers vous.", kind.label());
    let subject = format!("Bien reçu : votre {}", kind.label());
    project.mail(MessageKind::ReportFiled, &subject, &[&said], ("Voir le bilan", path))
}

/// Tells the programme officers that a report waits to be read, on their own page.
pub fn filed_mail_to_team(project: &AwardedProject, kind: ReportKind, path: &str) -> Mail {
    let said = format!("{} a déposé son {}. Il attend votre lecture.", project.organisation, kind.label());
    let subject = format!("À lire : {} de {}", kind.label(), project.organisation);
    let mut mail = project.mail(MessageKind::ReportFiled, &subject, &[&said], ("Lire le bilan", ""));
    mail.action = Some(Action { label: "Lire le bilan".into(), path: path.to_owned() });
    mail
}

/// Says what is to be corrected.
pub fn changes_mail(project: &AwardedProject, kind: ReportKind, wanted: &str, path: &str) -> Mail {
    let said = format!("Merci pour votre {}. Il manque encore quelques éléments pour l’accepter :", kind.label());
    let next = "Corrigez ce qui est demandé, puis déposez à nouveau : tout ce que vous avez saisi est conservé.";
    let subject = format!("À corriger : votre {}", kind.label());
    project.mail(MessageKind::ReportChanges, &subject, &[&said, wanted, next], ("Corriger le bilan", path))
}

/// What an accepted report fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    pub kind: ReportKind,
    /// The cost retained; nothing for an interim report.
    pub accepted_cost: Euros,
    pub award: Euros,
    /// The part of the accepted cost the grant may cover.
    pub rate: Rate,
    pub paid: Euros,
    /// What is still owed; negative when too much was paid.
    pub balance: Euros,
}

impl Settlement {
    fn sentence(&self) -> String {
        let balance = self.balance;
        match balance.cents() {
            0 => "Tout est déjà versé : il ne reste rien à payer ni à reverser.".into(),
            cents if cents > 0 => format!("Il reste {balance} à vous verser."),
            _ => format!("Vous avez reçu {} de trop : nous vous écrivons pour le trop-perçu à reverser.", -balance),
        }
    }
}

/// The letter that accepts a final report and fixes the balance.
pub fn accepted_letter(project: &AwardedProject, settled: &Settlement) -> Letter {
    let said = format!(
        "Nous avons lu le {} du projet {} et l’acceptons. Merci pour ce travail.",
        settled.kind.label(),
        project.quoted_title()
    );
    let due = settled.award.min(settled.accepted_cost.at(settled.rate));
    let blocks = vec![
        paragraph(&said),
        Block::facts([
            ("Dépenses retenues", settled.accepted_cost.to_string()),
            ("Taux de la subvention", settled.rate.to_string()),
            ("Montant accordé", settled.award.to_string()),
            ("Montant définitif", due.to_string()),
            ("Déjà versé", settled.paid.to_string()),
        ]),
        paragraph(
            "Le montant définitif est le plus petit de ces deux montants : celui qui a été accordé, et le taux appliqué aux \
             dépenses retenues.",
        ),
        paragraph(&settled.sentence()),
    ];
    project.letter(LetterKind::ReportAccepted, LetterKind::ReportAccepted.suffix(), "votre bilan est accepté", blocks)
}

/// The mail that tells it.
pub fn accepted_mail(project: &AwardedProject, settled: &Settlement) -> Mail {
    let said = format!("Votre {} est accepté. Merci pour ce travail.", settled.kind.label());
    let subject = format!("Accepté : votre {}", settled.kind.label());
    let action = ("Voir la subvention", "");
    match settled.kind {
        ReportKind::Interim => project.mail(MessageKind::ReportAccepted, &subject, &[&said], action),
        ReportKind::Final => project.mail(MessageKind::ReportAccepted, &subject, &[&said, &settled.sentence()], action),
    }
}

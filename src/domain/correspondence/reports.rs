//! Letters and mails about a report.

use super::grants::{AwardedProject, paragraph};
use crate::domain::{
    balances::Balance,
    letters::{Block, Letter, LetterKind, Table},
    messages::{Action, Mail, MessageKind},
    money::Euros,
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

/// Says what is to be corrected, in words and by name.
pub fn changes_mail(
    project: &AwardedProject,
    kind: ReportKind,
    (wanted, items): (&str, &[String]),
    path: &str,
) -> Mail {
    let said = format!("Merci pour votre {}. Il manque encore quelques éléments pour l’accepter :", kind.label());
    let next = "Corrigez ce qui est demandé, puis déposez à nouveau : tout ce que vous avez saisi est conservé.";
    let subject = format!("À corriger : votre {}", kind.label());
    let open = format!("À reprendre : {}. Le reste ne change pas.", items.join(" ; "));
    let mut paragraphs = vec![said.as_str(), wanted];
    paragraphs.extend((!items.is_empty()).then_some(open.as_str()));
    paragraphs.push(next);
    project.mail(MessageKind::ReportChanges, &subject, &paragraphs, ("Corriger le bilan", path))
}

/// Tells its holder that a report is not asked for any more, and why.
pub fn waived_mail(project: &AwardedProject, kind: ReportKind, reason: &str) -> Mail {
    let said = format!("Votre {} n’est plus demandé : vous n’avez rien à déposer.", kind.label());
    let why = format!("Motif : {reason}");
    let subject = format!("Dispense : votre {}", kind.label());
    project.mail(MessageKind::ReportWaived, &subject, &[&said, &why], ("Voir la subvention", ""))
}

/// A line of expense as the house judged it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedLine {
    pub label: String,
    pub actual: Euros,
    pub accepted: Euros,
    /// Why not all of it; often nothing.
    pub reason: String,
}

/// What an accepted report fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    pub kind: ReportKind,
    /// What the grant comes to with the cost retained.
    pub balance: Balance,
    /// Line by line, where the house judged so.
    pub lines: Vec<JudgedLine>,
}

impl Settlement {
    fn sentence(&self) -> String {
        let (owed, over) = (self.balance.owed(), self.balance.overpaid());
        if owed.is_positive() {
            format!("Il reste {owed} à vous verser.")
        } else if over == Euros::ZERO {
            "Tout est déjà versé : il ne reste rien à payer ni à reverser.".into()
        } else if self.balance.to_return.is_positive() {
            format!("Vous avez reçu {over} de trop : nous vous écrivons pour le trop-perçu à reverser.")
        } else {
            format!("Vous avez reçu {over} de trop : le règlement de l’appel vous laisse cette somme.")
        }
    }

    /// The lines of which not everything is retained, or all of them.
    fn judged(&self) -> Option<Block> {
        let mut table = Table::new("Dépenses retenues, ligne par ligne")
            .text_column("Poste")
            .text_column("Motif")
            .amount_column("Présenté")
            .amount_column("Retenu");
        for line in &self.lines {
            let cells = [line.label.clone(), line.reason.clone(), line.actual.to_string(), line.accepted.to_string()];
            table = table.row(cells);
        }
        (!self.lines.is_empty()).then(|| table.total("Total retenu", self.balance.cost).into())
    }
}

/// The letter that accepts a final report and fixes the balance.
pub fn accepted_letter(project: &AwardedProject, settled: &Settlement) -> Letter {
    let said = format!(
        "Nous avons lu le {} du projet {} et l’acceptons. Merci pour ce travail.",
        settled.kind.label(),
        project.quoted_title()
    );
    let mut blocks = vec![paragraph(&said)];
    blocks.extend(settled.judged());
    blocks.push(Block::facts(settled.balance.lines()));
    blocks.push(paragraph(
        "Le montant définitif est le plus petit de ces deux montants : celui qui a été accordé, et le taux appliqué aux \
         dépenses retenues.",
    ));
    blocks.push(paragraph(&settled.sentence()));
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

//! Letters and mails about a payment: sent to the bank, come back from it.

use super::grants::{AwardedProject, ScheduledPayment, paragraph, schedule_table};
use crate::domain::{
    letters::{Block, Letter, LetterKind},
    messages::{Action, Mail, MessageKind},
    money::Euros,
    text::nbsp,
    time::french_date,
};
use chrono::NaiveDate;

/// One payment, as its notice tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Its place in the schedule.
    pub number: i32,
    /// « avance », « acompte », « solde ».
    pub kind: String,
    /// What left the bank.
    pub amount: Euros,
    /// What was kept back, because it is owed from another grant.
    pub kept_back: Euros,
    pub paid_on: NaiveDate,
    /// The account, masked.
    pub account: String,
    pub holder: String,
    /// What the bank shows beside the operation.
    pub end_to_end_id: String,
    /// The run it left with.
    pub run_reference: String,
    /// The whole schedule, this payment included.
    pub schedule: Vec<ScheduledPayment>,
}

impl Payment {
    fn kept_back_sentence(&self) -> Option<String> {
        let said =
            format!("Le trop-perçu de {} d’une autre subvention en a été déduit : il est ainsi réglé.", self.kept_back);
        self.kept_back.is_positive().then_some(said)
    }
}

/// The notice of a payment (avis de versement).
pub fn payment_notice(project: &AwardedProject, payment: &Payment) -> Letter {
    let paid_on = french_date(payment.paid_on);
    let said = format!(
        "Nous vous informons du versement, le {paid_on}, de {} au titre de la subvention accordée au projet {}.",
        payment.amount,
        project.quoted_title(),
    );
    let mut blocks = vec![paragraph(&said)];
    blocks.extend(payment.kept_back_sentence().map(|sentence| paragraph(&sentence)));
    blocks.extend([
        Block::facts([
            ("Nature", payment.kind.clone()),
            ("Montant", payment.amount.to_string()),
            ("Date de l’opération", paid_on),
            ("Titulaire du compte", payment.holder.clone()),
            ("Compte (masqué)", payment.account.clone()),
            ("Référence sur votre relevé", payment.end_to_end_id.clone()),
            ("Lot de virements", payment.run_reference.clone()),
        ]),
        Block::heading("Où en est l’échéancier"),
        schedule_table(&payment.schedule),
        paragraph("Conservez cet avis avec les pièces de votre projet : il justifie la recette dans vos comptes."),
    ]);
    let subject = format!("avis de versement : {}", payment.amount);
    project.letter(LetterKind::PaymentNotice, &format!("V{}", payment.number), &subject, blocks)
}

/// The mail that goes with the notice.
pub fn payment_mail(project: &AwardedProject, payment: &Payment) -> Mail {
    let paid_on = french_date(payment.paid_on);
    let said = format!(
        "Le versement « {} » de {} est parti : versé le {paid_on} sur le compte de {} ({}).",
        payment.kind, payment.amount, payment.holder, payment.account
    );
    let when = "Il apparaît sur votre relevé sous un à deux jours ouvrés. L’avis de versement est joint.";
    let subject = format!("Versé le {paid_on} : {}", payment.amount);
    let kept_back = payment.kept_back_sentence().unwrap_or_default();
    let paragraphs: Vec<_> = [said.as_str(), &kept_back, when].into_iter().filter(|text| !text.is_empty()).collect();
    project.mail(MessageKind::PaymentNotice, &subject, &paragraphs, ("Voir l’échéancier", ""))
}

/// Tells that the bank sent the money back.
pub fn returned_mail(project: &AwardedProject, amount: Euros, reason: &str) -> Mail {
    let said = format!("Le virement de {amount} n’a pas abouti : la banque nous l’a rendu.");
    let why = nbsp(&format!("Motif donné : {reason}"));
    let next = "Votre subvention n’est pas en cause. Vérifiez le RIB enregistré ; s’il a changé, saisissez le nouveau. Nous \
                ferons repartir le virement.";
    let subject = format!("Virement non abouti : RIB à vérifier ({amount})");
    let mut mail = project.mail(MessageKind::PaymentReturned, &subject, &[&said, &why, next], ("", ""));
    mail.action = Some(Action { label: "Vérifier le RIB".into(), path: project.account_path.clone() });
    mail
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::correspondence::grants::tests::project;

    #[test]
    fn the_subject_says_when_and_how_much_and_no_mail_shows_an_account_number() {
        let payment = Payment {
            number: 1,
            kind: "avance".into(),
            amount: Euros::whole(3_000),
            kept_back: Euros::ZERO,
            paid_on: "2027-06-08".parse().unwrap(),
            account: "FR76\u{a0}••••\u{a0}••••\u{a0}4321".into(),
            holder: "Les Passeurs".into(),
            end_to_end_id: "RECITAL-2027-1-0007-S-1".into(),
            run_reference: "LOT-2027-0003".into(),
            schedule: vec![],
        };
        let mail = payment_mail(&project(), &payment);
        assert_eq!(mail.subject, "Versé le 8\u{a0}juin 2027\u{a0}: 3\u{202f}000\u{a0}€");
        assert_eq!(payment_notice(&project(), &payment).reference, "RECITAL-2027-1-0007-S-V1");
    }
}

//! Letters and mails about a payment: sent to the bank, come back from it.

use super::grants::{AwardedProject, ScheduledPayment, paragraph};
use crate::domain::{
    letters::{Block, Letter, LetterKind, Table},
    messages::{Action, Mail, MessageKind},
    money::{Euros, Rate},
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
    /// What the grant amounts to, and what of it had been paid before.
    pub granted: Euros,
    pub paid_before: Euros,
    /// The cost that the final report justifies and the rate of the grant, once they fix its amount.
    pub settled: Option<(Euros, Rate)>,
    pub paid_on: NaiveDate,
    /// The account, masked.
    pub account: String,
    pub holder: String,
    /// What the bank shows beside the operation.
    pub end_to_end_id: String,
    /// The run it left with.
    pub run_reference: String,
    /// The next payment that is planned, and what it waits for.
    pub next: Option<ScheduledPayment>,
}

impl Payment {
    fn kept_back_sentence(&self) -> Option<String> {
        let said =
            format!("Le trop-perçu de {} d’une autre subvention en a été déduit : il est ainsi réglé.", self.kept_back);
        self.kept_back.is_positive().then_some(said)
    }

    /// How its amount comes about, down to what is left to pay.
    fn computation(&self) -> Block {
        let whole = self.amount + self.kept_back;
        let mut table = Table::new("Le calcul").text_column("Élément").amount_column("Montant");
        let granted =
            if self.settled.is_some() { "Montant définitif de la subvention" } else { "Subvention accordée" };
        if let Some((cost, rate)) = self.settled {
            let label = nbsp(&format!("Dépenses retenues, que la subvention couvre à {rate} au plus"));
            table = table.row([label, cost.to_string()]);
        }
        table = table.row([granted.to_owned(), self.granted.to_string()]);
        if self.paid_before.is_positive() {
            table = table.row(["Déjà versé avant ce versement".to_owned(), format!("− {}", self.paid_before)]);
        }
        table = table.row([format!("Ce versement ({})", self.kind), format!("− {whole}")]);
        table.total("Reste à verser ensuite", self.granted - self.paid_before - whole).into()
    }

    fn next_steps(&self, contact: &str) -> Vec<String> {
        let next = match &self.next {
            Some(next) => {
                format!("le prochain versement ({}, {}) attend : {} ;", next.label, next.amount, next.condition)
            }
            None => "aucun autre versement n’est prévu pour cette subvention ;".to_owned(),
        };
        [
            "vérifiez l’arrivée de la somme sur votre relevé, sous un à deux jours ouvrés ;".to_owned(),
            "gardez cet avis avec les pièces du projet : il justifie la recette dans vos comptes ;".to_owned(),
            next,
            format!("ce compte n’est pas le vôtre ? Prévenez-nous tout de suite : {contact}."),
        ]
        .iter()
        .map(|text| nbsp(text))
        .collect()
    }
}

/// The notice of a payment (avis de versement).
pub fn payment_notice(project: &AwardedProject, payment: &Payment) -> Letter {
    let paid_on = french_date(payment.paid_on);
    let said = format!(
        "Nous vous informons du versement, le {paid_on}, de {} au titre de la subvention {} accordée au projet {}.",
        payment.amount,
        project.grant_reference,
        project.quoted_title(),
    );
    let mut blocks = vec![paragraph(&said)];
    blocks.extend(payment.kept_back_sentence().map(|sentence| paragraph(&sentence)));
    let facts = [
        ("Bénéficiaire", project.organisation.clone()),
        ("Montant versé", format!("{} ({}, versement n° {})", payment.amount, payment.kind, payment.number)),
        ("Date de l’opération", paid_on),
        ("Référence sur votre relevé", format!("{} (lot {})", payment.end_to_end_id, payment.run_reference)),
        ("Compte crédité", format!("{}, {}", payment.account, payment.holder)),
    ];
    let known = facts.into_iter().filter(|(_, value)| !value.trim_matches([',', ' ']).is_empty());
    blocks.push(Block::facts(known));
    blocks.push(payment.computation());
    blocks.extend([Block::heading("Et maintenant"), Block::List(payment.next_steps(&project.contact))]);
    let subject = format!("avis de versement de {}", payment.amount);
    let suffix = format!("{}{}", LetterKind::PaymentNotice.suffix(), payment.number);
    // It travels by mail and in the holder's space: no envelope.
    Letter { recipient: Vec::new(), ..project.letter(LetterKind::PaymentNotice, &suffix, &subject, blocks) }
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
            granted: Euros::whole(4_000),
            paid_before: Euros::ZERO,
            settled: None,
            next: Some(ScheduledPayment {
                label: "Solde".into(),
                condition: "bilan final accepté".into(),
                amount: Euros::whole(1_000),
            }),
            number: 1,
            kind: "avance".into(),
            amount: Euros::whole(3_000),
            kept_back: Euros::ZERO,
            paid_on: "2027-06-08".parse().unwrap(),
            account: "FR76\u{a0}••••\u{a0}••••\u{a0}4321".into(),
            holder: "Les Passeurs".into(),
            end_to_end_id: "RECITAL-2027-1-0007-S-1".into(),
            run_reference: "LOT-2027-0003".into(),
        };
        let mail = payment_mail(&project(), &payment);
        assert_eq!(mail.subject, "Versé le 8\u{a0}juin 2027\u{a0}: 3\u{202f}000\u{a0}€");
        let notice = payment_notice(&project(), &payment);
        assert_eq!(notice.reference, "RECITAL-2027-1-0007-S-V1");
        let text = serde_json::to_string(&notice).unwrap().replace(['\u{a0}', '\u{202f}'], " ");
        for words in [
            "Subvention accordée\",\"4 000 €",
            "Reste à verser ensuite\",\"1 000 €",
            "le prochain versement (Solde, 1 000 €) attend : bilan final accepté ;",
            "FR76 •••• •••• 4321, Les Passeurs",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
}

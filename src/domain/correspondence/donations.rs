//! The tax receipt of a donation, with every mention of the official form (Cerfa 11580 for persons, 16216 for companies),
//! and the word that one is void.

use super::grants::paragraph;
use crate::domain::{
    donations::{DonorKind, GiftForm, PaymentMeans, TaxArticle},
    letters::{Block, Fund, Issuer, Language, Letter, LetterKind, LogoCode, Signature},
    messages::{Mail, MessageKind},
    money::Euros,
    spelled,
    text::{legible, nbsp},
    time::{Moment, french_date},
};
use chrono::NaiveDate;
use std::slice;

/// The house that received the gift, as a receipt must name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    pub issuer: Issuer,
    /// Its SIREN or its number in the register of associations.
    pub number: String,
    /// What it is for, as its statutes say.
    pub object: String,
    /// In what quality it may receive such gifts: « organisme d’intérêt général… ».
    pub quality: String,
    pub signature: Signature,
    /// Where documents are signed.
    pub city: String,
}

/// A gift and who gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gift {
    pub kind: DonorKind,
    pub name: String,
    /// First names of a person; the legal form of a company.
    pub first_names: String,
    pub legal_form: String,
    pub siren: String,
    pub street: String,
    /// Postcode and town.
    pub town: String,
    pub amount: Euros,
    pub given_on: NaiveDate,
    pub means: PaymentMeans,
    pub form: GiftForm,
}

impl Gift {
    /// « Jeanne Martin », « Filature du Nord (SAS) ».
    fn donor(&self) -> String {
        match self.kind {
            DonorKind::Person => format!("{} {}", self.first_names, self.name).trim().to_owned(),
            DonorKind::Company if self.legal_form.is_empty() => self.name.clone(),
            DonorKind::Company => format!("{} ({})", self.name, self.legal_form),
        }
    }

    /// Who gave, and where they live: one line of the facts.
    fn line(&self) -> (&'static str, String) {
        let siren = if self.siren.is_empty() { String::new() } else { format!(", SIREN {}", self.siren) };
        ("Donateur", legible(&format!("{}{siren}, {}, {}", self.donor(), self.street, self.town)))
    }

    fn envelope(&self) -> Vec<String> {
        [self.donor(), self.street.clone(), self.town.clone()].iter().map(|line| legible(line)).collect()
    }
}

/// A receipt to be issued, or that is void.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxReceipt {
    pub body: Body,
    pub gift: Gift,
    /// Its number in the year: `RF-2027-0001`.
    pub number: String,
    /// The number of the void receipt of the same gift that it replaces.
    pub replaces: Option<String>,
    pub articles: Vec<TaxArticle>,
    /// UTC.
    pub issued_at: Moment,
}

impl TaxReceipt {
    fn letter(&self, kind: LetterKind, reference: &str, subject: String, blocks: Vec<Block>, at: Moment) -> Letter {
        let body = &self.body;
        Letter {
            kind,
            reference: reference.to_owned(),
            title: subject.clone(),
            language: Language::French,
            issuer: body.issuer.clone(),
            fund: Fund { name: body.issuer.name.clone(), logo: LogoCode::Lianes, mention: String::new(), emblem: None },
            sender: Vec::new(),
            recipient: self.gift.envelope(),
            place_and_date: format!("{}, le {}", body.city, french_date(at.paris_date())),
            your_reference: None,
            subject,
            salutation: String::new(),
            blocks,
            closing: String::new(),
            signature: Some(body.signature.clone()),
            parties: Vec::new(),
            check_url: String::new(),
            check_code: String::new(),
            issued_at: at,
        }
        .typeset()
    }

    fn cited(&self) -> String {
        let mut cited: Vec<_> = self.articles.iter().map(|article| article.citation()).collect();
        let last = cited.pop().unwrap_or_default();
        if cited.is_empty() { last.to_owned() } else { format!("{} et à l’{last}", cited.join(", à l’")) }
    }
}

/// The receipt as a document: one page, whose subject says its number and whose foot says who signs.
pub fn receipt_letter(receipt: &TaxReceipt) -> Letter {
    let (body, gift) = (&receipt.body, &receipt.gift);
    let house = [slice::from_ref(&body.issuer.name), &body.issuer.address].concat().join(", ");
    let facts = Block::facts([
        ("Bénéficiaire", legible(&house)),
        ("SIREN ou RNA", body.number.clone()),
        ("Objet", legible(&body.object)),
        ("Qualité", legible(&body.quality)),
        gift.line(),
        ("Montant", format!("*** {} *** ({})", gift.amount, spelled::euros(gift.amount))),
        ("Date du don", french_date(gift.given_on)),
        ("Forme et nature du don", format!("{}, numéraire", gift.form.label())),
        ("Mode de versement", gift.means.label().to_owned()),
    ]);
    let certified = format!(
        "Le bénéficiaire certifie sur l’honneur que les dons et versements qu’il reçoit ouvrent droit à la réduction d’impôt \
         prévue à l’{}. Ce reçu porte les mentions du formulaire Cerfa n° {}.",
        receipt.cited(),
        gift.kind.cerfa()
    );
    let mut blocks = vec![facts, paragraph(&certified)];
    if let Some(number) = &receipt.replaces {
        blocks.insert(0, paragraph(&format!("Ce reçu annule et remplace le reçu n° {number}.")));
    }
    let subject = nbsp(&format!("Reçu au titre des dons n° {}", receipt.number));
    receipt.letter(LetterKind::TaxReceipt, &receipt.number, subject, blocks, receipt.issued_at)
}

/// The document that says that a receipt is void, why, and that its number is not given again.
pub fn void_letter(receipt: &TaxReceipt, reason: &str, at: Moment) -> Letter {
    let said = format!(
        "Le reçu n° {} du {}, d’un montant de {}, est annulé. Il ne peut plus être produit à l’administration fiscale. Son \
         numéro n’est pas donné à un autre reçu.",
        receipt.number,
        french_date(receipt.issued_at.paris_date()),
        receipt.gift.amount
    );
    let blocks =
        vec![paragraph(&said), paragraph(&format!("Motif : {}", legible(reason))), Block::facts([receipt.gift.line()])];
    let subject = nbsp(&format!("Annulation du reçu n° {}", receipt.number));
    let reference = format!("{}-{}", receipt.number, LetterKind::VoidTaxReceipt.suffix());
    receipt.letter(LetterKind::VoidTaxReceipt, &reference, subject, blocks, at)
}

fn mail(receipt: &TaxReceipt, kind: MessageKind, subject: &str, paragraphs: &[&str]) -> Mail {
    Mail {
        kind,
        subject: nbsp(subject),
        paragraphs: paragraphs.iter().map(|text| nbsp(text)).collect(),
        facts: vec![
            ("Reçu".into(), receipt.number.clone()),
            ("Montant".into(), receipt.gift.amount.to_string()),
            ("Date du don".into(), french_date(receipt.gift.given_on)),
        ],
        action: None,
        contact: receipt.body.issuer.contact.clone(),
    }
}

/// The mail that carries the receipt.
pub fn receipt_mail(receipt: &TaxReceipt) -> Mail {
    let thanks = format!("Merci pour votre don de {} à {}.", receipt.gift.amount, receipt.body.issuer.name);
    let joined = "Votre reçu fiscal est joint à ce message. Gardez-le : il sert à justifier votre réduction d’impôt.";
    mail(receipt, MessageKind::TaxReceipt, "Merci pour votre don : votre reçu fiscal", &[&thanks, joined])
}

/// Tells that a receipt is void.
pub fn void_mail(receipt: &TaxReceipt, reason: &str) -> Mail {
    let said = format!("Le reçu fiscal n° {} est annulé : ne l’utilisez plus.", receipt.number);
    let why = format!("Motif : {reason}");
    let next = "Si un autre reçu le remplace, vous le recevez dans un message à part.";
    let subject = format!("Reçu fiscal annulé : {}", receipt.number);
    mail(receipt, MessageKind::VoidTaxReceipt, &subject, &[&said, &why, next])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_cited_as_one_reads_them() {
        let gift = Gift {
            kind: DonorKind::Person,
            name: "Martin".into(),
            first_names: "Jeanne".into(),
            legal_form: String::new(),
            siren: String::new(),
            street: "1 rue Basse".into(),
            town: "59000 LILLE".into(),
            amount: Euros::whole(150),
            given_on: NaiveDate::default(),
            means: PaymentMeans::Cheque,
            form: GiftForm::Manual,
        };
        let at = Moment::from_unix_seconds(1_800_000_000);
        let issuer =
            Issuer { name: "Lianes".into(), address: Vec::new(), contact: String::new(), logo: LogoCode::Lianes };
        let signature = Signature { name: "Diane".into(), title: String::new(), place: None };
        let text = String::new();
        let body =
            Body { issuer, number: text.clone(), object: text.clone(), quality: text, signature, city: "Lille".into() };
        let articles = vec![TaxArticle::Income, TaxArticle::Wealth];
        let number = "RF-2027-0001".into();
        let mut receipt = TaxReceipt { body, gift, number, replaces: None, articles, issued_at: at };
        assert_eq!(receipt.cited(), "article 200 du CGI et à l’article 978 du CGI");
        receipt.articles.pop();
        assert_eq!(receipt.cited(), "article 200 du CGI");
        let json = serde_json::to_string(&receipt_letter(&receipt)).unwrap();
        assert!(json.contains("cent cinquante euros") && json.contains("11580"), "{json}");
        let void = serde_json::to_string(&void_letter(&receipt, "Erreur de nom", at)).unwrap();
        assert!(void.contains("est annulé") && void.contains("Erreur de nom"), "{void}");
    }
}

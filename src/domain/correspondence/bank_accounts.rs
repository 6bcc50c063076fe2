//! The alert that bank details changed, and the word that they are verified. No account number is ever written in full.

use crate::domain::{
    letters::{Block, Fund, Issuer, Language, Letter, LetterKind, Signature},
    messages::{Action, Mail, MessageKind},
    one_time_codes::VALID_MINUTES,
    text::nbsp,
    time::{Moment, french_date},
};

/// What is said of an account that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountChange {
    pub issuer: Issuer,
    pub fund: Fund,
    pub signature: Signature,
    pub city: String,
    pub recipient: Vec<String>,
    pub organisation: String,
    /// In whose name the new account is, as written on its RIB.
    pub holder: String,
    /// The account paid until now, masked; nothing when there was none.
    pub former: Option<String>,
    /// The new one, masked.
    pub new: String,
    pub entered_by: String,
    /// UTC.
    pub until: Option<Moment>,
    pub contact: String,
    /// The page of the account, beginning with `/`.
    pub path: String,
    pub number: String,
    /// UTC.
    pub issued_at: Moment,
}

impl AccountChange {
    fn said(&self) -> String {
        let former = self.former.as_deref().map_or(String::new(), |former| format!(", à la place de {former}"));
        nbsp(&format!(
            "{} a saisi un nouveau compte bancaire pour {} : {}{former}.",
            self.entered_by, self.organisation, self.new
        ))
    }

    fn pause(&self) -> String {
        let until = self.until.map_or("le temps de le vérifier".to_owned(), |until| {
            format!("au moins jusqu’au {}", french_date(until.paris_date()))
        });
        nbsp(&format!("Par prudence, aucun versement ne part {until}."))
    }
}

const OBJECT: &str = "Vous n’êtes pas au courant ? Répondez-nous tout de suite : nous bloquerons ce compte. Les changements de \
                      RIB sont la fraude la plus courante.";

/// The letter to those to whom the former account belonged.
pub fn change_letter(change: &AccountChange) -> Letter {
    let subject = "changement de coordonnées bancaires".to_owned();
    Letter {
        kind: LetterKind::BankChange,
        reference: change.number.clone(),
        title: format!("{subject} ({})", change.number),
        language: Language::French,
        issuer: change.issuer.clone(),
        fund: change.fund.clone(),
        sender: Vec::new(),
        recipient: change.recipient.clone(),
        place_and_date: format!("{}, le {}", change.city, french_date(change.issued_at.paris_date())),
        your_reference: None,
        subject,
        salutation: "Madame, Monsieur,".into(),
        blocks: vec![
            Block::paragraph(change.said()),
            Block::paragraph(change.pause()),
            Block::paragraph(nbsp(OBJECT)),
            Block::paragraph(nbsp(&format!("Contact : {}.", change.contact))),
        ],
        closing: "Nous vous prions d’agréer, Madame, Monsieur, l’expression de notre considération distinguée.".into(),
        signature: Some(change.signature.clone()),
        parties: Vec::new(),
        check_url: String::new(),
        check_code: String::new(),
        issued_at: change.issued_at,
    }
    .typeset()
}

/// The mail that goes with it.
pub fn change_mail(change: &AccountChange) -> Mail {
    Mail {
        kind: MessageKind::BankChanged,
        subject: nbsp(&format!("À vérifier : le compte bancaire de {} change", change.organisation)),
        paragraphs: vec![change.said(), change.pause(), nbsp(OBJECT)],
        facts: vec![
            ("Organisation".into(), change.organisation.clone()),
            ("Titulaire du compte".into(), change.holder.clone()),
            ("Saisi par".into(), change.entered_by.clone()),
        ],
        action: Some(Action { label: "Voir le compte".into(), path: change.path.clone() }),
        contact: change.contact.clone(),
    }
}

/// The code with which its reader confirms another account. The worker writes the code into it when it leaves.
pub fn change_code(organisation: &str, account: &str, contact: &str) -> Mail {
    let said = format!(
        "Vous allez remplacer le compte bancaire de {organisation} par le compte {account}. Recopiez ce code sur la page \
         où vous l’avez demandé."
    );
    let alone = format!("Il sert une seule fois, pour ce compte seulement, et reste valable {VALID_MINUTES} minutes.");
    Mail {
        kind: MessageKind::OneTimeCode,
        subject: "Votre code pour changer de compte bancaire".into(),
        paragraphs: vec![
            nbsp(&said),
            nbsp(&format!("{alone} Ne le donnez à personne, même si l’on vous le demande par téléphone.")),
            nbsp("Vous n’avez rien demandé ? Prévenez-nous : quelqu’un est peut-être entré dans votre espace."),
        ],
        facts: vec![("Organisation".into(), organisation.to_owned())],
        action: None,
        contact: contact.to_owned(),
    }
}

/// Tells that the account, in the name of `holder`, is verified: payments may leave.
pub fn verified_mail(organisation: &str, (account, holder): (&str, &str), contact: &str, path: &str) -> Mail {
    let said = format!("Le compte {account} ({organisation}) est vérifié. Les versements dus peuvent partir.");
    Mail {
        kind: MessageKind::BankVerified,
        subject: "Votre compte bancaire est vérifié".into(),
        paragraphs: vec![nbsp(&said)],
        facts: vec![
            ("Organisation".into(), organisation.to_owned()),
            ("Titulaire du compte".into(), holder.to_owned()),
        ],
        action: Some(Action { label: "Voir le compte".into(), path: path.to_owned() }),
        contact: contact.to_owned(),
    }
}

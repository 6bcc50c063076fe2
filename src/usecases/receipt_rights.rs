//! Whether the house may issue tax receipts, and on what legal ground: said by the management, never assumed.

use super::{Actor, FieldError, Outcome, UseCaseError, access};
use crate::{
    domain::{
        donations::{DonorKind, TaxArticle},
        identity::{Rna, Siren},
        roles::Role,
        text::unprintable_sentence,
        time::Moment,
    },
    store::{Conn, Tx, people, settings},
};

/// What the management says of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReceiptRights {
    pub is_entitled: bool,
    /// SIREN or RNA of the house, compulsory on a receipt.
    pub number: String,
    /// What the house is for, as its statutes say.
    pub object: String,
    /// In what quality it may receive such gifts.
    pub quality: String,
    pub articles: Vec<TaxArticle>,
    /// Who said so, and when; empty when nobody has.
    pub said_by: String,
}

impl ReceiptRights {
    /// The articles under which a receipt may be issued to such a donor.
    pub fn articles_for(&self, kind: DonorKind) -> Vec<TaxArticle> {
        if !self.is_entitled {
            return Vec::new();
        }
        kind.articles().iter().copied().filter(|article| self.articles.contains(article)).collect()
    }

    /// Why no receipt may be issued to such a donor; nothing when one may.
    pub fn why_not(&self, kind: DonorKind) -> Option<String> {
        if !self.is_entitled {
            return Some("Notre réseau n’est pas déclaré habilité à émettre des reçus fiscaux.".to_owned());
        }
        let sentence = match kind {
            DonorKind::Person => "Ni l’article 200 ni l’article 978 du CGI n’est déclaré applicable aux dons reçus.",
            DonorKind::Company => "L’article 238 bis du CGI n’est pas déclaré applicable aux dons reçus.",
        };
        self.articles_for(kind).is_empty().then(|| sentence.to_owned())
    }

    fn faults(&self) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        for (field, text) in [("objet", &self.object), ("qualite", &self.quality)] {
            wrong.extend(unprintable_sentence(text).map(|sentence| FieldError::new(field, sentence)));
        }
        if !self.is_entitled {
            return wrong;
        }
        let is_number = self.number.parse::<Siren>().is_ok() || self.number.parse::<Rna>().is_ok();
        let lacks = [
            ("numero", !is_number, "Indiquez le SIREN (9 chiffres) ou le RNA\u{a0}: il figure sur chaque reçu."),
            ("objet", self.object.is_empty(), "Recopiez l’objet du réseau\u{a0}: il figure sur chaque reçu."),
            ("qualite", self.quality.is_empty(), "Dites à quel titre le réseau est habilité."),
            ("articles", self.articles.is_empty(), "Choisissez au moins un article du CGI."),
        ];
        let lacking = lacks.into_iter().filter(|(_, is_lacking, _)| *is_lacking);
        wrong.extend(lacking.map(|(field, _, sentence)| FieldError::new(field, sentence)));
        wrong
    }
}

/// What is said now; not entitled until somebody says so.
pub fn load(conn: &mut Conn) -> Outcome<ReceiptRights> {
    let mut stored = settings::all(conn)?;
    let mut text = |name: &str| stored.remove(name).unwrap_or_default();
    Ok(ReceiptRights {
        is_entitled: text("receipts_entitled") == "yes",
        number: text("receipts_number"),
        object: text("receipts_object"),
        quality: text("receipts_quality"),
        articles: articles(&text("receipts_articles")),
        said_by: text("receipts_said_by"),
    })
}

/// Articles as they are kept: codes, separated by spaces.
pub(super) fn articles(codes: &str) -> Vec<TaxArticle> {
    codes.split_whitespace().filter_map(|code| code.parse().ok()).collect()
}

/// The same, written.
pub(super) fn codes(articles: &[TaxArticle]) -> String {
    articles.iter().map(|article| article.code()).collect::<Vec<_>>().join(" ")
}

/// Writes what the management says.
pub fn save(tx: &mut Tx, director: &Actor, wanted: &ReceiptRights, now: Moment) -> Outcome<()> {
    access::require(director, &[Role::Director])?;
    let wrong = wanted.faults();
    if !wrong.is_empty() {
        return Err(UseCaseError::Invalid(wrong));
    }
    let name = people::find(tx.conn(), access::person(director)?)?.name;
    let said_by = format!("{name}, le {}", now.french());
    let articles = codes(&wanted.articles);
    let values = [
        ("receipts_entitled", if wanted.is_entitled { "yes" } else { "" }),
        ("receipts_number", wanted.number.as_str()),
        ("receipts_object", wanted.object.as_str()),
        ("receipts_quality", wanted.quality.as_str()),
        ("receipts_articles", articles.as_str()),
        ("receipts_said_by", said_by.as_str()),
    ];
    for (name, value) in values {
        settings::set(tx, name, value)?;
    }
    Ok(())
}

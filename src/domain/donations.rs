//! Donations (dons): who gives, how, and under which articles of the tax code (CGI) a receipt may be issued for it.

use super::{codes::codes, references::axis};

codes! {
    /// Who gives: each has its own form of receipt.
    pub enum DonorKind {
        /// A person (Cerfa 11580).
        Person => "person",
        /// A company (Cerfa 16216).
        Company => "company",
    }

    /// How the money came.
    pub enum PaymentMeans {
        Transfer => "transfer",
        DirectDebit => "direct_debit",
        Card => "card",
        Cheque => "cheque",
        Cash => "cash",
    }

    /// In what form it was given.
    pub enum GiftForm {
        /// Handed over without a deed (don manuel).
        Manual => "manual",
        Notarised => "notarised",
        PrivateDeed => "private_deed",
        Other => "other",
    }

    /// The article of the tax code that gives a donor a reduction.
    pub enum TaxArticle {
        /// Income tax of persons.
        Income => "200",
        /// Corporate giving (mécénat).
        Companies => "238bis",
        /// Tax on real estate wealth (IFI); only for the bodies the article names.
        Wealth => "978",
    }
}

impl DonorKind {
    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            DonorKind::Person => "Une personne",
            DonorKind::Company => "Une entreprise",
        }
    }

    /// The number of the official form whose mentions the receipt has.
    pub const fn cerfa(self) -> &'static str {
        match self {
            DonorKind::Person => "11580",
            DonorKind::Company => "16216",
        }
    }

    /// The articles under which such a donor may ask for a reduction.
    pub const fn articles(self) -> &'static [TaxArticle] {
        match self {
            DonorKind::Person => &[TaxArticle::Income, TaxArticle::Wealth],
            DonorKind::Company => &[TaxArticle::Companies],
        }
    }
}

impl PaymentMeans {
    /// The French words shown on screen and on receipts.
    pub const fn label(self) -> &'static str {
        match self {
            PaymentMeans::Transfer => "Virement",
            PaymentMeans::DirectDebit => "Prélèvement",
            PaymentMeans::Card => "Carte bancaire",
            PaymentMeans::Cheque => "Chèque",
            PaymentMeans::Cash => "Remise d’espèces",
        }
    }
}

impl GiftForm {
    /// The French words shown on screen and on receipts.
    pub const fn label(self) -> &'static str {
        match self {
            GiftForm::Manual => "Don manuel",
            GiftForm::Notarised => "Acte authentique",
            GiftForm::PrivateDeed => "Acte sous seing privé",
            GiftForm::Other => "Autre",
        }
    }
}

impl TaxArticle {
    /// « article 200 du CGI ».
    pub const fn citation(self) -> &'static str {
        match self {
            TaxArticle::Income => "article 200 du CGI",
            TaxArticle::Companies => "article 238 bis du CGI",
            TaxArticle::Wealth => "article 978 du CGI",
        }
    }

    /// The French words shown on screen.
    pub const fn label(self) -> &'static str {
        match self {
            TaxArticle::Income => "Article 200 du CGI\u{a0}: impôt sur le revenu des personnes",
            TaxArticle::Companies => "Article 238 bis du CGI\u{a0}: mécénat des entreprises",
            TaxArticle::Wealth => "Article 978 du CGI\u{a0}: impôt sur la fortune immobilière",
        }
    }
}

/// What a donation is meant for (fléchage du donateur).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DonorWish {
    /// Whatever the house does with it.
    Free,
    /// A fund, by name.
    Fund(String),
    /// An axis, by code.
    Axis(String),
}

impl DonorWish {
    /// The French words shown on screen and in tables.
    pub fn label(&self) -> String {
        match self {
            DonorWish::Free => "Libre".to_owned(),
            DonorWish::Fund(name) => name.clone(),
            DonorWish::Axis(code) => {
                format!("Axe\u{a0}: {}", axis(code).map_or(code.as_str(), |axis| axis.label.as_str()))
            }
        }
    }
}

/// The number of a donation: `DON-2027-0001`.
pub fn donation_number(year: i32, number: i32) -> String {
    format!("DON-{year}-{number:04}")
}

/// The number of a tax receipt: `RF-2027-0001`, without a gap in a year.
pub fn receipt_number(year: i32, number: i32) -> String {
    format!("RF-{year}-{number:04}")
}

/// Years after that of the last receipt for which donations are kept with their donor (LPF, art. L102 B: six years).
pub const KEPT_YEARS: i32 = 6;

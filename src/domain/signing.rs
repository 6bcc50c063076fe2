//! Signing an agreement: by whom, how and by when.

use super::codes::codes;
use chrono::{Days, NaiveDate};

codes! {
    /// For whom a signature is given.
    pub enum SigningSide {
        /// The grantee, by its legal representative.
        Holder => "holder",
        /// The network, by its management.
        Issuer => "issuer",
    }

    /// How a signature is given.
    pub enum SigningWay {
        /// Online: a typed name and a code received by mail.
        Code => "code",
        /// On paper: the signed copy was sent in.
        Scan => "scan",
    }
}

/// Days in which both sides are expected to sign. A wish of the house, which no law sets: nothing lapses with it.
pub const SIGNING_DAYS: u64 = 30;

impl SigningSide {
    /// Who signs, as a page says it.
    pub const fn label(self) -> &'static str {
        match self {
            SigningSide::Holder => "L’organisation",
            SigningSide::Issuer => "La direction",
        }
    }
}

impl SigningWay {
    /// The French words shown on screen and in the evidence.
    pub const fn label(self) -> &'static str {
        match self {
            SigningWay::Code => "en ligne, nom tapé et code reçu par courriel",
            SigningWay::Scan => "sur papier, exemplaire signé déposé",
        }
    }
}

/// The last day on which a paper sent on `sent_on` is expected back.
pub fn sign_by(sent_on: NaiveDate) -> NaiveDate {
    sent_on.checked_add_days(Days::new(SIGNING_DAYS)).unwrap_or(sent_on)
}

/// A mail address that its owner recognises and nobody else can write to: « h•••@tisserand.example ».
pub fn masked(address: &str) -> String {
    match address.split_once('@') {
        Some((name, host)) => format!("{}•••@{host}", name.chars().take(1).collect::<String>()),
        None => "•••".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_masked() {
        assert_eq!(masked("helo.passeurs@tisserand.example"), "h•••@tisserand.example");
        assert_eq!(masked("personne"), "•••");
    }

    #[test]
    fn a_paper_is_expected_back_within_a_month() {
        let sent: NaiveDate = "2027-04-02".parse().unwrap();
        assert_eq!(sign_by(sent), "2027-05-02".parse().unwrap());
    }
}

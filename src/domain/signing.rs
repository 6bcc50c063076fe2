//! Signing an agreement: by whom, how, by when, and the code that proves a mailbox.

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

/// Minutes a code is valid once its mail has left.
pub const CODE_MINUTES: i64 = 15;
/// Wrong tries after which a code is dead.
pub const CODE_TRIES: i32 = 5;
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

/// The digits of a code as somebody typed it, with or without spaces.
pub fn typed_code(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A code as it is read aloud: « 123 456 ».
pub fn spaced(code: &str) -> String {
    match (code.get(..3), code.get(3..)) {
        (Some(first), Some(last)) => format!("{first}\u{a0}{last}"),
        _ => code.to_owned(),
    }
}

/// A mail address that its owner recognises and nobody else can write to: « h•••@tisserand.example ».
pub fn masked(address: &str) -> String {
    match address.split_once('@') {
        Some((name, host)) => format!("{}•••@{host}", name.chars().take(1).collect::<String>()),
        None => "•••".into(),
    }
}

/// What became of a code, judged by its tries and its age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeFault {
    /// None was asked for.
    Unasked,
    /// Nothing was typed.
    Missing,
    /// Its quarter of an hour is over.
    Expired,
    /// It has signed already.
    Used,
    /// It was guessed at too often.
    Exhausted,
    /// These are not its digits; so many tries are left.
    Wrong(i32),
}

impl CodeFault {
    /// The French sentence beside the field.
    pub fn sentence(self) -> String {
        match self {
            CodeFault::Unasked => "Demandez d’abord un code par courriel.".into(),
            CodeFault::Missing => "Recopiez le code reçu par courriel.".into(),
            CodeFault::Expired => "Ce code a expiré\u{a0}: il sert un quart d’heure. Demandez-en un autre.".into(),
            CodeFault::Used => "Ce code a déjà servi. Demandez-en un autre.".into(),
            CodeFault::Exhausted => "Trop d’essais\u{a0}: ce code ne sert plus. Demandez-en un autre.".into(),
            CodeFault::Wrong(1) => "Ce n’est pas le code reçu. Il reste un essai.".into(),
            CodeFault::Wrong(left) => format!("Ce n’est pas le code reçu. Il reste {left} essais."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_masked_and_a_code_read_aloud() {
        assert_eq!(masked("helo.passeurs@tisserand.example"), "h•••@tisserand.example");
        assert_eq!(masked("personne"), "•••");
        assert_eq!((spaced("123456"), typed_code(" 123\u{a0}456 ")), ("123\u{a0}456".into(), "123456".into()));
    }

    #[test]
    fn a_paper_is_expected_back_within_a_month() {
        let sent: NaiveDate = "2027-04-02".parse().unwrap();
        assert_eq!(sign_by(sent), "2027-05-02".parse().unwrap());
    }
}

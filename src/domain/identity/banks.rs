//! Bank coordinates. An IBAN shows itself only by its country, key and last four characters unless asked by name.

use super::{Invalid, by_text, compact, grouped, shown_by_token};
use diesel::{deserialize::FromSqlRow, expression::AsExpression};
use iban::IbanLike;
use std::{fmt, str::FromStr};

/// An account number of any country that has IBANs. `Display` and `Debug` are masked, so that no log, panic or page
/// can show one by mistake: the whole number is `electronic()` or `grouped()`. No column takes one: the database holds
/// `SealedIban`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Iban(String);

/// The code of a bank: eight characters, or eleven with its branch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Bic(String);

by_text!(Iban, Bic);

/// The countries whose accounts a SEPA credit transfer reaches, by the letters with which their numbers begin (European
/// Payments Council, EPC409-09, list of 2025). French overseas territories have French numbers.
const SEPA_COUNTRIES: [&str; 42] = [
    "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI", "GR", "HR", "HU",
    "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE",
    "SI", "SK", "SM", "VA",
];

/// Whether a SEPA credit transfer reaches the accounts of this country: `FR`.
pub fn is_in_sepa(country: &str) -> bool {
    SEPA_COUNTRIES.contains(&country)
}

impl Iban {
    /// The whole number without spaces, for the bank.
    pub fn electronic(&self) -> &str {
        &self.0
    }

    /// The whole number by fours, for its owner or for those who verify it.
    pub fn grouped(&self) -> String {
        grouped(&self.0, std::iter::repeat(4))
    }

    /// `FR76 •••• •••• 4321`.
    pub fn masked(&self) -> String {
        let last = &self.0[self.0.len() - 4..];
        format!("{}\u{a0}••••\u{a0}••••\u{a0}{last}", &self.0[..4])
    }

    /// What a mask shows, country and key and the last four characters: `FR76.4321`.
    pub fn ends(&self) -> String {
        format!("{}.{}", &self.0[..4], &self.0[self.0.len() - 4..])
    }

    /// The two letters of the country that keeps the account: `FR`.
    pub fn country(&self) -> &str {
        &self.0[..2]
    }
}

/// An account number as somebody typed it in a form, masked whether it can be read or not; what a sealed answer shows.
pub fn masked_account(typed: &str) -> String {
    if let Some(shown) = shown_by_token(typed) {
        return shown.to_owned();
    }
    if let Ok(iban) = typed.parse::<Iban>() {
        return iban.masked();
    }
    let known: Vec<char> = typed.chars().filter(|c| c.is_alphanumeric()).collect();
    match known.as_slice() {
        [] => String::new(),
        // Of what is no longer than what a mask shows, nothing.
        [.., a, b, c, d] if known.len() >= 12 => format!("••••\u{a0}••••\u{a0}{a}{b}{c}{d}"),
        _ => "••••".to_owned(),
    }
}

impl FromStr for Iban {
    type Err = Invalid;

    /// Any spacing, either case. The key and the length of the country are checked; for France and Monaco the key of
    /// the national number too, which catches what two mistakes may hide.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = compact(text);
        let iban = text.parse::<iban::Iban>().map_err(|e| match e {
            iban::ParseIbanError::InvalidBaseIban { source: iban::ParseBaseIbanError::InvalidChecksum } => Invalid::Key,
            _ => Invalid::Shape,
        })?;
        if matches!(iban.country_code(), "FR" | "MC") && !french_key_holds(iban.bban_unchecked()) {
            return Err(Invalid::Key);
        }
        Ok(Iban(text))
    }
}

/// Whether the two last digits of a French national number (bank 5, branch 5, account 11, key 2) agree with the rest:
/// with letters read as digits, the whole is a multiple of 97.
fn french_key_holds(bban: &str) -> bool {
    let digit = |b: u8| match b {
        b'0'..=b'9' => b - b'0',
        b'A'..=b'I' => b - b'A' + 1,
        b'J'..=b'R' => b - b'J' + 1,
        _ => b.saturating_sub(b'S') + 2,
    };
    bban.bytes().fold(0, |rest, b| (rest * 10 + u32::from(digit(b))) % 97) == 0
}

impl fmt::Display for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iban({})", self.masked())
    }
}

impl FromStr for Bic {
    type Err = Invalid;

    /// Four characters of the bank, two letters of the country, two of the place, three of the branch (ISO 9362).
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = compact(text);
        let well_formed = matches!(text.len(), 8 | 11)
            && text.bytes().all(|b| b.is_ascii_alphanumeric())
            && text.bytes().skip(4).take(2).all(|b| b.is_ascii_alphabetic());
        if well_formed { Ok(Bic(text)) } else { Err(Invalid::Shape) }
    }
}

impl fmt::Display for Bic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FRENCH: &str = "FR7630006000011234567890189";

    #[test]
    fn an_account_number_typed_in_a_form_is_masked_right_or_wrong() {
        assert_eq!(masked_account("fr76 3000 6000 0112 3456 7890 189"), "FR76\u{a0}••••\u{a0}••••\u{a0}0189");
        assert_eq!(masked_account("FR76 3000 6000 0112 3456 7890 188"), "••••\u{a0}••••\u{a0}0188");
        assert_eq!(masked_account("12345"), "••••");
        assert_eq!(masked_account(" "), "");
    }

    #[test]
    fn an_iban_is_read_however_it_is_spaced() {
        for typed in
            [FRENCH, "fr76 3000 6000 0112 3456 7890 189", "FR76\u{a0}3000\u{202f}6000 01 1234567890189\u{feff}"]
        {
            let iban: Iban = typed.parse().unwrap();
            assert_eq!(iban.electronic(), FRENCH);
            assert_eq!(iban.country(), "FR");
            assert_eq!(iban.grouped().replace('\u{a0}', " "), "FR76 3000 6000 0112 3456 7890 189");
        }
        for typed in ["FR14 2004 1010 0505 0001 3M02 606", "BE68539007547034", "MC5811222000010123456789030"] {
            assert!(typed.parse::<Iban>().is_ok(), "{typed}");
        }
    }

    #[test]
    fn a_wrong_iban_is_told_apart_from_a_mistyped_one() {
        assert_eq!("FR7630006000011234567890188".parse::<Iban>(), Err(Invalid::Key));
        for typed in ["", "FR76", "FR763000600001123456789018", "ZZ7630006000011234567890189", "FR76 é"] {
            assert!(typed.parse::<Iban>().is_err(), "{typed}");
        }
    }

    #[test]
    fn accounts_a_transfer_reaches_are_told_from_others() {
        assert!(["FR", "BE", "MC", "GB", "CH"].into_iter().all(is_in_sepa));
        assert!(["TN", "MA", "SN", "fr", ""].into_iter().all(|country| !is_in_sepa(country)));
    }

    #[test]
    fn the_french_key_is_checked_under_the_international_one() {
        // The national key is 88 instead of 89, and the international key has been made to agree.
        let forged = (2..98).map(|key| format!("FR{key:02}30006000011234567890188"));
        let forged: Vec<_> = forged.filter(|text| text.parse::<iban::Iban>().is_ok()).collect();
        assert_eq!(forged.len(), 1);
        assert_eq!(forged[0].parse::<Iban>(), Err(Invalid::Key));
    }

    #[test]
    fn nothing_prints_a_whole_iban_by_mistake() {
        let iban: Iban = FRENCH.parse().unwrap();
        let masked = "FR76\u{a0}••••\u{a0}••••\u{a0}0189";
        assert_eq!(iban.masked(), masked);
        assert_eq!(format!("{iban}"), masked);
        assert_eq!(format!("{:?}", Some(&iban)), format!("Some(Iban({masked}))"));
        assert_eq!(serde_json::to_value(&iban).unwrap(), serde_json::json!(FRENCH));
        assert_eq!(serde_json::from_value::<Iban>(serde_json::json!(FRENCH)).unwrap(), iban);
        assert!(serde_json::from_value::<Iban>(serde_json::json!("FR76")).is_err());
    }

    #[test]
    fn a_bic_has_eight_or_eleven_characters() {
        assert_eq!("agrifrpp".parse::<Bic>().unwrap().as_str(), "AGRIFRPP");
        assert_eq!("CEPA FR PP 591".parse::<Bic>().unwrap().to_string(), "CEPAFRPP591");
        for typed in ["", "AGRIFRP", "AGRIFRPP5", "AGRI12PP", "AGRIFRPé"] {
            assert_eq!(typed.parse::<Bic>(), Err(Invalid::Shape), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(text in "\\PC{0,40}") {
            let _ = (text.parse::<Iban>(), text.parse::<Bic>());
        }
    }
}

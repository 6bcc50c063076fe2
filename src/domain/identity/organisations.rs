//! Numbers of organisations: SIRET, RNA, UAI.

use super::{Invalid, all_digits, by_text, compact, grouped};
use diesel::{deserialize::FromSqlRow, expression::AsExpression};
use std::{fmt, str::FromStr};

/// The number of an establishment: a SIREN of nine digits, then five. Prints `123 456 789 00012` (no-break spaces).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Siret(String);

/// The number of an association in the national register: `W` and nine more (`W595012345`), or an older form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Rna(String);

/// The number of a school: seven digits and a check letter (`0750655E`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Uai(String);

/// SIREN: the number of a legal person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Siren(String);

by_text!(Siret, Siren, Rna, Uai);

/// Whether the digits pass Luhn's check.
fn luhn(digits: &str) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let values = digits.bytes().rev().map(|b| u32::from(b - b'0')).enumerate();
    let sum: u32 = values.map(|(place, digit)| if place % 2 == 1 { doubled(digit) } else { digit }).sum();
    sum.is_multiple_of(10)
}

const LA_POSTE: &str = "356000000";
const LA_POSTE_HEAD_OFFICE: &str = "35600000000048";

impl Siret {
    /// The nine digits of the legal person, which outlives its establishments.
    pub fn siren(&self) -> &str {
        self.0.get(..9).unwrap_or_default()
    }
}

impl FromStr for Siret {
    type Err = Invalid;

    /// Fourteen digits, spaced in any way. Luhn holds for the whole and for the SIREN, but for the establishments of
    /// La Poste other than its head office, whose digits add up to a multiple of five.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let digits = compact(text);
        if digits.len() != 14 || !all_digits(&digits) || digits.starts_with("000000000") {
            return Err(Invalid::Shape);
        }
        let holds = if digits.starts_with(LA_POSTE) && digits != LA_POSTE_HEAD_OFFICE {
            digits.bytes().map(|b| u32::from(b - b'0')).sum::<u32>().is_multiple_of(5)
        } else {
            luhn(&digits) && luhn(&digits[..9])
        };
        if holds { Ok(Siret(digits)) } else { Err(Invalid::Key) }
    }
}

impl fmt::Display for Siret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(&self.0, [3, 3, 3, 5]))
    }
}

impl FromStr for Siren {
    type Err = Invalid;

    /// Nine digits, spaced in any way, that pass Luhn's check.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let digits = compact(text);
        if digits.len() != 9 || !all_digits(&digits) || digits == "000000000" {
            return Err(Invalid::Shape);
        }
        if luhn(&digits) { Ok(Siren(digits)) } else { Err(Invalid::Key) }
    }
}

impl FromStr for Rna {
    type Err = Invalid;

    /// `W`, a department (`59`, `2A`, `9N` overseas) and seven digits; or the number of the prefecture's old index,
    /// kept by associations that declared nothing since 2009: three characters of the department and seven digits,
    /// with or without the letter `P` or `S` of the register's import between them.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = compact(text);
        if !text.is_ascii() || text.len() < 10 {
            return Err(Invalid::Shape);
        }
        let digit = |at: usize| text.as_bytes()[at].is_ascii_digit();
        let current = text.starts_with('W')
            && text.len() == 10
            && digit(1)
            && text.as_bytes()[2].is_ascii_alphanumeric()
            && all_digits(&text[3..]);
        let department = digit(0) && digit(1) && (digit(2) || matches!(text.as_bytes()[2], b'A' | b'B'));
        let older = text.len() == 10 && all_digits(&text[3..]);
        let imported = text.len() <= 14 && matches!(text.as_bytes()[3], b'P' | b'S') && all_digits(&text[4..]);
        if current || department && (older || imported) { Ok(Rna(text)) } else { Err(Invalid::Shape) }
    }
}

impl fmt::Display for Rna {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The check letters of schools: the alphabet without I, O and Q.
const UAI_LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPRSTUVWXYZ";

impl Uai {
    /// The department's code as the number carries it, on three digits: `059`.
    pub fn department(&self) -> &str {
        self.0.get(..3).unwrap_or_default()
    }
}

impl FromStr for Uai {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = compact(text);
        let (digits, letter) = text.split_at_checked(7).ok_or(Invalid::Shape)?;
        let &[letter] = letter.as_bytes() else { return Err(Invalid::Shape) };
        if !all_digits(digits) || !letter.is_ascii_alphabetic() {
            return Err(Invalid::Shape);
        }
        let number: usize = digits.parse().map_err(|_| Invalid::Shape)?;
        if UAI_LETTERS[number % 23] == letter { Ok(Uai(text)) } else { Err(Invalid::Key) }
    }
}

impl fmt::Display for Uai {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_siret_is_read_however_it_is_spaced() {
        for typed in
            ["73282932000074", "732 829 320 00074", " 732\u{a0}829\u{202f}320 00074\u{200b}", "732.829.320-00074"]
        {
            let siret: Siret = typed.parse().unwrap();
            assert_eq!(siret.as_str(), "73282932000074");
            assert_eq!(siret.siren(), "732829320");
            assert_eq!(siret.to_string(), "732\u{a0}829\u{a0}320\u{a0}00074");
        }
    }

    #[test]
    fn a_wrong_siret_is_told_apart_from_a_mistyped_one() {
        for typed in ["", "7328293200007", "732829320000745", "7328293200007A", "00000000000000", "٧٣٢٨٢٩٣٢٠٠٠٠٧٤"]
        {
            assert_eq!(typed.parse::<Siret>(), Err(Invalid::Shape), "{typed}");
        }
        // The open-data schema's own examples of bad keys, then a SIREN that fails under a whole that holds.
        for typed in ["21860194600000", "44088714900000", "73282932000075", "73282932100065"] {
            assert_eq!(typed.parse::<Siret>(), Err(Invalid::Key), "{typed}");
        }
    }

    #[test]
    fn the_post_offices_have_their_own_rule() {
        assert!("35600000000048".parse::<Siret>().is_ok());
        assert!("35600000049837".parse::<Siret>().is_ok());
        assert_eq!("35600000049838".parse::<Siret>(), Err(Invalid::Key));
    }

    #[test]
    fn an_rna_has_a_current_and_an_older_form() {
        for (typed, stored) in [
            ("w595012345", "W595012345"),
            ("W 2A1 000 123", "W2A1000123"),
            ("W9N1000188", "W9N1000188"),
            ("0591012345", "0591012345"),
            ("059P1000123", "059P1000123"),
        ] {
            assert_eq!(typed.parse::<Rna>().unwrap().as_str(), stored);
        }
        for typed in ["W3222", "W1234567", "W59501234X", "X595012345", "1", "", "é595012345é", "WW95012345"] {
            assert_eq!(typed.parse::<Rna>(), Err(Invalid::Shape), "{typed}");
        }
    }

    #[test]
    fn a_school_number_is_checked_by_its_letter() {
        assert_eq!("0750655e".parse::<Uai>().unwrap().to_string(), "0750655E");
        assert_eq!("075 0654 D".parse::<Uai>().unwrap().department(), "075");
        assert_eq!("0750655F".parse::<Uai>(), Err(Invalid::Key));
        for typed in ["", "0750655", "07506555", "0750655EE", "075065éE"] {
            assert_eq!(typed.parse::<Uai>(), Err(Invalid::Shape), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(text in "\\PC{0,20}") {
            let _ = (text.parse::<Siret>(), text.parse::<Rna>(), text.parse::<Uai>());
        }

        #[test]
        fn one_wrong_digit_is_always_seen(place in 0usize..14, digit in 0u8..10) {
            let mut bytes = *b"73282932000074";
            prop_assume!(bytes[place] != b'0' + digit);
            bytes[place] = b'0' + digit;
            prop_assert!(std::str::from_utf8(&bytes).unwrap().parse::<Siret>().is_err());
        }
    }
}

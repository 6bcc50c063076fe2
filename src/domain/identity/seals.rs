//! Account numbers as the database holds them: sealed, with their ends in sight, found again by a keyed mark. What opens
//! them is in the store.

use super::{Iban, Invalid, by_text, masked_account};
use crate::domain::bank_files::veiled;
use diesel::{deserialize::FromSqlRow, expression::AsExpression};
use std::{fmt, str::FromStr};

/// A sealed account number: `v1.KEY.BYTES.FR76.4321`, the name of its key, what is sealed in hexadecimal, its ends.
#[derive(Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct SealedIban(String);

/// A keyed digest of an account number, in hexadecimal: the same number always has the same mark under one key, and
/// nobody finds the number from it without the key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct IbanMark(String);

by_text!(SealedIban, IbanMark);

/// How a sealed text begins.
pub const SEALED: &str = "v1.";

impl SealedIban {
    /// The number with its ends in sight, once `sealed` (`v1.KEY.BYTES`) holds it.
    pub fn new(sealed: &str, iban: &Iban) -> Self {
        SealedIban(format!("{sealed}.{}", iban.ends()))
    }

    /// `FR76 •••• •••• 4321`, without opening anything.
    pub fn masked(&self) -> String {
        let mut ends = self.0.split('.').skip(3);
        let (first, last) = (ends.next().unwrap_or_default(), ends.next().unwrap_or_default());
        format!("{first}\u{a0}••••\u{a0}••••\u{a0}{last}")
    }

    /// The two letters of its country, without opening anything.
    pub fn country(&self) -> &str {
        self.0.split('.').nth(3).and_then(|first| first.get(..2)).unwrap_or_default()
    }
}

impl FromStr for SealedIban {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_whole = text.starts_with(SEALED) && text.split('.').count() == 5;
        if is_whole { Ok(SealedIban(text.to_owned())) } else { Err(Invalid::Shape) }
    }
}

impl fmt::Display for SealedIban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for SealedIban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedIban({})", self.masked())
    }
}

impl IbanMark {
    /// The first half of a digest in hexadecimal: enough for no two numbers to meet.
    pub fn from_digest(digest: &str) -> Self {
        IbanMark(digest.chars().take(32).collect())
    }
}

impl FromStr for IbanMark {
    type Err = Invalid;

    /// Nothing is the mark of a number that still waits to be sealed.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_mark = text.bytes().all(|b| b.is_ascii_hexdigit());
        if is_mark { Ok(IbanMark(text.to_owned())) } else { Err(Invalid::Shape) }
    }
}

/// How the token that stands for a sealed answer begins.
pub const ANSWER_TOKEN: &str = "scellé:";
/// The answer was an account number.
const RIGHT: &str = "iban";
/// It was something else, to be typed again.
const WRONG: &str = "faux";

/// What an answer says once its number is sealed elsewhere: `scellé:iban:MARK:FR76 •••• •••• 4321`.
pub fn answer_token(mark: &IbanMark, typed: &str) -> String {
    let kind = if typed.parse::<Iban>().is_ok() { RIGHT } else { WRONG };
    format!("{ANSWER_TOKEN}{kind}:{}:{}", mark.as_str(), masked_account(typed))
}

/// What a token shows; nothing for a text that is none.
pub fn shown_by_token(text: &str) -> Option<&str> {
    token_parts(text).map(|(_, shown)| shown)
}

/// Whether a token stands for a number that can be paid; nothing for a text that is no token.
pub fn is_token_right(text: &str) -> Option<bool> {
    token_parts(text).map(|(kind, _)| kind == RIGHT)
}

fn token_parts(text: &str) -> Option<(&str, &str)> {
    let (kind, rest) = text.strip_prefix(ANSWER_TOKEN)?.split_once(':')?;
    Some((kind, rest.split_once(':')?.1))
}

/// A text in which every account number shows only its ends: banks write numbers into labels, by fours or in one piece,
/// with signs around them or not.
pub fn without_accounts(text: &str) -> String {
    /// Groups of an account number written by fours, at most.
    const GROUPS: usize = 9;
    let words: Vec<&str> = text.split_whitespace().collect();
    let (mut said, mut at) = (Vec::new(), 0);
    while let Some(word) = words.get(at) {
        match (1..=GROUPS).rev().find_map(|count| Some((count, number(words.get(at..at + count)?)?))) {
            Some((count, shown)) => {
                said.push(shown);
                at += count;
            }
            None => {
                said.push(veiled(word, |part| Some(part.parse::<Iban>().ok()?.masked())));
                at += 1;
            }
        }
    }
    said.join(" ")
}

/// What is shown of the number that these words write, with the signs before and behind it.
fn number(words: &[&str]) -> Option<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric();
    let first = *words.first()?;
    let before = first.trim_end_matches(is_part);
    if !may_begin(first) && !may_begin(first.strip_prefix(before)?) {
        return None;
    }
    let whole = words.concat();
    if let Ok(iban) = whole.parse::<Iban>() {
        return Some(iban.masked());
    }
    let behind = words.last()?.trim_start_matches(is_part);
    let iban: Iban = whole.strip_prefix(before)?.strip_suffix(behind)?.parse().ok()?;
    Some(format!("{before}{}{behind}", iban.masked()))
}

/// Whether a text starts as a number does: a country and its key.
fn may_begin(text: &str) -> bool {
    match text.as_bytes() {
        [a, b, c, ..] => a.is_ascii_alphabetic() && b.is_ascii_alphabetic() && c.is_ascii_digit(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBER: &str = "FR7630006000011234567890189";
    const MASKED: &str = "FR76\u{a0}••••\u{a0}••••\u{a0}0189";

    #[test]
    fn a_sealed_number_shows_its_ends_only() {
        let sealed = SealedIban::new("v1.0a1b2c3d.00ff", &NUMBER.parse().unwrap());
        assert_eq!(sealed.as_str(), "v1.0a1b2c3d.00ff.FR76.0189");
        assert_eq!((sealed.masked().as_str(), sealed.country()), (MASKED, "FR"));
        assert_eq!(format!("{sealed:?}"), format!("SealedIban({MASKED})"));
        assert_eq!(sealed.as_str().parse::<SealedIban>(), Ok(sealed));
        assert_eq!(NUMBER.parse::<SealedIban>(), Err(Invalid::Shape));
    }

    #[test]
    fn a_token_says_whether_its_number_was_right() {
        let mark: IbanMark = "0a".parse().unwrap();
        let token = answer_token(&mark, "fr76 3000 6000 0112 3456 7890 189");
        assert_eq!((shown_by_token(&token), is_token_right(&token)), (Some(MASKED), Some(true)));
        assert_eq!(is_token_right(&answer_token(&mark, "FR76 3000 6000 0112 3456 7890 188")), Some(false));
        assert_eq!(masked_account(&token), MASKED);
        assert_eq!(is_token_right(NUMBER), None);
    }

    #[test]
    fn a_label_keeps_its_words_without_their_numbers() {
        let by_fours = "VIR  vers FR76 3000 6000 0112 3456 7890 189 du 3 mai";
        assert_eq!(without_accounts(by_fours), format!("VIR vers {MASKED} du 3 mai"));
        assert_eq!(without_accounts(&format!("REF {NUMBER}")), format!("REF {MASKED}"));
        assert_eq!(without_accounts("TAN-2027-001 FR76 facture"), "TAN-2027-001 FR76 facture");
        let among_signs = format!("/IBAN/{NUMBER}/BIC/AGRIFRPP, releve_{NUMBER}.csv");
        assert_eq!(without_accounts(&among_signs), format!("/IBAN/{MASKED}/BIC/AGRIFRPP, releve_{MASKED}.csv"));
        let by_fours = "IBAN:FR76 3000 6000 0112 3456 7890 189, merci";
        assert_eq!(without_accounts(by_fours), format!("IBAN:{MASKED}, merci"));
    }
}

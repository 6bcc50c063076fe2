//! Numbers of nobody: well-formed SIRET, RNA, UAI and IBAN made up from a counter.

/// The digit that makes a number pass Luhn's check when written after it.
fn luhn_digit(digits: &str) -> i64 {
    let values = digits.bytes().rev().map(|byte| i64::from(byte - b'0')).enumerate();
    let sum: i64 = values
        .map(|(place, digit)| match (place % 2 == 0, digit) {
            (false, digit) => digit,
            (true, digit) if digit > 4 => digit * 2 - 9,
            (true, digit) => digit * 2,
        })
        .sum();
    (10 - sum % 10) % 10
}

/// A SIRET of the head office of organisation `number`.
pub fn siret(number: i64) -> String {
    let digits = format!("9{:07}", (number * 7919 + 1_234_567) % 10_000_000);
    let siren = format!("{digits}{}", luhn_digit(&digits));
    let establishment = format!("{siren}0001");
    format!("{establishment}{}", luhn_digit(&establishment))
}

/// An RNA number given by a prefecture of this department.
pub fn rna(department: &str, number: i64) -> String {
    format!("W{department}1{:06}", (number * 3571 + 1_000) % 1_000_000)
}

/// The UAI of a school in this department.
pub fn uai(department: &str, number: i64) -> String {
    const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPRSTUVWXYZ";
    let digits = format!("{}{department}{:04}", number / 9_000 % 10, 1_000 + number % 9_000);
    let value: usize = digits.parse().unwrap_or_default();
    format!("{digits}{}", char::from(LETTERS[value % 23]))
}

/// The IBAN of this account, of eleven digits, at a French bank, with both its keys right.
pub fn iban(account: i64) -> String {
    let (bank, branch, account) = ("30076", "02114", format!("{account:011}"));
    let rest = format!("{bank}{branch}{account}00").bytes().fold(0, |rest, b| (rest * 10 + i64::from(b - b'0')) % 97);
    let national = format!("{bank}{branch}{account}{:02}", 97 - rest);
    // F is 15 and R is 27.
    let rest = format!("{national}152700").bytes().fold(0, |rest, b| (rest * 10 + i64::from(b - b'0')) % 97);
    format!("FR{:02}{national}", 98 - rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identity::{Iban, Rna, Siret, Uai};

    #[test]
    fn made_up_numbers_are_well_formed_and_differ() {
        let mut seen = std::collections::BTreeSet::new();
        for number in 0..12_000 {
            assert!(seen.insert(siret(number)), "{number}");
            siret(number).parse::<Siret>().unwrap();
            rna("62", number).parse::<Rna>().unwrap();
            uai("59", number).parse::<Uai>().unwrap();
            iban(number * 7_907_321).parse::<Iban>().unwrap();
        }
    }
}

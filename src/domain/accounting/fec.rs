//! The eighteen columns of the fichier des écritures comptables (livre des procédures fiscales, art. A47 A-1): a tab between
//! values, days as AAAAMMJJ, amounts with a decimal comma, ISO 8859-15. The same entries always give the same bytes.

use super::Entry;
use crate::domain::{identity::Siren, money::Euros};
use chrono::NaiveDate;

/// The names of the columns, in the order of the article.
pub const COLUMNS: [&str; 18] = [
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
];

/// The name of a file: SIREN, `FEC`, the last day of its period.
pub fn file_name(siren: &Siren, until_on: NaiveDate) -> String {
    format!("{}FEC{}.txt", siren.as_str(), day(until_on))
}

/// The line of the names.
pub fn heading() -> Vec<u8> {
    line(&COLUMNS)
}

/// The two lines of an entry, the debit first, validated on this day.
pub fn lines(entry: &Entry, validated_on: NaiveDate) -> Vec<u8> {
    let amount = entry.amount.plain();
    let mut both = side(entry, (&entry.debit_account, &entry.debit_label), (&amount, ""), validated_on);
    both.extend(side(entry, (&entry.credit_account, &entry.credit_label), ("", &amount), validated_on));
    both
}

fn side(
    entry: &Entry,
    (account, label): (&str, &str),
    (debit, credit): (&str, &str),
    validated_on: NaiveDate,
) -> Vec<u8> {
    let nothing = Euros::ZERO.plain();
    let or_nothing = |amount: &str| if amount.is_empty() { nothing.clone() } else { amount.to_owned() };
    let has_third = !account.is_empty() && account == entry.third_account;
    let third = |text: &str| if has_third { text.to_owned() } else { String::new() };
    let (number, entry_on, piece_on) = (entry.number.to_string(), day(entry.entry_on), day(entry.piece_on));
    let (third_number, third_name) = (third(&entry.third_number), third(&entry.third_name));
    let (debit, credit, validated_on) = (or_nothing(debit), or_nothing(credit), day(validated_on));
    line(&[
        &entry.journal_code,
        &entry.journal_label,
        &number,
        &entry_on,
        account,
        label,
        &third_number,
        &third_name,
        &entry.piece,
        &piece_on,
        &entry.label,
        &debit,
        &credit,
        "",
        "",
        &validated_on,
        "",
        "",
    ])
}

/// `20270331`.
fn day(day: NaiveDate) -> String {
    day.format("%Y%m%d").to_string()
}

fn line(values: &[&str; 18]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(200);
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            bytes.push(b'\t');
        }
        value.chars().for_each(|letter| push(&mut bytes, letter));
    }
    bytes.extend_from_slice(b"\r\n");
    bytes
}

/// Appends a character in ISO 8859-15; what it does not have is written with what looks like it, or `?`.
fn push(bytes: &mut Vec<u8>, letter: char) {
    let byte = match letter {
        '\u{20ac}' => 0xa4,
        '\u{160}' => 0xa6,
        '\u{161}' => 0xa8,
        '\u{17d}' => 0xb4,
        '\u{17e}' => 0xb8,
        '\u{152}' => 0xbc,
        '\u{153}' => 0xbd,
        '\u{178}' => 0xbe,
        '\u{2018}' | '\u{2019}' => b'\'',
        '\u{201c}' | '\u{201d}' => b'"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => b'-',
        // Those eight places of the first 256 characters are taken by the ones above.
        '\u{a4}' | '\u{a6}' | '\u{a8}' | '\u{b4}' | '\u{b8}' | '\u{bc}'..='\u{be}' => b'?',
        letter if letter.is_whitespace() || letter.is_control() => b' ',
        letter => u8::try_from(letter).unwrap_or(b'?'),
    };
    bytes.push(byte);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_two_lines_that_balance() {
        let on = |text: &str| text.parse::<NaiveDate>().unwrap();
        let entry = Entry {
            number: 7,
            journal_code: "BQ".into(),
            journal_label: "Banque".into(),
            entry_on: on("2027-04-01"),
            piece: "LOT-2027-001".into(),
            piece_on: on("2027-03-31"),
            label: "Versement d\u{2019}\u{153}uvre\tSUB".into(),
            amount: Euros::from_cents(1_234_567),
            debit_account: "468600".into(),
            debit_label: "Aides".into(),
            credit_account: "512000".into(),
            credit_label: "Banque".into(),
            third_account: "468600".into(),
            third_number: "732829320".into(),
            third_name: "Le Fil".into(),
        };
        let bytes = lines(&entry, on("2027-04-02"));
        let first = "BQ\tBanque\t7\t20270401\t468600\tAides\t732829320\tLe Fil\tLOT-2027-001\t20270331\t";
        let second = "BQ\tBanque\t7\t20270401\t512000\tBanque\t\t\tLOT-2027-001\t20270331\t";
        let mut wanted = first.as_bytes().to_vec();
        wanted.extend_from_slice(b"Versement d'\xbduvre SUB\t12345,67\t0,00\t\t\t20270402\t\t\r\n");
        wanted.extend_from_slice(second.as_bytes());
        wanted.extend_from_slice(b"Versement d'\xbduvre SUB\t0,00\t12345,67\t\t\t20270402\t\t\r\n");
        assert_eq!(bytes, wanted);
        assert_eq!(file_name(&"732829320".parse().unwrap(), on("2027-03-31")), "732829320FEC20270331.txt");
    }
}

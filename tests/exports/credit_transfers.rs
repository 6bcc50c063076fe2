//! The file for the bank: held by the official schema, then by the rules of the scheme.

use crate::support;
use tisserand::{
    domain::{money::Euros, time::Moment},
    exports::credit_transfers::{Address, CreditTransferError, CreditTransferFile, Transfer},
};

fn transfer(end_to_end_id: &str, cents: i64) -> Transfer {
    Transfer {
        end_to_end_id: end_to_end_id.to_owned(),
        amount: Euros::from_cents(cents),
        creditor_name: "Association « Cœur d’Été » & Cie".to_owned(),
        creditor_iban: "FR14 2004 1010 0505 0001 3M02 606".parse().unwrap(),
        creditor_bic: None,
        address: None,
        remittance: "Récital 2027 – dossier REC-2027-0012, 1er versement <acompte>".to_owned(),
    }
}

fn file(transfers: Vec<Transfer>) -> CreditTransferFile {
    CreditTransferFile {
        message_id: "LOT-2027-0007".to_owned(),
        created_at: Moment::from_unix_seconds(1_806_528_600),
        initiating_party: "Réseau d’exemple".to_owned(),
        debtor_name: "Réseau d’exemple".to_owned(),
        debtor_iban: "FR7630006000011234567890189".parse().unwrap(),
        debtor_bic: None,
        execution_on: "2027-04-02".parse().unwrap(),
        batch_id: "RECITAL-2027-LOT07".to_owned(),
        transfers,
    }
}

fn address() -> Address {
    Address {
        street: "rue de l’Église".to_owned(),
        building: "5 bis".to_owned(),
        postcode: "59000".to_owned(),
        town: "Hénin-Beaumont".to_owned(),
        country: "FR".to_owned(),
    }
}

/// What xmllint says of these bytes against the official schema; nothing when it has no complaint.
fn complaints(xml: &[u8]) -> String {
    support::complaints("pain.001.001.09", "credit_transfers", xml)
}

#[test]
fn the_official_schema_takes_the_file() {
    if !support::require("xmllint") {
        return;
    }
    let plain = transfer("REC-2027-0012-1", 240_000);
    let full = Transfer {
        creditor_bic: Some("BDFEFRPP".parse().unwrap()),
        address: Some(address()),
        creditor_name: "漢".repeat(10) + &"a".repeat(200),
        remittance: "é".repeat(300),
        ..transfer("REC-2027-0013-2", 99_999_999_999)
    };
    let bare_address = Address { town: "Lille".to_owned(), country: "FR".to_owned(), ..Address::default() };
    let bare = Transfer { address: Some(bare_address), remittance: String::new(), ..transfer("REC-2027-0014-1", 1) };
    let mut file = file(vec![plain, full, bare]);
    assert_eq!(complaints(&file.to_xml().unwrap()), "");
    file.debtor_bic = Some("AGRIFRPP591".parse().unwrap());
    assert_eq!(complaints(&file.to_xml().unwrap()), "");
}

#[test]
fn the_file_says_what_sepa_expects() {
    let xml = file(vec![transfer("E-1", 240_050), Transfer { address: Some(address()), ..transfer("E-2", 60_000) }]);
    let xml = String::from_utf8(xml.to_xml().unwrap()).unwrap();
    assert!(xml.is_ascii());
    for expected in [
        "<CreDtTm>2027-03-31T",
        "<PmtMtd>TRF</PmtMtd>",
        "<BtchBookg>true</BtchBookg>",
        "<Cd>SEPA</Cd>",
        "<Dt>2027-04-02</Dt>",
        "<ChrgBr>SLEV</ChrgBr>",
        "<Id>NOTPROVIDED</Id>",
        "<InstdAmt Ccy=\"EUR\">2400.50</InstdAmt>",
        "<Nm>Association ' Coeur d'Ete ' + Cie</Nm>",
        "<Ustrd>Recital 2027 - dossier REC-2027-0012, 1er versement .acompte.</Ustrd>",
        "<IBAN>FR1420041010050500013M02606</IBAN>",
        "<StrtNm>rue de l'Eglise</StrtNm>",
        "<Ctry>FR</Ctry>",
    ] {
        assert!(xml.replace("&apos;", "'").contains(expected), "{expected} in\n{xml}");
    }
    assert_eq!(xml.matches("<NbOfTxs>2</NbOfTxs>").count(), 2);
    assert_eq!(xml.matches("<CtrlSum>3000.50</CtrlSum>").count(), 2);
    assert!(!xml.contains("AdrLine"));
}

#[test]
fn the_same_run_always_gives_the_same_bytes() {
    let file = file(vec![transfer("E-1", 100)]);
    assert_eq!(file.to_xml(), file.clone().to_xml());
}

#[test]
fn what_a_bank_would_refuse_is_refused_here() {
    let refusal = |transfers| file(transfers).to_xml().unwrap_err();
    assert_eq!(refusal(vec![]), CreditTransferError::Empty);
    for cents in [0, -1, 100_000_000_000] {
        assert_eq!(refusal(vec![transfer("E-1", cents)]), CreditTransferError::Amount("E-1".to_owned()));
    }
    assert_eq!(
        refusal(vec![transfer("E-1", 1), transfer("E-2", 1), transfer("E-1", 2)]),
        CreditTransferError::Duplicate("E-1".to_owned())
    );
    let long = "E".repeat(36);
    for id in ["", "/E", "E/", "E//1", "É-1", "E_1", " E", &long] {
        assert_eq!(refusal(vec![transfer(id, 1)]), CreditTransferError::Reference(id.to_owned()), "{id}");
    }
    for creditor_name in ["", "  ", "漢字", "« »"] {
        let nameless = Transfer { creditor_name: creditor_name.to_owned(), ..transfer("E-1", 1) };
        assert_eq!(refusal(vec![nameless]), CreditTransferError::Name("E-1".to_owned()), "{creditor_name}");
    }
    for address in [Address { town: " ".to_owned(), ..address() }, Address { country: "fr".to_owned(), ..address() }] {
        let lost = Transfer { address: Some(address), ..transfer("E-1", 1) };
        assert_eq!(refusal(vec![lost]), CreditTransferError::Address("E-1".to_owned()));
    }
    let abroad = Transfer { creditor_iban: "TN59 1000 6035 1835 9847 8831".parse().unwrap(), ..transfer("E-1", 1) };
    let refused = refusal(vec![abroad]);
    assert_eq!(refused, CreditTransferError::OutOfSepa("E-1".to_owned()));
    assert!(refused.to_string().contains("hors de la zone SEPA"), "said to the person who asked for the file");
    let mut unnamed = file(vec![transfer("E-1", 1)]);
    unnamed.message_id = "x".repeat(36);
    assert_eq!(unnamed.to_xml(), Err(CreditTransferError::Reference("x".repeat(36))));
}

//! Tables as several banks write them.

use super::*;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

const SEMICOLONS: &str = "Compte;FR1420041010050500013M02606\n\
    Solde au 31/05/2027;12 000,00\n\n\
    Date;Libellé;Débit;Crédit;Référence de bout en bout\n\
    03/05/2027;\"VIR SEPA; LES PASSEURS\";-5 000,00;;TAN-1\n\
    04/05/2027;FRAIS;2,50;;\n\
    05/05/2027;RETOUR;;5.000,00;TAN-1\n\
    ;Total;5 002,50;5 000,00;\n";

#[test]
fn a_table_is_read_below_what_the_bank_writes_above_it() {
    let table = Table::read(SEMICOLONS).unwrap();
    assert_eq!(table.heads.len(), 5);
    let mapping = table.guess();
    use Column::*;
    let places: Vec<_> = mapping.columns.iter().map(|(column, place)| (*column, *place)).collect();
    assert_eq!(places, [(Date, 0), (Label, 1), (Debit, 2), (Credit, 3), (EndToEndId, 4)]);
    let lines = table.statement(&mapping).unwrap().lines;
    assert_eq!(lines.len(), 3);
    let told = |line: &StatementLine| (line.booked_on, line.side, line.amount.cents(), line.end_to_end_id.is_some());
    assert_eq!(told(&lines[0]), (day("2027-05-03"), StatementSide::Debit, 500_000, true));
    assert_eq!(lines[0].label, "VIR SEPA; LES PASSEURS");
    assert_eq!(told(&lines[1]), (day("2027-05-04"), StatementSide::Debit, 250, false));
    assert_eq!(told(&lines[2]), (day("2027-05-05"), StatementSide::Credit, 500_000, true));
}

#[test]
fn commas_tabs_and_one_column_of_amounts_are_read_too() {
    for text in [
        "Date,Label,Amount,Currency\n2027-05-03,\"A, B\",-12.50,EUR\n2027-05-04,C,12.50,usd\n",
        "Date\tLabel\tAmount\tCurrency\n20270503\tA\t-12,5\t€\n04.05.27\tC\t+12,50\tUSD\n",
    ] {
        let table = Table::read(text).unwrap();
        let lines = table.statement(&table.guess()).unwrap().lines;
        let told: Vec<_> = lines.iter().map(|line| (line.booked_on, line.side, line.currency.as_str())).collect();
        assert_eq!(
            told,
            [(day("2027-05-03"), StatementSide::Debit, "EUR"), (day("2027-05-04"), StatementSide::Credit, "USD")]
        );
    }
}

#[test]
fn an_amount_is_read_with_its_sign_on_either_side_and_any_space() {
    let cents = |text: &str| amount(text).map(Euros::cents);
    for text in
        ["-1 234,56", "-1\u{a0}234,56", "\u{2212}1\u{202f}234,56 €", "1.234,56-", "1 234,56\u{2212}", "(1'234.56)"]
    {
        assert_eq!(cents(text), Some(-123_456), "{text}");
    }
    assert_eq!(cents("+1,234.56 EUR"), Some(123_456));
    for text in ["--1,00", "-1,00-", "(-1,00)", "(1,00", "1.234", "-", "()"] {
        assert_eq!(cents(text), None, "{text}");
    }
    let table = "Date;Libell\u{e9};Montant\n03/05/2027;\u{c9}COLE;-1\u{a0}234,56\n";
    let windows: Vec<u8> = table.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let table = Table::read(&crate::imports::text_of(&windows)).unwrap();
    let line = table.statement(&table.guess()).unwrap().lines.pop().unwrap();
    assert_eq!((line.side, line.amount.cents(), line.label.as_str()), (StatementSide::Debit, 123_456, "ÉCOLE"));
}

#[test]
fn an_amount_without_a_sign_takes_that_of_the_column_beside_it() {
    let read = |text: &str| {
        let table = Table::read(text).unwrap();
        let read = table.statement(&table.guess()).map_err(|error| error.to_string().replace('\u{a0}', " "))?;
        Ok::<_, String>(read.lines.iter().map(|line| (line.side, line.amount.cents())).collect::<Vec<_>>())
    };
    let (debit, credit) = (StatementSide::Debit, StatementSide::Credit);
    for (head, out, back) in [("Sens", "D", "C"), ("D/C", "Débit", "crédit"), ("Débit/Crédit", "DBIT", "CRDT")] {
        let text = format!("Date;Libellé;Montant;{head}\n03/05/2027;A;1 250,00;{out}\n04/05/2027;B;12,50;{back}\n");
        assert_eq!(read(&text), Ok(vec![(debit, 125_000), (credit, 1_250)]), "{head}");
    }
    let one = |row: &str| read(&format!("Date;Libellé;Montant;Sens\n{row}\n;Total;3,00;\n"));
    assert_eq!(one("03/05/2027;A;-2,00;-"), Ok(vec![(debit, 200)]), "both say that it left");
    assert_eq!(one("03/05/2027;Solde;;D"), Ok(vec![]), "a remark");
    assert_eq!(one("03/05/2027;A;2,00;X"), Err("Ligne 2 : le sens « X » n’est pas lisible.".into()));
    assert_eq!(one("03/05/2027;A;2,00;"), Err("Ligne 2 : le sens «  » n’est pas lisible.".into()));
    assert!(one("03/05/2027;A;-2,00;C").unwrap_err().starts_with("Ligne 2 : un montant négatif et le sens « C »"));
    let alone = Table::read("Date;Libellé;Sens\n03/05/2027;A;D\n").unwrap();
    assert_eq!(alone.guess().place(Column::Direction), None, "no amount to give a sign to");
}

#[test]
fn a_reference_nobody_gave_is_none() {
    let text = "Date;Libellé;Montant;Référence de bout en bout\n03/05/2027;A;-1,00;NONREF\n03/05/2027;B;-1,00;TAN-1\n";
    let table = Table::read(text).unwrap();
    let lines = table.statement(&table.guess()).unwrap().lines;
    let given: Vec<_> = lines.iter().map(|line| line.end_to_end_id.as_deref()).collect();
    assert_eq!(given, [None, Some("TAN-1")]);
}

#[test]
fn what_cannot_be_read_is_told_with_its_line() {
    let read = |row: &str| {
        let table = Table::read(&format!("Date;Libellé;Montant\n03/05/2027;A;1,00\n{row}\n")).unwrap();
        let told = table.statement(&table.guess()).map(|statement| statement.lines.len());
        told.map_err(|error| error.to_string().replace('\u{a0}', " "))
    };
    assert_eq!(read("31/02/2027;B;1,00"), Err("Ligne 3 : la date « 31/02/2027 » n’est pas lisible.".into()));
    assert_eq!(read("04/05/2027;B;douze"), Err("Ligne 3 : le montant « douze » n’est pas lisible.".into()));
    assert_eq!(read(";Total;1,00"), Ok(1));
    let both = Table::read("Date;Débit;Crédit\n03/05/2027;1,00;2,00\n").unwrap();
    assert!(both.statement(&both.guess()).unwrap_err().to_string().contains("un débit et un crédit"));
}

#[test]
fn an_open_quotation_mark_hides_no_rows() {
    let rows: String = (1..=20).map(|day| format!("{day:02}/05/2027;B;1.00\n")).collect();
    let text = format!("Date;Libellé;Montant\n01/05/2027;A;1.00\n02/05/2027;\"A;1.00\n{rows}");
    let refused = Table::read(&text).unwrap_err().to_string();
    assert!(refused.starts_with("Ligne 3") && refused.contains("guillemet"), "{refused}");
    let text = "Date;Libellé;Montant\n01/05/2027;A;1.00\n02/05/2027;\"A;1.00\n03/05/2027;B;1.00\n";
    assert!(Table::read(text).unwrap_err().to_string().starts_with("Ligne 3"), "a few rows are rows");
    let text = "Date;Montant;Libellé\n01/05/2027;1,00;A\n02/05/2027;1,00;\"A\nB\"\n";
    assert_eq!(Table::read(text).unwrap().examples().len(), 2, "the last label of several lines is closed");
    let text = "Date;Libellé;Montant\n01/05/2027;\"A\nB\nC\";1,00\n02/05/2027;D;1,00\n";
    let table = Table::read(text).unwrap();
    assert_eq!(table.statement(&table.guess()).unwrap().lines.len(), 2, "a label of several lines is one");
}

#[test]
fn a_text_that_is_no_table_is_refused() {
    for text in ["", "Bonjour", "%PDF-1.7", "a\nb\nc"] {
        assert!(Table::read(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in "[a-z0-9;,\t\n\"/. -]{0,200}") {
        if let Ok(table) = Table::read(&text) {
            let _ = (table.names(), table.examples(), table.statement(&table.guess()));
        }
    }
}

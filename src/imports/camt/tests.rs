//! Small messages made by hand.

use super::*;
use proptest::prelude::*;

const ACCOUNT: &str = "FR1420041010050500013M02606";

fn message(version: &str, entries: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}\"><BkToCstmrStmt>\
         <GrpHdr><MsgId>M1</MsgId><CreDtTm>2027-05-08T06:00:00</CreDtTm></GrpHdr>\
         <Stmt><Id>REL-8</Id><CreDtTm>2027-05-08T06:00:00</CreDtTm>\
         <Acct><Id><IBAN>{ACCOUNT}</IBAN></Id><Ccy>EUR</Ccy></Acct>{entries}</Stmt></BkToCstmrStmt></Document>"
    )
}

const OLD: &str = "<Ntry><Amt Ccy=\"EUR\">5000.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>\
    <BookgDt><Dt>2027-05-07</Dt></BookgDt><AcctSvcrRef>B-1</AcctSvcrRef><NtryDtls><TxDtls>\
    <Refs><EndToEndId>TAN-2027-001-1</EndToEndId></Refs>\
    <RltdPties><Cdtr><Nm>Les Passeurs &amp; Cie</Nm></Cdtr>\
    <CdtrAcct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></CdtrAcct></RltdPties>\
    <RmtInf><Ustrd>Tandems</Ustrd><Ustrd>TAN-2027-001</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>";

const NEW: &str = "<Ntry><Amt Ccy=\"EUR\">5000</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
    <BookgDt><DtTm>2027-05-09T10:00:00+02:00</DtTm></BookgDt><NtryDtls><TxDtls>\
    <Refs><EndToEndId>TAN-2027-001-1</EndToEndId></Refs><Amt Ccy=\"EUR\">5000.00</Amt>\
    <RltdPties><Cdtr><Pty><Nm>Les Passeurs</Nm></Pty></Cdtr></RltdPties>\
    <RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry>";

#[test]
fn a_transfer_is_read_from_both_versions() {
    let statement = read(&message("02", OLD)).unwrap();
    assert_eq!((statement.iban.unwrap().electronic(), statement.reference.as_str()), (ACCOUNT, "REL-8"));
    let line = &statement.lines[0];
    assert_eq!((line.side, line.amount, line.currency.as_str()), (StatementSide::Debit, Euros::whole(5_000), EURO));
    assert_eq!(line.end_to_end_id.as_deref(), Some("TAN-2027-001-1"));
    assert_eq!((line.counterpart.as_str(), line.label.as_str()), ("Les Passeurs & Cie", "Tandems TAN-2027-001"));
    assert_eq!((line.account.as_str(), line.bank_reference.as_deref()), ("FR7630006000011234567890189", Some("B-1")));
    assert_eq!(line.booked_on.to_string(), "2027-05-07");
    let back = read(&message("08", NEW)).unwrap().lines.pop().unwrap();
    assert_eq!((back.side, back.counterpart.as_str()), (StatementSide::Credit, "Les Passeurs"));
    assert_eq!(back.return_reason.as_deref(), Some("le compte est clôturé (code AC04)"));
    assert_eq!(back.booked_on.to_string(), "2027-05-09");
}

fn part(id: &str, amount: &str) -> String {
    format!(
        "<TxDtls><Refs><EndToEndId>{id}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy=\"EUR\">{amount}</Amt></TxAmt>\
         </AmtDtls></TxDtls>"
    )
}

fn batch(total: &str, details: &str) -> String {
    format!(
        "<Ntry><Amt Ccy=\"EUR\">{total}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>\
         <BookgDt><Dt>2027-05-07</Dt></BookgDt><NtryDtls><Btch><PmtInfId>LOT-2027-0001</PmtInfId></Btch>{details}\
         </NtryDtls></Ntry>"
    )
}

#[test]
fn a_batch_is_its_parts_when_they_add_up_to_it() {
    let parts = format!("{}{}", part("A-1", "30.00"), part("NOTPROVIDED", "20.50"));
    let lines = read(&message("02", &batch("50.50", &parts))).unwrap().lines;
    let told: Vec<_> = lines.iter().map(|line| (line.amount.cents(), line.end_to_end_id.as_deref())).collect();
    assert_eq!(told, [(3_000, Some("A-1")), (2_050, None)]);
    let lines = read(&message("02", &batch("50.00", &parts))).unwrap().lines;
    assert_eq!((lines.len(), lines[0].amount, lines[0].end_to_end_id.is_none()), (1, Euros::whole(50), true));
    assert_eq!(lines[0].batch_id.as_deref(), Some("LOT-2027-0001"), "what was booked is the batch all the same");
    let lines = read(&message("08", &batch("50.00", ""))).unwrap().lines;
    assert_eq!(lines[0].batch_id.as_deref(), Some("LOT-2027-0001"));
}

#[test]
fn a_batch_described_by_one_detail_keeps_the_name_of_its_order() {
    let named = |details: &str| {
        let text = batch("50.00", details).replace("<Btch><PmtInfId>LOT-2027-0001</PmtInfId></Btch>", "");
        read(&message("08", &text)).unwrap().lines.pop().unwrap()
    };
    let whole =
        named("<TxDtls><Refs><PmtInfId>LOT-2027-0001</PmtInfId><EndToEndId>NOTPROVIDED</EndToEndId></Refs></TxDtls>");
    assert_eq!(whole.batch_id.as_deref(), Some("LOT-2027-0001"));
    let message_id = named("<Btch><MsgId>LOT-2027-0001</MsgId><NbOfTxs>2</NbOfTxs></Btch>");
    assert_eq!(message_id.batch_id.as_deref(), Some("LOT-2027-0001"));
    let one = named("<TxDtls><Refs><PmtInfId>LOT-2027-0001</PmtInfId><EndToEndId>A-1</EndToEndId></Refs></TxDtls>");
    assert_eq!((one.batch_id, one.end_to_end_id.as_deref()), (None, Some("A-1")), "one transfer of it is not it");
    let account = "<RltdPties><CdtrAcct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></CdtrAcct></RltdPties>";
    let one = named(&format!("<TxDtls><Refs><PmtInfId>LOT-2027-0001</PmtInfId></Refs>{account}</TxDtls>"));
    assert_eq!(one.batch_id, None);
}

#[test]
fn what_is_not_booked_yet_is_left_out() {
    let pending = OLD.replace("BOOK", "PDNG");
    assert_eq!(read(&message("02", &format!("{pending}{OLD}"))).unwrap().lines.len(), 1);
}

#[test]
fn nothing_is_ever_expanded() {
    let bomb = "<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
    let text = message("02", OLD).replacen("<Document", &format!("{bomb}<Document"), 1);
    assert!(read(&text).unwrap_err().0.contains("refusé par sécurité"));
    let text = message("02", &OLD.replace("&amp;", "&xxe;"));
    assert!(read(&text).unwrap_err().0.contains("refusé par sécurité"));
    let deep = format!("{}{}", "<a>".repeat(10_000), "</a>".repeat(10_000));
    assert!(read(&message("02", &deep)).unwrap_err().0.contains("abîmé"));
    let numbered = read(&message("02", &OLD.replace("&amp;", "&#38;"))).unwrap();
    assert_eq!(numbered.lines[0].counterpart, "Les Passeurs & Cie");
}

#[test]
fn another_or_a_broken_file_is_refused_in_words() {
    let refused = |text: &str| read(text).unwrap_err().0;
    assert!(refused("<html><body/></html>").contains("n’est pas un relevé"));
    assert!(refused("<Document><CstmrCdtTrfInitn/></Document>").contains("n’est pas un relevé"));
    assert!(refused("<Document><BkToCstmrStmt></BkToCstmrStmt></Document>").contains("n’est pas un relevé"));
    let whole = message("02", OLD);
    assert!(refused(&whole[..whole.len() - 30]).contains("abîmé"));
    assert!(refused(&whole.replace("</Ntry>", "</Entry>")).contains("abîmé"));
    for wrong in ["Ccy=\"EUR\">5 000", "Ccy=\"EUR\">5000.001", "Ccy=\"EUR\">-5000"] {
        let text = whole.replace("Ccy=\"EUR\">5000.00", wrong);
        assert!(refused(&text).contains("Opération nº\u{a0}1"), "{wrong}");
    }
    assert!(refused(&whole.replace(ACCOUNT, "FR7500000000000000000000000")).contains("n’est pas valable"));
    let two = "</Stmt><Stmt><Id>2</Id><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></Acct></Stmt></BkTo";
    assert!(refused(&whole.replace("</Stmt></BkTo", two)).contains("plusieurs comptes"));
}

#[test]
fn several_days_of_one_account_are_one_statement() {
    let next = format!("</Stmt><Stmt><Id>REL-9</Id><Acct><Id><IBAN>{ACCOUNT}</IBAN></Id></Acct>{NEW}</Stmt></BkTo");
    let statement = read(&message("08", OLD).replace("</Stmt></BkTo", &next)).unwrap();
    assert_eq!((statement.reference.as_str(), statement.lines.len()), ("REL-8 – REL-9", 2));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in "[<>/&;a-zA-Z \"=!?0-9#\\[\\]-]{0,200}") {
        let _ = read(&text);
        let _ = read(&message("02", &text));
    }
}

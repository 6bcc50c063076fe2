//! The messages that the tests import are messages as the official schemas have them, in both versions that banks send.

use super::statements::{Entry, PAYER, message};
use crate::support;
use tisserand::{
    domain::{money::Euros, statements::StatementSide},
    imports::{self, Content},
};

/// A transfer that left, one that came in and one that came back.
fn entries() -> String {
    let left = Entry::debit("2027-05-07".parse().unwrap(), "5000.00", "TAN-2027-001-1");
    let came = Entry { side: "CRDT", reference: "DON-12", label: "DON", ..left };
    let returned = Entry { side: "CRDT", returned: "AC04", ..left };
    [left, came, returned].map(|entry| entry.xml()).concat()
}

#[test]
fn what_is_imported_is_what_the_official_schemas_take() {
    let new = message(PAYER, &entries());
    // Until version 8 a state was a word by itself.
    let old = new.replace("camt.053.001.08", "camt.053.001.02").replace("<Sts><Cd>BOOK</Cd></Sts>", "<Sts>BOOK</Sts>");
    for text in [&new, &old] {
        let Content::Message(statement) = imports::read(text).unwrap() else { panic!("{text}") };
        let told: Vec<_> = statement.lines.iter().map(|line| (line.side, line.amount)).collect();
        let five = Euros::whole(5_000);
        assert_eq!(
            told,
            [(StatementSide::Debit, five), (StatementSide::Credit, five), (StatementSide::Credit, five)],
            "{text}"
        );
        assert_eq!(statement.iban.as_ref().unwrap().electronic(), PAYER);
        assert!(statement.lines[2].return_reason.is_some(), "{text}");
    }
    if !support::require("xmllint") {
        return;
    }
    assert_eq!(support::complaints("camt.053.001.08", "statement-08", new.as_bytes()), "");
    assert_eq!(support::complaints("camt.053.001.02", "statement-02", old.as_bytes()), "");
    let wrong = new.replace("<MsgId>M</MsgId>", "");
    assert!(support::complaints("camt.053.001.08", "statement-wrong", wrong.as_bytes()).contains("MsgId"));
}

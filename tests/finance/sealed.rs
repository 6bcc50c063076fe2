//! Account numbers at rest: sealed in their rows, opened by the one key, and every reading written down.

use super::{Desk, NAME, field, text};
use crate::support::{
    databases::{IBAN_KEY, each_database},
    grants::{IBANS, Paying},
    site::sign_in,
};
use diesel::{QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Text};
use std::fs;
use tisserand::{
    domain::{
        iban_readings::ReadingPurpose, identity::Iban, ids::BankAccountId, money::Euros, reports::ReportKind,
        roles::Role,
    },
    exports::credit_transfers::bank_file,
    store::{Conn, Db, Entropy, StoreError, bank_accounts as rows, documents, iban_readings, seals::Seals},
    usecases::{approvals, bank_accounts, documents as letters, integrity, payment_runs, people, sealed_numbers},
};

/// The number of the house in the tests.
const HOUSE: &str = "FR1420041010050500013M02606";

/// A number as it is typed, by fours with either space, and in one piece.
fn writings(number: &str) -> [String; 3] {
    let iban: Iban = number.parse().unwrap();
    [number.to_owned(), iban.grouped(), iban.grouped().replace('\u{a0}', " ")]
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    place: String,
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Every text that the database holds, column after column.
pub(super) fn dump(conn: &mut Conn) -> Result<String, StoreError> {
    let columns = if conn.is_sqlite() {
        "SELECT m.name AS place, c.name AS name FROM sqlite_master m, pragma_table_info(m.name) c
         WHERE m.type = 'table' AND c.type = 'TEXT'"
    } else {
        "SELECT CAST(table_name AS TEXT) AS place, CAST(column_name AS TEXT) AS name FROM information_schema.columns
         WHERE table_schema = current_schema() AND data_type = 'text'"
    };
    let columns: Vec<Column> = sql_query(columns).load(conn)?;
    let mut dump = String::new();
    for Column { place, name } in columns {
        let sql = format!("SELECT \"{name}\" AS value FROM {place} WHERE \"{name}\" IS NOT NULL");
        let values: Vec<Value> = sql_query(sql).load(conn)?;
        values.iter().for_each(|row| dump.extend([row.value.as_str(), "\n"]));
    }
    Ok(dump)
}

/// A grant whose first payment left by the bank's own file, and of which some is asked back.
fn paid(paying: &Paying) -> (BankAccountId, tisserand::domain::ids::PaymentRunId) {
    let grantee = paying.award(NAME, Euros::whole(10_000));
    paying.announce();
    paying.ready(&grantee, NAME, IBANS[0]);
    let run = paying.prepare(&[paying.payments(grantee.grant)[0].id]);
    paying.does(|tx| approvals::approve_by_mail(tx, &paying.director, run, 0, paying.now)).unwrap();
    paying.does(|tx| payment_runs::export(tx, &paying.finance, run, 1, bank_file, paying.now)).unwrap();
    let today = paying.now.paris_date();
    paying.does(|tx| payment_runs::mark_paid(tx, &paying.finance, run, 2, today, paying.now)).unwrap();
    paying.report(&grantee, ReportKind::Final, Euros::whole(1_000));
    let account = paying.db.read(|conn| rows::open_of(conn, grantee.organisation)).unwrap()[0].id;
    (account, run)
}

fn purposes(db: &Db, subject: &str) -> Vec<(ReadingPurpose, Option<String>)> {
    let found =
        db.read(|conn| iban_readings::of_subjects(conn, &[subject.to_owned()], ReadingPurpose::ALL, 50)).unwrap();
    found.into_iter().map(|(row, name)| (row.purpose, name)).collect()
}

fn broken(db: &Db) -> Vec<&'static str> {
    let found = db.read(|conn| integrity::check(conn, None, &mut |_| {})).unwrap();
    found.into_iter().filter(|promise| promise.tally.broken > 0).map(|promise| promise.name).collect()
}

#[test]
fn no_number_lies_in_clear_after_a_payment_run() {
    for db in each_database() {
        let paying = Paying::on(db);
        let (account, run) = paid(&paying);
        let dump = paying.db.read(dump).unwrap();
        let file = paying.db.url().strip_prefix("sqlite:").map(str::to_owned);
        let bytes: Vec<u8> =
            file.iter().flat_map(|path| [path.clone(), format!("{path}-wal")]).fold(Vec::new(), |mut bytes, path| {
                bytes.extend(fs::read(path).unwrap_or_default());
                bytes
            });
        for written in [writings(IBANS[0]), writings(HOUSE)].concat() {
            assert!(!dump.contains(&written), "{written} lies in a column");
            let is_there = bytes.windows(written.len()).any(|some| some == written.as_bytes());
            assert!(!is_there, "{written} lies in the file");
        }
        assert!(dump.contains(&format!("{{iban:{account}}}")), "the bank file names the account instead");
        let (_, file) = paying.does(|tx| payment_runs::bank_file(tx, &paying.finance, run, paying.now)).unwrap();
        assert!(file.content.contains(&format!("<IBAN>{}</IBAN>", IBANS[0])), "{}", file.content);
        assert!(file.content.contains(&format!("<IBAN>{HOUSE}</IBAN>")));
        assert_eq!(broken(&paying.db), Vec::<&str>::new());
    }
}

#[test]
fn the_letter_that_asks_money_back_shows_the_number_of_the_house() {
    let paying = Paying::on(crate::support::databases::sqlite());
    paid(&paying);
    let all = paying.db.read(|conn| documents::after(conn, None, 500)).unwrap();
    let letter = all.into_iter().find(letters::has_number).unwrap();
    let whole = paying.does(|tx| letters::whole(tx, &letter, None, paying.now)).unwrap();
    assert!(whole.facts.contains(&writings(HOUSE)[1]) && !whole.facts.contains("{iban:"), "{}", whole.facts);
    let read = purposes(&paying.db, paying.payer.as_str());
    assert!(read.contains(&(ReadingPurpose::Letter, None)), "{read:?}");
}

#[test]
fn a_number_moved_to_another_row_or_changed_does_not_open() {
    for db in each_database() {
        let paying = Paying::on(db);
        let (one, other) = (paying.award(NAME, Euros::whole(6_000)), paying.award("Le Fil", Euros::whole(5_000)));
        paying.announce();
        paying.ready(&one, NAME, IBANS[0]);
        paying.ready(&other, "Le Fil", IBANS[1]);
        let of = |grantee: &crate::support::grants::Grantee| {
            paying.db.read(|conn| rows::open_of(conn, grantee.organisation)).unwrap()[0].id
        };
        let (mine, theirs) = (of(&one), of(&other));
        let reveal = |id| paying.does(|tx| bank_accounts::reveal(tx, &paying.finance, id, paying.now));
        assert_eq!(reveal(theirs).unwrap().electronic(), IBANS[1]);
        let moved = format!(
            "UPDATE bank_accounts SET iban = (SELECT iban FROM bank_accounts WHERE id = '{mine}') WHERE id = '{theirs}'"
        );
        paying.db.write(|tx| tx.conn().batch_execute(&moved).map_err(StoreError::from)).unwrap();
        assert!(reveal(theirs).unwrap_err().to_string().contains("moved from another row"));
        assert_eq!(reveal(mine).unwrap().electronic(), IBANS[0]);
        assert_eq!(purposes(&paying.db, theirs.as_str()).len(), 1, "a number that did not open was not read");
    }
}

#[test]
fn another_key_takes_over_and_the_former_is_no_longer_needed() {
    for db in each_database() {
        let paying = Paying::on(db);
        let (account, run) = paid(&paying);
        let opened = |current: u8, old: &[[u8; 32]]| {
            let db = Db::open(paying.db.url(), Entropy::System).unwrap();
            db.hold(Seals::new(&[current; 32], old).unwrap());
            db
        };
        let stranger = opened(9, &[]);
        let refused = stranger.write(|tx| sealed_numbers::seal_all(tx, paying.now)).unwrap_err().to_string();
        assert!(refused.contains("a key that was not given"), "{refused}");
        let rotating = opened(8, &[IBAN_KEY]);
        assert_eq!(rotating.write(|tx| sealed_numbers::seal_all(tx, paying.now)).unwrap(), 2, "both accounts");
        assert_eq!(rotating.write(|tx| sealed_numbers::seal_all(tx, paying.now)).unwrap(), 0, "once");
        let new = opened(8, &[]);
        let number = new.write(|tx| bank_accounts::reveal(tx, &paying.finance, account, paying.now)).unwrap();
        assert_eq!(number.electronic(), IBANS[0]);
        let file = new.write(|tx| payment_runs::bank_file(tx, &paying.finance, run, paying.now)).unwrap().1;
        assert!(file.content.contains(IBANS[0]), "the same bytes under another key");
        assert!(paying.does(|tx| bank_accounts::reveal(tx, &paying.finance, account, paying.now)).is_err());
    }
}

#[test]
fn what_lies_in_clear_from_before_is_seen_and_sealed() {
    for db in each_database() {
        let paying = Paying::on(db);
        let (account, run) = paid(&paying);
        let whole = paying.does(|tx| payment_runs::bank_file(tx, &paying.finance, run, paying.now)).unwrap().1;
        let clear = format!(
            "UPDATE bank_accounts SET iban = '{}', iban_mark = '' WHERE id = '{account}';
             UPDATE payer_accounts SET iban = '{HOUSE}', iban_mark = '';
             UPDATE documents SET facts = REPLACE(facts, '{{iban:{}}}', '{}')",
            IBANS[0],
            paying.payer,
            writings(HOUSE)[1],
        );
        paying.db.write(|tx| tx.conn().batch_execute(&clear).map_err(StoreError::from)).unwrap();
        // The file of a run written before its numbers were taken out.
        tamper_files(&paying.db, &whole.content);
        assert_eq!(broken(&paying.db), ["no IBAN lies in clear"]);
        let sealed = paying.db.write(|tx| sealed_numbers::seal_all(tx, paying.now)).unwrap();
        assert!(sealed >= 4, "two accounts, a file and a letter: {sealed}");
        assert_eq!(broken(&paying.db), Vec::<&str>::new());
        let dump = paying.db.read(dump).unwrap();
        assert!(writings(IBANS[0]).iter().chain(&writings(HOUSE)).all(|written| !dump.contains(written.as_str())));
        let again = paying.does(|tx| payment_runs::bank_file(tx, &paying.finance, run, paying.now)).unwrap().1;
        assert_eq!(again.content, whole.content);
    }
}

/// Puts a whole file back in place of the kept one, as it lay before: only without the guard.
fn tamper_files(db: &Db, content: &str) {
    let lifted = |tx: &mut tisserand::store::Tx| {
        let drop = match tx.conn().is_sqlite() {
            true => "DROP TRIGGER payment_files_stays",
            false => "DROP TRIGGER payment_files_stays ON payment_files",
        };
        tx.conn().batch_execute(drop)?;
        let sql = format!("UPDATE payment_files SET content = '{}', kept_sha256 = ''", content.replace('\'', "''"));
        Ok::<_, StoreError>(tx.conn().batch_execute(&sql)?)
    };
    db.write(lifted).unwrap();
    db.read(tisserand::store::guards::lay).unwrap();
}

#[actix_web::test]
async fn every_reading_is_told_with_who_when_and_why() {
    let desk = Desk::open();
    let run = desk.run();
    desk.paying.does(|tx| approvals::approve_by_mail(tx, &desk.paying.director, run, 0, desk.paying.now)).unwrap();
    desk.paying.does(|tx| payment_runs::export(tx, &desk.paying.finance, run, 1, bank_file, desk.paying.now)).unwrap();
    let file = desk.page(&desk.finance, &format!("/finances/lots/{run}/fichier"), 200).await;
    assert!(file.contains(IBANS[0]));
    let account = desk.paying.db.read(|conn| rows::open_of(conn, desk.grantee.organisation)).unwrap()[0].id;
    let path = format!("/finances/comptes/{account}");
    text(desk.door.post(&desk.finance, &format!("{path}/numero"), &[]).await, 200).await;
    let told: Vec<_> = purposes(&desk.paying.db, account.as_str()).into_iter().map(|(purpose, _)| purpose).collect();
    let wanted = [ReadingPurpose::PaymentFile, ReadingPurpose::FileCopy, ReadingPurpose::Verification];
    assert!(told.len() == 3 && wanted.iter().all(|purpose| told.contains(purpose)), "{told:?}");
    let address = "audit@tisserand.example".parse().unwrap();
    let audit = desk.paying.does(|tx| people::ensure(tx, &address, "Agnès Audit", Role::Auditor, desk.paying.now));
    let cookie = sign_in(&desk.paying.db, audit.unwrap(), desk.paying.now);
    let page = desk.page(&cookie, &path, 200).await;
    for purpose in wanted {
        assert!(page.contains(purpose.label()), "{} is not told: {page}", purpose.label());
    }
    assert!(!page.contains("Afficher le numéro complet") && !page.contains("3456 7890"), "{page}");
    assert_eq!(desk.door.post(&cookie, &format!("{path}/numero"), &[]).await.status().as_u16(), 404);
}

#[actix_web::test]
async fn the_number_of_the_house_shows_only_when_asked_for() {
    let desk = Desk::open();
    let list = "/finances/comptes-payeurs";
    let page = desk.page(&desk.finance, list, 200).await;
    let whole = "FR14 2004 1010 0505 0001 3M02 606";
    assert!(page.contains("FR14 •••• •••• 2606") && !page.contains(whole), "{page}");
    assert!(!field(&page, "token").is_empty());
    let shown = desk.door.post(&desk.director, &format!("{list}/{}/numero", desk.paying.payer), &[]).await;
    assert!(shown.headers()["cache-control"].to_str().unwrap().contains("no-store"));
    let shown = text(shown, 200).await;
    assert!(shown.contains(whole) && shown.contains(ReadingPurpose::Payer.label()), "{shown}");
    assert!(!desk.page(&desk.director, list, 200).await.contains(whole));
}

#[test]
fn a_reading_cannot_be_taken_back() {
    for db in each_database() {
        let paying = Paying::on(db);
        let (account, _) = paid(&paying);
        paying.does(|tx| bank_accounts::reveal(tx, &paying.finance, account, paying.now)).unwrap();
        for sql in ["DELETE FROM iban_readings", "UPDATE iban_readings SET purpose = 'letter'"] {
            let result = paying.db.write(|tx| tx.conn().batch_execute(sql).map_err(StoreError::from));
            assert!(result.is_err(), "{sql}");
        }
    }
}

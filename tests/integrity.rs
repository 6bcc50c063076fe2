//! The checks see what is broken: each is shown a fault that somebody with the database's own tools could make.

use crate::support::databases;
use diesel::connection::SimpleConnection;
use tisserand::{
    store::{Db, StoreError},
    usecases::integrity,
};

/// The numbers of the broken promises.
fn broken(db: &Db) -> Vec<u8> {
    let found = db.read(|conn| integrity::check(conn, None, &mut |_| {})).unwrap();
    found.iter().filter(|promise| promise.tally.broken > 0).map(|promise| promise.number).collect()
}

fn tamper(db: &Db, sql: &str) {
    db.write(|tx| tx.conn().batch_execute(sql).map_err(StoreError::from)).unwrap();
}

#[test]
fn an_empty_database_breaks_no_promise() {
    for db in databases::each_database() {
        assert_eq!(broken(&db), Vec::<u8>::new());
    }
}

#[test]
fn a_line_of_history_written_by_hand_breaks_the_chain() {
    for db in databases::each_database() {
        tamper(
            &db,
            "INSERT INTO transitions VALUES (1, 'call', 'x', 'call::create', '', 'create', 'draft', NULL, 'system', '',
             '2027-01-01 00:00:00', '', 'not the hash')",
        );
        assert!(broken(&db).contains(&10));
    }
}

#[test]
fn an_object_without_its_history_is_seen() {
    for db in databases::each_database() {
        tamper(
            &db,
            "INSERT INTO people VALUES ('p', 'a@b.fr', 'Awa', NULL, NULL, 'awa', 'awa', '2027-01-01 00:00:00', NULL);
             INSERT INTO organisations (id, name, legal_form, street, postcode, city, department, country_code, is_member,
               representative_name, representative_title, sort_key, search_key, created_at, updated_at)
               VALUES ('o', 'A', 'association', '', '', '', '59', 'FR', TRUE, '', '', '', '', '2027-01-01 00:00:00',
               '2027-01-01 00:00:00');
             INSERT INTO bank_accounts (id, organisation_id, holder, iban, bank_name, entered_by, state, version,
               state_at, created_at) VALUES ('b', 'o', 'A', 'FR', '', 'p', 'unverified', 0, '2027-01-01 00:00:00',
               '2027-01-01 00:00:00')",
        );
        assert!(broken(&db).contains(&5));
    }
}

//! A simulated history: whole, the same from the same seed, on either database.

use super::{tisserand, tisserand_in};
use crate::support::databases;
use std::collections::BTreeSet;
use tisserand::{
    domain::lifecycle::Machine,
    store::{Db, Entropy, history, integrity},
};

fn simulate(folder: &std::path::Path, url: &str, seed: &str) -> super::Run {
    let arguments = ["simulate", "--applications", "60", "--calls", "6", "--seed", seed, "--database-url", url];
    tisserand_in(folder, &arguments)
}

fn head(db: &Db) -> (i64, String) {
    db.read(history::head).unwrap()
}

#[test]
fn the_same_seed_gives_the_same_history_and_it_keeps_every_promise() {
    let mut heads = Vec::new();
    for db in databases::each_database().into_iter().chain([databases::sqlite()]) {
        let folder = tempfile::tempdir().unwrap();
        let told = simulate(folder.path(), db.url(), "7").done();
        assert!(told.contains("60 applications to 6 calls"), "{told}");
        tisserand(&["check", "--database-url", db.url()]).done();
        heads.push(head(&db));
        let sentence = simulate(folder.path(), db.url(), "7").refused();
        assert!(sentence.contains("without a history"), "{sentence}");
    }
    assert!(heads[0].0 > 1000, "{heads:?}");
    assert!(heads.windows(2).all(|two| two[0] == two[1]), "{heads:?}");
}

#[test]
fn another_seed_gives_another_history() {
    let (one, other) = (databases::sqlite(), databases::sqlite());
    let folder = tempfile::tempdir().unwrap();
    simulate(folder.path(), one.url(), "7").done();
    simulate(folder.path(), other.url(), "8").done();
    assert_ne!(head(&one), head(&other));
}

/// The states in which a simulated history leaves its objects, by machine.
#[test]
fn a_simulated_history_leaves_files_in_every_state() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["simulate", "--applications", "240", "--calls", "12", "--database-url", "sqlite:big.db"];
    tisserand_in(folder.path(), &arguments).done();
    let url = format!("sqlite:{}", folder.path().join("big.db").display());
    let db = Db::open(&url, Entropy::System).unwrap();
    let states = |machine: Machine| -> BTreeSet<String> {
        db.read(|conn| integrity::states(conn, machine)).unwrap().into_iter().collect()
    };
    let wanted: [(Machine, &[&str]); 9] = [
        (Machine::Call, &["published", "in_review", "announced"]),
        (
            Machine::Application,
            &["draft", "submitted", "ineligible", "in_review", "awarded", "reserve_listed", "rejected", "withdrawn"],
        ),
        (Machine::Review, &["assigned", "in_progress", "submitted", "recused"]),
        (Machine::Session, &["convened", "confirmed"]),
        (Machine::Grant, &["offered", "declined", "active", "closed"]),
        (Machine::Disbursement, &["planned", "authorised", "in_run", "paid", "cancelled"]),
        (Machine::PaymentRun, &["open", "settled"]),
        (Machine::Report, &["expected", "submitted", "accepted"]),
        (Machine::Recovery, &["received"]),
    ];
    for (machine, names) in wanted {
        let found = states(machine);
        let missing: Vec<_> = names.iter().filter(|name| !found.contains(**name)).collect();
        assert!(missing.is_empty(), "{machine} is never {missing:?}, only {found:?}");
    }
    assert_eq!(states(Machine::Message), BTreeSet::from(["sent".to_owned()]));
}

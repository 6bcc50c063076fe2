//! Each command on its own: its help, its refusals, what it leaves.

use super::{tisserand, tisserand_in};
use crate::support::databases;
use std::fs;

#[test]
fn every_command_explains_itself_with_an_example() {
    let help = tisserand(&["--help"]).done();
    let commands = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let commands: Vec<_> = commands.map_while(|line| line.split_whitespace().next()).collect();
    assert!(commands.len() > 5, "{help}");
    for command in commands.iter().filter(|command| **command != "help") {
        let help = tisserand(&[command, "--help"]).done();
        assert!(help.contains(&format!("tisserand {command}")) && help.contains("Example"), "{help}");
    }
}

#[test]
fn a_misspelt_command_is_a_matter_of_usage() {
    assert_eq!(tisserand(&["lifecyle"]).code, 2);
    assert_eq!(tisserand(&["lifecycle", "umbrella"]).code, 2);
    assert_eq!(tisserand(&["backup"]).code, 2);
}

#[test]
fn commands_refuse_a_database_that_is_not_there_and_make_none() {
    let folder = tempfile::tempdir().unwrap();
    let sentence = tisserand_in(folder.path(), &["check"]).refused();
    assert!(sentence.contains("tisserand migrate"), "{sentence}");
    let sentence = tisserand_in(folder.path(), &["check", "--database-url", "mysql:x"]).refused();
    assert!(sentence.contains("sqlite: or postgres://"), "{sentence}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_new_database_is_migrated_then_checked() {
    let folder = tempfile::tempdir().unwrap();
    tisserand_in(folder.path(), &["migrate"]).done();
    tisserand_in(folder.path(), &["migrate"]).done();
    let table = tisserand_in(folder.path(), &["check"]).done();
    assert_eq!(table.lines().count(), 11, "{table}");
}

#[test]
fn an_empty_database_keeps_every_promise_on_both() {
    for db in databases::each_database() {
        tisserand(&["check", "--database-url", db.url()]).done();
    }
}

#[test]
fn a_backup_is_a_database_and_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    tisserand_in(folder.path(), &["migrate"]).done();
    tisserand_in(folder.path(), &["backup", "--out", "copy.db"]).done();
    tisserand_in(folder.path(), &["check", "--database-url", "sqlite:copy.db"]).done();
    let before = fs::read(folder.path().join("copy.db")).unwrap();
    tisserand_in(folder.path(), &["backup", "--out", "copy.db"]).refused();
    tisserand_in(folder.path(), &["backup", "--out", "nowhere/copy.db"]).refused();
    assert_eq!(fs::read(folder.path().join("copy.db")).unwrap(), before);
}

#[test]
fn a_backup_of_postgres_is_left_to_pg_dump() {
    let Some(db) = databases::postgres() else { return };
    let sentence = tisserand(&["backup", "--out", "copy.db", "--database-url", db.url()]).refused();
    assert!(sentence.contains("pg_dump"), "{sentence}");
}

#[test]
fn every_lifecycle_is_printed() {
    let table = tisserand(&["lifecycle"]).done();
    let diagrams = tisserand(&["lifecycle", "--format", "mermaid"]).done();
    for machine in tisserand::domain::lifecycle::Machine::ALL {
        assert!(table.contains(machine.code()), "{machine}");
        assert!(diagrams.contains(&format!("%% {machine}\n")), "{machine}");
    }
    let one = tisserand(&["lifecycle", "recovery", "--format", "table"]).done();
    assert!(one.contains("write_off") && !one.contains("publish"), "{one}");
}

#[test]
fn the_site_map_says_who_may_open_what() {
    let map = tisserand(&["routes"]).done();
    assert!(map.contains("GET") && map.contains("/static/{path:.*}"), "{map}");
}

#[test]
fn the_first_administrator_is_added_changed_and_reset() {
    let folder = tempfile::tempdir().unwrap();
    let user = |arguments: &[&str]| tisserand_in(folder.path(), &[&["user"], arguments].concat());
    tisserand_in(folder.path(), &["migrate"]).done();
    user(&["add", "amelie@example.org", "--name", "Amélie Caron", "--role", "admin", "--role", "officer"]).done();
    user(&["role", "Amelie@example.org", "--give", "finance", "--take", "officer"]).done();
    user(&["reset", "amelie@example.org"]).done();
    let sentence = user(&["reset", "nobody@example.org"]).refused();
    assert!(sentence.contains("nobody@example.org"), "{sentence}");
    assert_eq!(user(&["role", "amelie@example.org", "--give", "system"]).code, 2);
    assert_eq!(user(&["add", "amelie", "--name", "A", "--role", "admin"]).code, 2);
}

#[test]
fn the_demo_is_filled_once() {
    let folder = tempfile::tempdir().unwrap();
    let demo = || tisserand_in(folder.path(), &["demo", "--no-serve", "--data-dir", "data"]).done();
    let first = demo();
    assert!(first.contains("officer") && first.contains("tisserand-demo"), "{first}");
    let logins = fs::read_to_string(folder.path().join("data/logins.json")).unwrap();
    assert_eq!(demo(), first);
    assert_eq!(fs::read_to_string(folder.path().join("data/logins.json")).unwrap(), logins);
    tisserand_in(folder.path(), &["check", "--database-url", "sqlite:data/tisserand.db"]).done();
}

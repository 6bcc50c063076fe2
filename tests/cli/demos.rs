//! The demo: who can sign in, and what they find.

use super::tisserand_in;
use std::fs;
use tisserand::{
    domain::{
        identity::Email, lifecycle::Machine, lifecycles::applications::ApplicationState, roles::Role, time::Moment,
    },
    store::{
        Conn, Db, Entropy, accounting,
        applications::{self, Filter},
        evidence_packs as packs, funding_dues, funding_sources, integrity, integrity_runs, people,
    },
    usecases::{Actor, Outcome, applications::sight, clock::Clock, evidence_packs, slots},
};

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
    let url = format!("sqlite:{}", folder.path().join("data/tisserand.db").display());
    let db = Db::open(&url, Entropy::System).unwrap();
    every_role_signs_in(&db, &logins);
    the_money_is_told(&db);
    something_waits_for_everybody(&db, &logins);
}

/// Who can sign in with a role.
fn players(db: &Db, logins: &str, role: Role) -> Vec<Actor> {
    let logins: serde_json::Value = serde_json::from_str(logins).unwrap();
    let wanted = logins["logins"].as_array().unwrap().iter().filter(|login| login["role"] == role.code());
    let actor = |login: &serde_json::Value| {
        let email: Email = login["email"].as_str().unwrap().parse().unwrap();
        let person = db.read(|conn| people::by_email(conn, &email)).unwrap().unwrap();
        Actor::person(person.id, vec![role])
    };
    wanted.map(actor).collect()
}

fn every_role_signs_in(db: &Db, logins: &str) {
    for role in Role::ALL.iter().filter(|role| **role != Role::System) {
        assert!(!players(db, logins, *role).is_empty(), "{role} cannot sign in");
    }
    let reader = players(db, logins, Role::Funder).remove(0);
    let funder = db.read(|conn| evidence_packs::funder_of(conn, &reader)).unwrap();
    assert_eq!(funder.map(|row| row.code).as_deref(), Some("afd"));
}

fn the_money_is_told(db: &Db) {
    let read = |conn: &mut Conn| {
        let sources: Vec<_> = funding_sources::all(conn)?.into_iter().map(|row| row.id).collect();
        let instalments = funding_dues::instalments(conn, &sources)?;
        let reports = funding_dues::reports(conn, &sources)?;
        let entries = accounting::exports(conn)?;
        Outcome::Ok((instalments, reports, entries, packs::owed(conn, 9)?))
    };
    let (instalments, reports, entries, packs) = db.read(read).unwrap();
    let (came, awaited): (Vec<_>, Vec<_>) = instalments.iter().partition(|row| row.received_on.is_some());
    assert!(!came.is_empty() && !awaited.is_empty(), "{instalments:?}");
    assert!(reports.iter().all(|row| row.sent_on.is_none()), "{reports:?}");
    assert_eq!((reports.len(), entries.len(), packs.len()), (1, 1, 1));
    assert!(entries[0].entry_count > 0);
    assert_eq!(states(db, Machine::Donation), ["receipted", "recorded"]);
    let runs = db.read(|conn| integrity_runs::last(conn, 9)).unwrap();
    assert_eq!(runs.iter().map(|run| run.broken_promises).collect::<Vec<_>>(), [0]);
}

fn states(db: &Db, machine: Machine) -> Vec<String> {
    db.read(|conn| integrity::states(conn, machine)).unwrap()
}

fn something_waits_for_everybody(db: &Db, logins: &str) {
    assert!(states(db, Machine::Grant).contains(&"agreement_sent".to_owned()));
    let now = Clock::System.now();
    let applicants = players(db, logins, Role::Applicant);
    assert!(applicants.iter().any(|one| may_book(db, one, now)), "nobody who was refused may book a meeting");
}

/// Whether a refused project of theirs is offered slots.
fn may_book(db: &Db, applicant: &Actor, now: Moment) -> bool {
    let refused = Filter { states: vec![ApplicationState::Rejected], ..Filter::default() };
    let files = db.read(|conn| applications::page(conn, sight(applicant), &refused, None, 20)).unwrap();
    let mut offers = files.iter().filter_map(|file| db.read(|conn| slots::offer(conn, applicant, file.id, now)).ok());
    offers.any(|offer| !offer.slots.is_empty())
}

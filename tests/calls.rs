//! Calls: loaded from their files, published when their money is there.

use crate::support::databases;
use tisserand::{
    domain::{
        definitions,
        ids::CallId,
        journal::Stage,
        lifecycle::Refusal,
        lifecycles::calls::{Call, CallEvent, CallState},
        money::Euros,
        roles::Role,
        time::Moment,
    },
    store::{Db, calls, journal},
    usecases::{Actor, UseCaseError, advance::advance_now, calls as verbs},
};

const FILES: [(&str, &str); 3] = [
    ("RECITAL-2027-1", include_str!("../fixtures/recital.toml")),
    ("TANDEMS-2027", include_str!("../fixtures/tandems.toml")),
    ("SUBLIME-2027", include_str!("../fixtures/sublime.toml")),
];

fn now() -> Moment {
    Moment::start_of_day("2026-11-24".parse().unwrap())
}

fn system() -> Actor {
    Actor::system()
}

fn call(db: &Db, reference: &str) -> calls::CallRow {
    db.read(|conn| verbs::by_reference(conn, reference)).unwrap()
}

fn publish(db: &Db, id: CallId) -> Result<(), UseCaseError> {
    db.write(|tx| advance_now::<Call>(tx, &system(), id, CallEvent::Publish, now())).map(drop)
}

#[test]
fn the_three_funds_are_loaded_once_and_published() {
    for db in databases::each_database() {
        for (reference, text) in FILES {
            let definition = definitions::parse(text).unwrap();
            let loaded = db.write(|tx| verbs::load(tx, &system(), &definition, now())).unwrap();
            assert_eq!(loaded.created, [reference]);
            let again = db.write(|tx| verbs::load(tx, &system(), &definition, now())).unwrap();
            assert_eq!(again.unchanged, [reference]);
            let row = call(&db, reference);
            assert_eq!(*verbs::parse(&row).unwrap(), definition.calls[0], "what is stored is what was written");
            publish(&db, row.id).unwrap();
            let row = call(&db, reference);
            assert_eq!(row.state, CallState::Published);
            assert!(row.is_open(now()), "{reference} takes applications");
            let envelope = journal::Scope::Call(row.id);
            let left = db.read(|conn| journal::balance(conn, Stage::Envelope, envelope)).unwrap();
            assert_eq!(left, definition.calls[0].envelope);
        }
    }
}

#[test]
fn a_published_call_does_not_change_any_more() {
    let db = databases::sqlite();
    let mut definition = definitions::parse(FILES[0].1).unwrap();
    db.write(|tx| verbs::load(tx, &system(), &definition, now())).unwrap();
    definition.calls[0].title = "Récital, autrement".into();
    let changed = db.write(|tx| verbs::load(tx, &system(), &definition, now())).unwrap();
    assert_eq!(changed.changed, [FILES[0].0]);
    publish(&db, call(&db, FILES[0].0).id).unwrap();
    definition.calls[0].title = "Récital, encore autrement".into();
    let refused = db.write(|tx| verbs::load(tx, &system(), &definition, now())).unwrap_err();
    assert!(refused.to_string().contains("publié"), "{refused}");
    assert_eq!(call(&db, FILES[0].0).title, "Récital, autrement");
}

#[test]
fn a_source_that_forbids_regranting_pays_for_no_call() {
    let db = databases::sqlite();
    let mut definition = definitions::parse(FILES[0].1).unwrap();
    definition.funding_sources[0].regranting = None;
    db.write(|tx| verbs::load(tx, &system(), &definition, now())).unwrap();
    let refused = publish(&db, call(&db, FILES[0].0).id).unwrap_err();
    assert!(matches!(&refused, UseCaseError::Refused(Refusal::Unmet(why)) if why.contains("reversement")), "{refused}");
}

#[test]
fn a_call_beyond_its_sources_is_not_published() {
    let db = databases::sqlite();
    let mut definition = definitions::parse(FILES[0].1).unwrap();
    definition.funding_sources[0].amount = Euros::whole(50_000);
    db.write(|tx| verbs::load(tx, &system(), &definition, now())).unwrap();
    let refused = publish(&db, call(&db, FILES[0].0).id).unwrap_err();
    assert!(refused.to_string().contains("ne couvrent pas"), "{refused}");
}

#[test]
fn a_call_is_published_by_the_team_alone() {
    let db = databases::sqlite();
    let definition = definitions::parse(FILES[0].1).unwrap();
    db.write(|tx| verbs::load(tx, &system(), &definition, now())).unwrap();
    let id = call(&db, FILES[0].0).id;
    for role in [Role::Applicant, Role::Reviewer, Role::Admin, Role::Finance] {
        let actor = Actor { person: None, roles: vec![role] };
        assert!(db.write(|tx| advance_now::<Call>(tx, &actor, id, CallEvent::Publish, now())).is_err(), "{role}");
    }
}

//! Who gets in, and how.

use crate::support::databases::{TestDb, each_database, sqlite};
use tisserand::{
    domain::{
        identity::Email,
        ids::{LoginLinkId, PersonId},
        lifecycles::messages::MessageState,
        roles::Role,
        time::Moment,
    },
    store::{StoreError, messages, people as rows},
    usecases::{Actor, Outcome, UseCaseError, login_links, passwords, people, sign_ins},
};

fn now() -> Moment {
    Moment::from_unix_seconds(1_800_000_000)
}

fn email() -> Email {
    "Amina.Diallo@asso-exemple.fr".parse().unwrap()
}

fn sign_up(db: &TestDb) -> PersonId {
    db.write(|tx| people::sign_up(tx, &email(), "Amina Diallo", "/dossiers", now())).unwrap();
    db.read(|conn| rows::by_email(conn, &people::canonical(&email()))).unwrap().unwrap().id
}

/// The links waiting in the outbox, oldest first.
pub(super) fn links(db: &TestDb) -> Vec<LoginLinkId> {
    let queued = db.read(|conn| messages::in_state(conn, MessageState::Queued, 100)).unwrap();
    queued.into_iter().filter_map(|row| row.login_link_id).collect()
}

#[test]
fn a_link_signs_in_once() {
    for db in each_database() {
        let person = sign_up(&db);
        let [link] = links(&db)[..] else { panic!("one mail is owed") };
        let path = db.write(|tx| login_links::arm(tx, link, now())).unwrap();
        let secret = path.strip_prefix("/connexion/lien/").unwrap();
        let shown = db.read(|conn| login_links::show(conn, secret, now())).unwrap();
        assert_eq!(shown.id, person);
        let used = db.write(|tx| login_links::consume(tx, secret, now().plus_minutes(29))).unwrap();
        assert_eq!(used, (person, "/dossiers".to_owned()));
        let again = db.write(|tx| login_links::consume(tx, secret, now().plus_minutes(29)));
        assert!(matches!(again, Err(UseCaseError::Store(StoreError::NotFound))));
    }
}

#[test]
fn a_link_dies_after_half_an_hour_or_when_another_is_sent() {
    let db = sqlite();
    sign_up(&db);
    let link = links(&db)[0];
    let first = db.write(|tx| login_links::arm(tx, link, now())).unwrap();
    let second = db.write(|tx| login_links::arm(tx, link, now())).unwrap();
    let consume = |path: &str, at: Moment| -> Outcome<_> {
        let secret = path.rsplit('/').next().unwrap().to_owned();
        db.write(|tx| login_links::consume(tx, &secret, at))
    };
    assert!(consume(&first, now()).is_err());
    assert!(consume(&second, now().plus_minutes(30)).is_err());
    assert!(consume(&second, now().plus_minutes(29)).is_ok());
}

#[test]
fn an_unknown_address_gets_the_same_answer_and_no_mail() {
    let db = sqlite();
    db.write(|tx| login_links::ask(tx, &"personne@exemple.fr".parse().unwrap(), "/", now())).unwrap();
    assert_eq!(links(&db).len(), 0);
}

#[test]
fn signing_up_twice_is_one_person_and_two_links() {
    let db = sqlite();
    let first = sign_up(&db);
    let shouted: Email = "AMINA.DIALLO@ASSO-EXEMPLE.FR".parse().unwrap();
    db.write(|tx| people::sign_up(tx, &shouted, "Une autre", "/", now())).unwrap();
    assert_eq!(links(&db).len(), 2);
    let row = db.read(|conn| rows::find(conn, first)).unwrap();
    assert_eq!(row.name, "Amina Diallo");
    assert_eq!(db.read(|conn| rows::roles_of(conn, first)).unwrap(), [Role::Applicant]);
}

#[test]
fn no_more_than_five_links_go_to_one_mailbox_in_a_quarter_of_an_hour() {
    let db = sqlite();
    for minute in 0..10 {
        db.write(|tx| people::sign_up(tx, &email(), "Amina Diallo", "/", now().plus_minutes(minute))).unwrap();
    }
    assert_eq!(links(&db).len(), 5);
}

#[test]
fn a_password_opens_and_wrong_ones_are_braked() {
    let db = sqlite();
    let person = sign_up(&db);
    db.write(|tx| people::give_password(tx, person, "le chat dort au soleil", now())).unwrap();
    let address = people::canonical(&email());
    let credentials = db.read(|conn| passwords::of_email(conn, Some(&address))).unwrap();
    assert_eq!(credentials.open_with("le chat dort au soleil"), Some(person));
    assert_eq!(credentials.open_with("le chien dort au soleil"), None);
    let brake = |at: Moment| db.read(|conn| login_links::brake(conn, "amina.diallo@asso-exemple.fr", "10.0.0.1", at));
    for _ in 0..8 {
        assert!(brake(now()).is_ok());
        db.write(|tx| login_links::note_failure(tx, "Amina.Diallo@asso-exemple.fr ", "10.0.0.1", now())).unwrap();
    }
    assert!(matches!(brake(now()), Err(UseCaseError::Refused(_))));
    assert!(db.read(|conn| login_links::brake(conn, "autre@exemple.fr", "10.0.0.1", now())).is_ok());
    assert!(brake(now().plus_minutes(16)).is_ok());
}

#[test]
fn shutting_somebody_out_holds_at_once() {
    let db = sqlite();
    let person = sign_up(&db);
    let token = db.write(|tx| sign_ins::open(tx, person, "Firefox", now())).unwrap();
    let admin_email: Email = "admin@lianes.example".parse().unwrap();
    let admin = db.write(|tx| people::ensure(tx, &admin_email, "Ali Admin", Role::Admin, now())).unwrap();
    let admin = Actor::person(admin, vec![Role::Admin]);
    assert!(db.read(|conn| sign_ins::of_token(conn, &token, now())).unwrap().is_some());
    db.write(|tx| people::disable(tx, &admin, person, now())).unwrap();
    assert!(db.read(|conn| sign_ins::of_token(conn, &token, now())).unwrap().is_none());
    let own = db.write(|tx| people::add_role(tx, &admin, admin.person.unwrap(), Role::Finance, now()));
    assert!(matches!(own, Err(UseCaseError::Refused(_))));
}

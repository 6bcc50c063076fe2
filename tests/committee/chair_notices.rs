//! The mails to whoever presided a session, while its minutes wait for their signature.

use crate::support::{
    databases::{TestDb, each_database},
    programme::{Programme, assert_whole, closed},
};
use tisserand::{
    domain::{
        decisions::Verdict,
        ids::SessionId,
        lifecycles::{messages::MessageState, sessions::SessionEvent},
        messages::MessageKind,
    },
    store::{
        messages::{self as rows, MessageRow},
        sessions as session_rows,
    },
    usecases::{
        clock,
        decisions::{self, DecisionForm},
        messages,
        minutes::{self, Correction},
    },
};

fn minuted(db: TestDb) -> (Programme, SessionId) {
    let world = Programme::on(db);
    let (_, file, _) = world.in_review(1, 3_000);
    let session = world.session();
    let motive = "Un partenariat construit avec les habitant·es.".to_owned();
    let form = DecisionForm { verdict: Verdict::Award, amount: "2 500".into(), motive, conditions: String::new() };
    let version = world.application(file).version;
    world.db.write(|tx| decisions::decide(tx, &world.officer, file, &form, version, closed())).unwrap();
    world.step(session, SessionEvent::Minute);
    (world, session)
}

fn told(world: &Programme, session: SessionId) -> Vec<MessageRow> {
    let about = [session.to_string()];
    world.db.read(|conn| rows::about_any(conn, &about, &[MessageKind::MinutesToSign])).unwrap()
}

#[test]
fn the_chair_is_told_that_minutes_wait_and_reminded_until_they_are_signed() {
    for db in each_database() {
        let (world, session) = minuted(db);
        let first = told(&world, session);
        assert_eq!(first.len(), 1, "the chair alone");
        assert_eq!(first[0].recipient_id, world.members[0].person);
        assert!(first[0].facts.contains(&format!("/comite/seances/{session}/proces-verbal")), "{}", first[0].facts);
        let after = |days: i64| {
            world.db.write(|tx| clock::run_due(tx, closed().plus_days(days))).unwrap();
            told(&world, session).len()
        };
        assert_eq!([4, 6, 7, 13, 14, 40].map(after), [1, 2, 2, 3, 3, 3], "twice, and then it is for the team");
        let last = told(&world, session).pop().unwrap();
        assert!(last.subject_line.starts_with("Rappel\u{a0}: un procès-verbal à signer"), "{}", last.subject_line);
        world.db.write(|tx| minutes::sign_read(tx, session, closed().plus_days(41))).unwrap();
        let claimed = world.db.write(|tx| messages::claim(tx, closed().plus_days(42), 500)).unwrap();
        assert!(
            claimed.iter().all(|one| one.row.kind != MessageKind::MinutesToSign),
            "what is signed waits for nobody"
        );
        assert!(told(&world, session).iter().all(|mail| mail.state == MessageState::Cancelled));
        let form = Correction {
            reason: "Un nom".into(),
            observations: "Une remarque.".into(),
            chair: world.members[0].person,
            ..Correction::default()
        };
        let version = world.db.read(|conn| session_rows::find(conn, session)).unwrap().version;
        let later = closed().plus_days(43);
        world.db.write(|tx| minutes::correct(tx, &world.officer, session, version, &form, later)).unwrap();
        assert_eq!(told(&world, session).len(), 4, "a new version waits for a new signature");
        assert_whole(&world.db);
    }
}

//! Agreements and amendments left unsigned: whom it is recalled to and when, and where the team sees them late.

use super::{NAME, page};
use crate::support::{
    databases::{each_database, sqlite},
    grants::{Grantee, Paying},
    site::Site,
};
use tisserand::{
    domain::{
        amendments::AmendmentKind, lifecycles::grants::GrantEvent, messages::MessageKind, money::Euros, time::Moment,
    },
    store::{
        grant_queues::Queue,
        messages::{self, MessageRow},
    },
    usecases::{
        Actor,
        amendments::{self, AmendmentForm},
        clock, grant_queues, grants, messages as outbox,
    },
};

/// A grant whose agreement was sent today to be signed.
fn sent(paying: &Paying) -> Grantee {
    let grantee = paying.award(NAME, Euros::whole(24_000));
    paying.announce();
    paying.accept(&grantee);
    paying.send_agreement(grantee.grant);
    grantee
}

/// What the clock brings about so many days from now.
fn wake(paying: &Paying, days: i64) -> Moment {
    let now = paying.now.plus_days(days);
    paying.does(|tx| clock::run_due(tx, now)).unwrap();
    now
}

fn told(paying: &Paying, grantee: &Grantee) -> Vec<MessageRow> {
    let mut found = paying.db.read(|conn| messages::about(conn, grantee.grant.as_str(), 100)).unwrap();
    found.retain(|mail| mail.kind == MessageKind::SignatureDue);
    found.reverse();
    found
}

#[test]
fn each_side_is_reminded_in_its_turn_after_7_and_21_days_until_it_has_signed() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = sent(&paying);
        let count = || told(&paying, &grantee).len();
        for (day, wanted) in [(6, 0), (7, 1), (8, 1), (20, 1), (21, 2), (40, 2)] {
            wake(&paying, day);
            assert_eq!(count(), wanted, "{day} days after it was sent");
        }
        assert!(told(&paying, &grantee).iter().all(|mail| mail.recipient_id == grantee.holder.person));
        paying.sign(&grantee.holder, grantee.grant, &format!("Hélo {NAME}")).unwrap();
        for (day, wanted) in [(6, 2), (7, 3), (20, 3), (21, 4), (40, 4)] {
            wake(&paying, day);
            assert_eq!(count(), wanted, "{day} days after the holder signed");
        }
        let mails = told(&paying, &grantee);
        let to = |actor: &Actor| mails.iter().filter(|mail| mail.recipient_id == actor.person).count();
        assert_eq!((to(&grantee.holder), to(&paying.director)), (2, 2), "{mails:?}");
        paying.sign(&paying.director, grantee.grant, "Diane Direction").unwrap();
        wake(&paying, 60);
        assert_eq!(count(), 4, "both have signed");
        paying.check();
    }
}

#[test]
fn a_reminder_that_has_not_left_stays_here_once_the_paper_is_signed_or_the_grant_has_ended() {
    for is_signed in [true, false] {
        let paying = Paying::on(sqlite());
        let grantee = sent(&paying);
        let now = wake(&paying, 7);
        assert_eq!(told(&paying, &grantee).len(), 1);
        match is_signed {
            true => paying.sign(&grantee.holder, grantee.grant, &format!("Hélo {NAME}")).unwrap(),
            false => {
                let (version, why) =
                    (paying.grant(grantee.grant).version, (GrantEvent::Terminate, "Projet abandonné."));
                paying
                    .does(|tx| {
                        let director = &paying.director;
                        grants::change_with_reason(tx, director, grantee.grant, version, why, paying.now).map(drop)
                    })
                    .unwrap();
                wake(&paying, 21);
                assert_eq!(told(&paying, &grantee).len(), 1, "nothing recalls a grant that has ended");
            }
        }
        let claimed = paying.does(|tx| outbox::claim(tx, now, 1_000)).unwrap();
        assert!(claimed.iter().all(|one| one.row.kind != MessageKind::SignatureDue), "{is_signed}");
        paying.check();
    }
}

#[test]
fn another_version_is_recalled_from_its_own_day() {
    let paying = Paying::on(sqlite());
    let grantee = sent(&paying);
    let later = wake(&paying, 7);
    let asked = AmendmentForm {
        new_ends_on: Some("2028-03-31".parse().unwrap()),
        ..AmendmentForm::new(AmendmentKind::Duration, "Trois mois de plus", "La salle est en travaux")
    };
    let amendment = paying.does(|tx| amendments::request(tx, &grantee.holder, grantee.grant, &asked, later)).unwrap();
    paying.does(|tx| amendments::approve(tx, &paying.officer, amendment, 0, later).map(drop)).unwrap();
    let claimed = paying.does(|tx| outbox::claim(tx, later, 1_000)).unwrap();
    assert!(claimed.iter().all(|one| one.row.kind != MessageKind::SignatureDue), "the first version is no more");
    for (day, wanted) in [(13, 1), (14, 2), (27, 2), (28, 3)] {
        wake(&paying, day);
        assert_eq!(told(&paying, &grantee).len(), wanted, "{day}");
    }
    paying.check();
}

#[actix_web::test]
async fn what_is_not_signed_in_time_is_late_on_the_list_of_the_team() {
    let paying = Paying::on(sqlite());
    let grantee = sent(&paying);
    let late = |days: i64| {
        let now = paying.now.plus_days(days);
        paying
            .db
            .read(|conn| grant_queues::page(conn, &paying.officer, Queue::SignaturesLate, None, 10, now))
            .unwrap()
            .len()
    };
    assert_eq!((late(30), late(31)), (0, 1));
    let site = Site::over(&paying.db, paying.now.plus_days(31));
    let officer = site.cookie_of(&paying.officer);
    let queue = page(site.get(&officer, "/suivi?file=signatures-en-retard").await, 200).await;
    assert!(queue.contains("Signatures en retard (1)"), "{queue}");
    assert!(queue.contains("Signature du porteur, en retard\u{a0}: à signer avant le"), "{queue}");
    paying.recuse(&paying.officer, grantee.grant);
    assert_eq!(late(31), 0, "a grant one is recused from is not there");
    paying.check();
}

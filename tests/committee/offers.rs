//! An offer that waits for its answer: its people are reminded while there is time, and nobody who has answered.

use super::decided::Decided;
use crate::support::{
    databases::each_database,
    programme::{assert_whole, closed, id},
};
use chrono::NaiveDate;
use tisserand::{
    domain::{
        decisions::Verdict,
        ids::GrantId,
        lifecycles::{grants::Grant, grants::GrantEvent, messages::MessageState},
        messages::MessageKind,
        time::Moment,
    },
    store::{
        Tx, grants,
        messages::{self as rows, MessageRow},
    },
    usecases::{advance::advance_now, clock, messages},
};

/// Two offers that are told, and the last day to answer them.
struct Offers {
    decided: Decided,
    grants: Vec<GrantId>,
    day: NaiveDate,
}

fn offers(decided: Decided) -> Offers {
    let decided = decided.confirmed();
    let row =
        |at: usize| decided.world.db.read(|conn| grants::of_application(conn, decided.files[at])).unwrap().unwrap();
    assert_eq!(row(0).confirm_by, None);
    decided.announce();
    let (one, other) = (row(0), row(1));
    Offers { grants: vec![one.id, other.id], day: one.confirm_by.unwrap(), decided }
}

impl Offers {
    fn at(&self, days_after: i64) -> Moment {
        Moment::start_of_day(self.day).plus_days(days_after).plus_minutes(600)
    }

    fn wake(&self, days_after: i64) {
        let now = self.at(days_after);
        self.decided.world.db.write(|tx| clock::run_due(tx, now)).unwrap();
    }

    fn reminders(&self, at: usize) -> Vec<MessageRow> {
        let about = self.grants[at].to_string();
        let kinds = [MessageKind::AnswerDue];
        self.decided.world.db.read(|conn| rows::about_any(conn, &[about], &kinds)).unwrap()
    }

    fn accept(&self, at: usize, days_after: i64) {
        let (holder, now) = (&self.decided.applicants[at], self.at(days_after));
        let accept = |tx: &mut Tx| advance_now::<Grant>(tx, holder, self.grants[at], GrantEvent::Accept, now).map(drop);
        self.decided.world.db.write(accept).unwrap();
    }
}

const TWO: [Verdict; 2] = [Verdict::Award, Verdict::Award];

#[test]
fn an_offer_without_an_answer_is_recalled_before_its_last_day_and_once_after() {
    for db in each_database() {
        let offers = offers(Decided::with(db, |_| {}, &TWO));
        let count = |at: usize| offers.reminders(at).len();
        for (days_after, wanted) in [(-8, 0), (-7, 1), (-3, 1), (-2, 2), (0, 2), (1, 3), (20, 3)] {
            offers.wake(days_after);
            assert_eq!(count(0), wanted, "{days_after} days after");
        }
        let mails = offers.reminders(0);
        assert!(mails.iter().all(|mail| mail.recipient_id == Some(id(&offers.decided.applicants[0]))), "{mails:?}");
        assert!(mails[0].subject_line.starts_with("Rappel\u{a0}: subvention à confirmer avant le"), "{mails:?}");
        assert!(mails[2].subject_line.starts_with("Sans réponse de votre part"), "{mails:?}");
        assert_whole(&offers.decided.world.db);
    }
}

#[test]
fn whoever_has_answered_is_not_reminded_even_by_a_mail_that_waited() {
    for db in each_database() {
        let offers = offers(Decided::with(db, |_| {}, &TWO));
        offers.accept(1, -10);
        offers.wake(-7);
        assert_eq!((offers.reminders(0).len(), offers.reminders(1).len()), (1, 0));
        offers.accept(0, -6);
        let now = offers.at(-6);
        let left = offers.decided.world.db.write(|tx| messages::claim(tx, now, 1_000)).unwrap();
        assert!(left.iter().all(|mail| mail.row.kind != MessageKind::AnswerDue));
        assert_eq!(offers.reminders(0)[0].state, MessageState::Cancelled);
        offers.wake(-2);
        assert_eq!(offers.reminders(0).len(), 1);
        assert_whole(&offers.decided.world.db);
    }
}

#[test]
fn a_short_delay_is_not_spent_on_reminders() {
    for db in each_database() {
        let offers = offers(Decided::with(db, |call| call.delays.confirmation_days = 8, &TWO));
        for (days_after, wanted) in [(-7, 0), (-2, 1), (1, 2)] {
            offers.wake(days_after);
            assert_eq!(offers.reminders(0).len(), wanted, "{days_after} days after");
        }
    }
}

#[test]
fn nothing_recalls_an_offer_under_embargo() {
    for db in each_database() {
        let decided = Decided::with(db, |_| {}, &TWO).confirmed();
        decided.world.db.write(|tx| clock::run_due(tx, closed().plus_days(90))).unwrap();
        let mails = decided.world.db.read(|conn| rows::page(conn, None, None, 5_000)).unwrap();
        assert!(mails.iter().all(|mail| mail.kind != MessageKind::AnswerDue));
    }
}

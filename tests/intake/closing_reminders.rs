//! The reminders of a deadline: to the people of drafts, once for each step, never to anybody else.

use super::retention::worker;
use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, closed, open, person},
};
use object_store::memory::InMemory;
use std::sync::Arc;
use tisserand::{
    domain::{
        definitions,
        identity::Email,
        ids::{ApplicationId, OrganisationId},
        lifecycles::messages::MessageState,
        messages::{Mail, MessageKind},
        organisations::MemberSeat,
        roles::Role,
        time::Moment,
    },
    store::{Files, StoreError, Tx, messages},
    usecases::{Actor, answers, applications, clock, messages as outbox, organisations},
};

/// An instant of January 2027: the call closes with the end of Sunday the 31st.
fn at(day: u32, hour: &str) -> Moment {
    Moment::from_paris(format!("2027-01-{day:02}").parse().unwrap(), format!("{hour}:00").parse().unwrap())
}

fn wake(programme: &Programme, now: Moment) {
    programme.db.write(|tx| clock::run_due(tx, now)).unwrap();
}

/// What was written about a draft: to whom, and what.
fn told(programme: &Programme, id: ApplicationId) -> Vec<(String, Mail)> {
    let mails = programme.db.read(|conn| messages::about(conn, id.as_str(), 50)).unwrap();
    let mut mails: Vec<_> = mails.into_iter().filter(|mail| mail.kind == MessageKind::ClosingSoon).collect();
    mails.sort_by_key(|mail| mail.id);
    mails.into_iter().map(|mail| (mail.recipient_address, serde_json::from_str(&mail.facts).unwrap())).collect()
}

fn said(mail: &Mail) -> String {
    format!("{} {}", mail.subject, mail.paragraphs.join(" ")).replace(['\u{a0}', '\u{202f}'], " ")
}

#[test]
fn a_draft_is_reminded_once_for_each_step_and_its_whole_team_reads_what_is_missing() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (who, draft) = programme.complete(1, 3_000);
        let empty = |tx: &mut Tx| {
            let typed = [("titre".to_owned(), String::new())].into();
            answers::save_section(tx, &who, draft, "projet", &typed, open())?;
            let row = applications::find(tx.conn(), &who, draft)?;
            let address = "collegue@example.org".parse().unwrap();
            let guest = (&address, "Sacha Collègue");
            organisations::invite(tx, &who, row.organisation_id, guest, MemberSeat::Member, open())
        };
        programme.db.write(empty).unwrap();
        let (_, filed) = programme.filed(2, 3_000);
        let (gone_by, gone) = programme.complete(3, 3_000);
        programme.db.write(|tx| applications::withdraw(tx, &gone_by, gone, 0, open())).unwrap();
        wake(&programme, at(24, "07:59"));
        assert_eq!(told(&programme, draft).len(), 0);
        for now in [at(24, "08:00"), at(24, "08:01"), at(28, "12:00")] {
            wake(&programme, now);
            assert_eq!(told(&programme, draft).len(), 2, "the week before: one mail to each of two people");
        }
        for now in [at(29, "08:00"), at(31, "23:59"), closed()] {
            wake(&programme, now);
            assert_eq!(told(&programme, draft).len(), 4, "two days before: one more each");
        }
        for other in [filed, gone] {
            assert_eq!(told(&programme, other).len(), 0, "neither what is filed nor what is withdrawn");
        }
        let mails = told(&programme, draft);
        let to: Vec<_> = mails.iter().take(2).map(|(to, _)| to.as_str()).collect();
        assert!(to.contains(&"porteuse.1@example.org") && to.contains(&"collegue@example.org"), "{to:?}");
        let first = said(&mails[0].1);
        for part in [
            "brouillon, non déposé",
            "dans 7 jours",
            "jusqu’au dimanche 31 janvier 2027 à 23 h 59 (heure de Paris)",
            "Titre de l’action",
        ] {
            assert!(first.contains(part), "{part}: {first}");
        }
        assert!(said(&mails[2].1).contains("dans 2 jours"));
    }
}

#[test]
fn a_treasurer_is_reminded_of_what_the_budget_lacks_and_of_nothing_else() {
    for db in each_database() {
        let programme = Programme::on(db);
        let seat = |who: &Actor, organisation: OrganisationId, address: &str| {
            let email: Email = address.parse().unwrap();
            let guest = (&email, "Tao Trésor");
            let invite =
                |tx: &mut Tx| organisations::invite(tx, who, organisation, guest, MemberSeat::Treasurer, open());
            programme.db.write(invite).unwrap();
        };
        let who = person(&programme.db, "Porteuse 1", Role::Applicant);
        let organisation = programme.organisation(&who, 1);
        let start = |tx: &mut Tx| applications::start(tx, &who, programme.call, organisation, open());
        let empty = programme.db.write(start).unwrap();
        seat(&who, organisation, "tao@example.org");
        let (author, whole) = programme.complete(2, 3_000);
        seat(&author, programme.application(whole).organisation_id, "tia@example.org");
        wake(&programme, at(24, "08:00"));
        assert_eq!(told(&programme, whole).len(), 1, "this budget lacks nothing");
        let mails = told(&programme, empty);
        assert_eq!(mails.len(), 2);
        let (_, mail) = mails.iter().find(|(to, _)| to == "tao@example.org").unwrap();
        let text = said(mail);
        assert!(text.contains("Vous tenez son budget") && text.contains("Remplissez le budget du projet."), "{text}");
        assert!(!text.contains("Titre de l’action"), "{text}");
    }
}

#[test]
fn a_worker_that_was_down_reminds_once_and_a_draft_started_later_waits_for_the_next_step() {
    let programme = Programme::on(sqlite());
    let (_, draft) = programme.complete(1, 3_000);
    wake(&programme, at(26, "03:00"));
    assert_eq!(told(&programme, draft).len(), 1, "late, and still");
    let (_, later) = programme.complete(2, 3_000);
    wake(&programme, at(27, "08:00"));
    assert_eq!(told(&programme, later).len(), 0);
    wake(&programme, at(30, "09:00"));
    let mails = told(&programme, later);
    assert_eq!(mails.len(), 1);
    assert!(said(&mails[0].1).contains("demain") && said(&mails[0].1).contains("Rien ne manque"), "{:?}", mails[0].1);
    let asleep = Programme::on(sqlite());
    let (_, draft) = asleep.complete(1, 3_000);
    wake(&asleep, at(30, "09:00"));
    wake(&asleep, at(31, "09:00"));
    assert_eq!(told(&asleep, draft).len(), 1, "the step before is over");
}

#[actix_web::test]
async fn a_call_that_closes_on_a_monday_reminds_though_the_worker_slept_since_friday() {
    // Three days before Monday the first of February is Friday, and nobody is there until Monday.
    for (wakes, said) in [(at(31, "11:00"), "demain"), (at(31, "23:59").plus_minutes(9 * 60), "aujourd’hui")] {
        let programme = Programme::with(sqlite(), |call| {
            call.window.closes = at(31, "00:00").plus_days(2);
            call.delays.reminder_days = vec![3];
        });
        let ((_, draft), (_, filed)) = (programme.complete(1, 3_000), programme.filed(2, 3_000));
        let files = Files::over(Arc::new(InMemory::new()));
        worker(&programme.db, &files, at(29, "07:59")).drain().await.unwrap();
        assert_eq!(told(&programme, draft).len(), 0, "not before Friday morning");
        let mut late = worker(&programme.db, &files, wakes);
        for _ in 0..2 {
            late.drain().await.unwrap();
        }
        let mails = told(&programme, draft);
        assert_eq!(mails.len(), 1);
        assert!(mails[0].1.subject.contains(said), "{}", mails[0].1.subject);
        assert_eq!(told(&programme, filed).len(), 0, "what is filed is not reminded");
        let left = programme.db.read(|conn| messages::about(conn, draft.as_str(), 9)).unwrap();
        let left = left.iter().find(|mail| mail.kind == MessageKind::ClosingSoon).unwrap();
        assert_eq!(left.state, MessageState::Sent, "it left in time");
    }
}

#[test]
fn a_call_may_remind_nobody_and_every_draft_of_a_long_list_gets_its_turn() {
    let quiet = Programme::with(sqlite(), |call| call.delays.reminder_days.clear());
    let (_, draft) = quiet.complete(1, 3_000);
    wake(&quiet, at(31, "09:00"));
    assert_eq!(told(&quiet, draft).len(), 0);
    let programme = Programme::with(sqlite(), |call| {
        call.applications = tisserand::domain::definitions::ApplicationsPerHolder::Several;
    });
    let (who, first) = programme.complete(1, 3_000);
    let organisation = programme.application(first).organisation_id;
    let start = |tx: &mut Tx| applications::start(tx, &who, programme.call, organisation, open());
    let drafts: Vec<_> = (0..60).map(|_| programme.db.write(start).unwrap()).collect();
    wake(&programme, at(24, "08:00"));
    wake(&programme, at(24, "08:01"));
    wake(&programme, at(24, "08:02"));
    assert!(drafts.iter().chain([&first]).all(|id| told(&programme, *id).len() == 1));
}

#[test]
fn a_definition_says_when_and_nothing_impossible() {
    let text = include_str!("../../fixtures/recital.toml");
    for (typed, wrong) in [
        ("[70]", "1 to 60 days before"),
        ("[0]", "1 to 60 days before"),
        ("[7, 7]", "there twice"),
        ("[1, 2, 3, 4, 5, 6]", "5 times at most"),
    ] {
        let text = text.replace("reminder_days = [7, 2]", &format!("reminder_days = {typed}"));
        let fault = definitions::parse(&text).unwrap_err();
        assert!(fault.message.contains(wrong) && fault.line > 0, "{fault:?}");
        let french = definitions::in_french(&fault.message);
        assert!(french.contains("rappel"), "{french}");
    }
    let silent = text.replace(", reminder_days = [7, 2]", "");
    assert_eq!(definitions::parse(&silent).unwrap().calls[0].delays.reminder_days, [7, 2]);
}

#[test]
fn a_reminder_that_is_no_longer_true_does_not_leave() {
    for db in each_database() {
        let programme = Programme::on(db);
        let ((filed_by, filed), (_, draft)) = (programme.complete(1, 3_000), programme.complete(2, 3_000));
        wake(&programme, at(24, "08:00"));
        programme.submit(&filed_by, filed);
        let leaving = |now| {
            let claimed = programme.db.write(|tx| outbox::claim(tx, now, 100)).unwrap();
            let mails = claimed.into_iter().filter(|mail| mail.row.kind == MessageKind::ClosingSoon);
            mails.map(|mail| mail.row.about_id).collect::<Vec<_>>()
        };
        assert_eq!(leaving(at(24, "08:01")), [draft.to_string()], "one was filed meanwhile");
        wake(&programme, at(29, "08:00"));
        assert_eq!(leaving(closed()), [""; 0], "the call has closed meanwhile");
        let cancelled = programme.db.read(|conn| messages::in_state(conn, MessageState::Cancelled, 10)).unwrap();
        assert_eq!(cancelled.len(), 3);
    }
}

#[test]
fn a_reminder_of_a_deadline_that_was_put_off_does_not_leave_and_the_later_one_is_told() {
    use diesel::prelude::*;
    use tisserand::store::schema::calls::dsl;
    for db in each_database() {
        let programme = Programme::on(db);
        let (_, draft) = programme.complete(1, 3_000);
        wake(&programme, at(29, "08:00"));
        assert_eq!(told(&programme, draft).len(), 1);
        // Until the end of Sunday the seventh of February.
        let later = dsl::closes_at.eq(at(31, "00:00").plus_days(8));
        let put_off = diesel::update(dsl::calls.find(programme.call)).set(later);
        programme.db.write(|tx| put_off.clone().execute(tx.conn()).map_err(StoreError::from)).unwrap();
        let leaving = |now| {
            let claimed = programme.db.write(|tx| outbox::claim(tx, now, 100)).unwrap();
            claimed.into_iter().filter(|mail| mail.row.kind == MessageKind::ClosingSoon).count()
        };
        assert_eq!(leaving(at(29, "08:01")), 0, "what was queued is no longer true");
        wake(&programme, at(31, "08:00"));
        let mails = told(&programme, draft);
        assert!(mails.len() == 2 && said(&mails[1].1).contains("février 2027"), "{mails:?}");
        assert_eq!(leaving(at(31, "08:01")), 1);
    }
}

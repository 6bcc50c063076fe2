//! The meeting offered after a refusal: opened by the team, booked by one, called off by either side, told to both.

use super::{decided::Decided, field, text};
use crate::support::{
    databases::{each_database, sqlite},
    programme::{assert_whole, closed, open},
    site::Site,
};
use tisserand::{
    domain::{
        decisions::Verdict,
        ids::{ApplicationId, SlotId},
        messages::MessageKind,
        roles::Role,
    },
    store::{
        Tx, documents,
        messages::{self, MessageRow},
    },
    usecases::{
        Actor, Outcome, UseCaseError, messages as outbox, people,
        slots::{self, SlotForm},
    },
};

const ADVISER: &str = "camille.delattre@lianescooperation.example";

fn form(decided: &Decided, hour: &str, count: &str) -> SlotForm {
    let advisers = decided.world.db.read(slots::advisers).unwrap();
    let adviser = advisers.iter().find(|one| one.email.as_str() == ADVISER).unwrap();
    SlotForm {
        adviser: adviser.key(),
        day: "2027-03-03".into(),
        hour: hour.into(),
        minutes: "30".into(),
        count: count.into(),
        means: "video".into(),
        place: "https://visio.example/salle".into(),
    }
}

fn opened(decided: &Decided, hour: &str, count: &str) -> Outcome<()> {
    let (world, form) = (&decided.world, form(decided, hour, count));
    world.db.write(|tx| slots::open(tx, &world.officer, &form, closed()))
}

fn offered(decided: &Decided, at: usize) -> Vec<SlotId> {
    let (who, file) = (&decided.applicants[at], decided.files[at]);
    let offer = decided.world.db.read(|conn| slots::offer(conn, who, file, closed())).unwrap();
    offer.slots.iter().map(|slot| slot.id).collect()
}

fn booked(decided: &Decided, at: usize, slot: SlotId) -> Outcome<()> {
    let (who, file) = (&decided.applicants[at], decided.files[at]);
    decided.world.db.write(|tx| slots::book(tx, who, file, Some(slot), closed()))
}

fn mails(decided: &Decided, file: ApplicationId, kind: MessageKind) -> Vec<MessageRow> {
    let about = |conn: &mut tisserand::store::Conn| messages::about_any(conn, &[file.to_string()], &[kind]);
    decided.world.db.read(about).unwrap()
}

fn calendar(decided: &Decided, mail: &MessageRow) -> String {
    let entry = decided.world.db.read(|conn| slots::entry(conn, mail.id, "example.org")).unwrap();
    entry.unwrap().text()
}

/// The line of a calendar that begins so.
fn said<'a>(calendar: &'a str, name: &str) -> &'a str {
    calendar.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name} in {calendar}"))
}

#[actix_web::test]
async fn slots_are_offered_to_refused_people_alone_and_only_once_the_results_are_told() {
    for db in each_database() {
        let decided = Decided::with(db, |_| {}, &[Verdict::Reject, Verdict::Award]).confirmed();
        opened(&decided, "14:00", "2").unwrap();
        let world = &decided.world;
        let site = Site::over(&world.db, closed());
        let holders: Vec<_> = decided.applicants.iter().map(|who| site.cookie_of(who)).collect();
        let path = |at: usize| format!("/dossiers/{}/rendez-vous", decided.files[at]);
        let token = "a".repeat(64);
        for (at, holder) in holders.iter().enumerate() {
            assert_eq!(site.get(holder, &path(at)).await.status().as_u16(), 404, "nothing is told yet");
            let sent = site.post(holder, &path(at), &[("token", &token), ("creneau", "x")]).await;
            assert_eq!(sent.status().as_u16(), 404);
            let page = text(site.get(holder, &format!("/dossiers/{}", decided.files[at])).await, 200).await;
            assert!(!page.contains("/rendez-vous\""), "{page}");
        }
        decided.announce();
        assert_eq!(site.get(&holders[1], &path(1)).await.status().as_u16(), 404, "an award offers no meeting");
        assert_eq!(site.get(&holders[1], &path(0)).await.status().as_u16(), 404, "a stranger finds nothing");
        let page = text(site.get(&holders[0], &path(0)).await, 200).await;
        for said in ["Camille Delattre", "3\u{a0}mars 2027 à 14\u{a0}h\u{a0}00", "3\u{a0}mars 2027 à 14\u{a0}h\u{a0}30"]
        {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!page.contains("visio.example"), "the link is for whoever books: {page}");
        let file = text(site.get(&holders[0], &format!("/dossiers/{}", decided.files[0])).await, 200).await;
        assert!(file.contains("Réserver un rendez-vous") && file.contains("des créneaux à réserver"), "{file}");
        let letters = world.db.read(|conn| documents::of_subject(conn, decided.files[0].as_str())).unwrap();
        let letter = letters.last().unwrap();
        assert!(letter.facts.contains("3\u{a0}mars 2027 à 14\u{a0}h\u{a0}00"), "{}", letter.facts);
        assert_whole(&world.db);
    }
}

#[test]
fn of_two_who_book_the_same_slot_the_second_is_told_so() {
    for db in each_database() {
        let decided = Decided::with(db, |_| {}, &[Verdict::Reject, Verdict::Reject]).confirmed();
        opened(&decided, "14:00", "1").unwrap();
        decided.announce();
        let slot = offered(&decided, 0)[0];
        let rivals = [0, 1].map(|at| {
            let (db, who, file) = ((*decided.world.db).clone(), decided.applicants[at].clone(), decided.files[at]);
            std::thread::spawn(move || db.write(|tx| slots::book(tx, &who, file, Some(slot), closed())))
        });
        let done = rivals.map(|rival| rival.join().unwrap());
        assert_eq!(done.iter().filter(|one| one.is_ok()).count(), 1, "{done:?}");
        let wrong = done.into_iter().find_map(Result::err).unwrap();
        let UseCaseError::Invalid(wrong) = wrong else { panic!("{wrong}") };
        assert!(wrong[0].field == "creneau" && wrong[0].message.contains("vient d’être pris"), "{wrong:?}");
        let told: usize = decided.files.iter().map(|file| mails(&decided, *file, MessageKind::SlotBooked).len()).sum();
        assert_eq!(told, 2, "one file, its holder and the adviser");
        assert!(offered(&decided, 0).is_empty() && offered(&decided, 1).is_empty());
        assert_whole(&decided.world.db);
    }
}

#[actix_web::test]
async fn a_booking_and_its_end_reach_both_calendars_under_one_name() {
    for db in each_database() {
        let decided = Decided::with(db, |_| {}, &[Verdict::Reject, Verdict::Reject]).confirmed();
        opened(&decided, "14:00", "2").unwrap();
        decided.announce();
        let (world, file) = (&decided.world, decided.files[0]);
        let site = Site::over(&world.db, closed());
        let cookie = site.cookie_of(&decided.applicants[0]);
        let path = format!("/dossiers/{file}/rendez-vous");
        let page = text(site.get(&cookie, &path).await, 200).await;
        let slot = offered(&decided, 0)[0].to_string();
        let refused = site.post(&cookie, &path, &[("token", &field(&page, "token"))]).await;
        assert!(text(refused, 422).await.contains("Choisissez un créneau."));
        let page = text(site.get(&cookie, &path).await, 200).await;
        let done = site.post(&cookie, &path, &[("token", &field(&page, "token")), ("creneau", &slot)]).await;
        assert_eq!(done.status().as_u16(), 303);
        let page = text(site.get(&cookie, &path).await, 200).await;
        assert!(page.contains("visio.example") && page.contains("Annuler ce rendez-vous"), "{page}");
        assert!(page.contains("Votre projet n’est pas retenu cette fois."), "where the file stands: {page}");
        let told = mails(&decided, file, MessageKind::SlotBooked);
        assert_eq!(told.len(), 2);
        assert!(told.iter().any(|mail| mail.recipient_address == ADVISER));
        let calendars: Vec<_> = told.iter().map(|mail| calendar(&decided, mail)).collect();
        assert_eq!(calendars[0], calendars[1]);
        assert_eq!(said(&calendars[0], "DTSTART"), "DTSTART:20270303T130000Z");
        assert_eq!(said(&calendars[0], "DTEND"), "DTEND:20270303T133000Z");
        assert!(said(&calendars[0], "UID").ends_with("@example.org"));
        let again = booked(&decided, 0, slot.parse().unwrap()).unwrap_err();
        assert!(again.to_string().contains("Vous avez déjà un rendez-vous"), "{again}");
        let ended = site.post(&cookie, &format!("{path}/fin"), &[("token", &field(&page, "token"))]).await;
        assert_eq!(ended.status().as_u16(), 303);
        let told = mails(&decided, file, MessageKind::SlotCancelled);
        assert_eq!(told.len(), 2);
        let off = calendar(&decided, &told[0]);
        assert_eq!(said(&off, "UID"), said(&calendars[0], "UID"));
        assert_eq!((said(&off, "SEQUENCE"), said(&off, "STATUS")), ("SEQUENCE:1", "STATUS:CANCELLED"));
        assert_eq!(calendar(&decided, &mails(&decided, file, MessageKind::SlotBooked)[0]), calendars[0]);
        booked(&decided, 1, slot.parse().unwrap()).unwrap();
        assert_whole(&world.db);
    }
}

#[actix_web::test]
async fn the_team_sees_who_booked_and_a_slot_it_takes_away_is_told_with_the_reason() {
    for db in each_database() {
        let decided = Decided::with(db, |_| {}, &[Verdict::Reject]).confirmed();
        opened(&decided, "14:00", "2").unwrap();
        let UseCaseError::Invalid(wrong) = opened(&decided, "14:45", "1").unwrap_err() else { panic!() };
        assert!(wrong[0].message.contains("a déjà un créneau"), "{wrong:?}");
        opened(&decided, "15:00", "1").unwrap();
        decided.announce();
        let (world, file) = (&decided.world, decided.files[0]);
        let slot = offered(&decided, 0)[0];
        booked(&decided, 0, slot).unwrap();
        let site = Site::over(&world.db, closed());
        let officer = site.cookie_of(&world.officer);
        let list = text(site.get(&officer, "/rendez-vous").await, 200).await;
        let reference = world.application(file).reference;
        assert!(list.contains(&reference) && list.matches(">libre<").count() == 2, "{list}");
        let path = format!("/rendez-vous/{slot}/annulation");
        let page = text(site.get(&officer, &path).await, 200).await;
        let refused = site.post(&officer, &path, &[("token", &field(&page, "token"))]).await;
        assert!(text(refused, 422).await.contains("Écrivez le motif"));
        let page = text(site.get(&officer, &path).await, 200).await;
        let fields = [("token", field(&page, "token")), ("motif", "Camille est souffrante.".to_owned())];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(site.post(&officer, &path, &fields).await.status().as_u16(), 303);
        let told = mails(&decided, file, MessageKind::SlotCancelled);
        let holder = told.iter().find(|mail| mail.recipient_address != ADVISER).unwrap();
        assert!(holder.facts.contains("Camille est souffrante."), "{}", holder.facts);
        assert!(!offered(&decided, 0).contains(&slot), "what was taken away is offered no more");
        assert_eq!(site.get(&officer, &path).await.status().as_u16(), 404);
        // Whoever is recused from the file finds a free slot there, and can still take it away.
        let other = offered(&decided, 0)[0];
        booked(&decided, 0, other).unwrap();
        decided.recuse(&world.officer, file);
        let list = text(site.get(&officer, "/rendez-vous").await, 200).await;
        assert!(!list.contains(&reference) && list.matches(">libre<").count() == 2, "{list}");
        world.db.write(|tx| slots::close(tx, &world.officer, other, "", closed())).unwrap();
        assert_eq!(mails(&decided, file, MessageKind::SlotCancelled).len(), 4);
        assert_whole(&world.db);
    }
}

#[test]
fn an_adviser_who_is_recused_from_a_file_is_not_met_about_it() {
    let decided = Decided::with(sqlite(), |_| {}, &[Verdict::Reject, Verdict::Reject]).confirmed();
    opened(&decided, "14:00", "1").unwrap();
    let db = &decided.world.db;
    let adviser = db
        .write(|tx| people::ensure(tx, &ADVISER.parse().unwrap(), "Camille Delattre", Role::Officer, open()))
        .unwrap();
    decided.recuse(&Actor::person(adviser, vec![Role::Officer]), decided.files[0]);
    decided.announce();
    assert!(offered(&decided, 0).is_empty() && offered(&decided, 1).len() == 1);
    let letter = db.read(|conn| documents::of_subject(conn, decided.files[0].as_str())).unwrap().pop().unwrap();
    assert!(!letter.facts.contains("Camille Delattre"), "{}", letter.facts);
}

#[test]
fn an_invitation_that_is_sent_again_still_carries_its_calendar() {
    let decided = Decided::with(sqlite(), |_| {}, &[Verdict::Reject]).confirmed();
    opened(&decided, "14:00", "1").unwrap();
    decided.announce();
    booked(&decided, 0, offered(&decided, 0)[0]).unwrap();
    let (db, file) = (&decided.world.db, decided.files[0]);
    let first = mails(&decided, file, MessageKind::SlotBooked).remove(0);
    let again = |tx: &mut Tx| -> Outcome<()> {
        for one in outbox::claim(tx, closed(), 1_000)? {
            outbox::record_sent(tx, one.row.id, one.version, closed())?;
        }
        let admin = people::ensure(tx, &"adele@reseau.example".parse().unwrap(), "Adèle", Role::Admin, open())?;
        outbox::resend(tx, &Actor::person(admin, vec![Role::Admin]), first.id, closed())
    };
    db.write(again).unwrap();
    let told = mails(&decided, file, MessageKind::SlotBooked);
    assert_eq!(told.len(), 3);
    let calendars: Vec<_> = told.iter().map(|mail| calendar(&decided, mail)).collect();
    assert!(calendars.iter().all(|one| *one == calendars[0]), "{calendars:?}");
}

//! Filing a little late: a page opened in time, and more time given by an officer.

use super::pages::{field, text};
use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, id as id_of, person},
    site::Site,
};
use tisserand::{
    domain::{
        ids::ApplicationId,
        lifecycles::{
            applications::ApplicationState,
            calls::{Call, CallEvent},
            messages::MessageState,
        },
        messages::{Mail, MessageKind},
        passes::PassKind,
        roles::Role,
        time::Moment,
    },
    store::{StoreError, documents, history, messages, passes as rows},
    usecases::{
        Actor, Outcome, UseCaseError,
        advance::advance_now,
        answers, applications, dossiers,
        passes::{self, LatePass},
        recusals,
    },
};

fn submit(programme: &Programme, who: &Actor, id: ApplicationId, at: Moment) -> Outcome<()> {
    let version = programme.application(id).version;
    programme.db.write(|tx| applications::submit(tx, who, id, version, at)).map(drop)
}

fn look(programme: &Programme, who: &Actor, id: ApplicationId, at: Moment) {
    programme.db.write(|tx| passes::open_grace(tx, who, id, at)).unwrap();
}

fn refusal<T: std::fmt::Debug>(refused: Outcome<T>) -> String {
    match refused {
        Err(UseCaseError::Refused(refusal)) => refusal.to_string(),
        other => panic!("not a refusal: {other:?}"),
    }
}

/// A call that closes with this day.
fn closing(db: crate::support::databases::TestDb, day: &str) -> (Programme, Moment) {
    let closes = Moment::end_of_day(day.parse().unwrap());
    (Programme::with(db, |call| call.window.closes = closes), closes)
}

#[test]
fn a_page_opened_in_the_last_second_gives_twenty_minutes_and_not_one_second_more() {
    // An ordinary Wednesday, the Sunday of 23 hours and the Sunday of 25 hours.
    for day in ["2027-03-31", "2027-03-28", "2027-10-31"] {
        for db in each_database() {
            let (programme, closes) = closing(db, day);
            let (who, id) = programme.complete(1, 3_000);
            let (other, wrong) = programme.complete(2, 3_000);
            let last = closes.plus_seconds(-1);
            look(&programme, &who, id, last);
            look(&programme, &who, id, last);
            let until = last.plus_minutes(20);
            let kept = programme.db.read(|conn| rows::of_application(conn, id)).unwrap();
            let [pass] = &kept[..] else { panic!("once: {kept:?}") };
            assert_eq!((pass.kind, pass.opened_at, pass.until_at), (PassKind::Grace, last, until));
            let late = refusal(submit(&programme, &other, wrong, closes));
            assert!(late.contains("La date limite est dépassée"), "another file has no pass: {late}");
            look(&programme, &other, wrong, closes);
            refusal(submit(&programme, &other, wrong, closes));
            refusal(submit(&programme, &who, id, until));
            submit(&programme, &who, id, until.plus_seconds(-1)).unwrap();
            assert_eq!(programme.application(id).state, ApplicationState::Submitted);
            let taken_back = programme.db.write(|tx| applications::take_back(tx, &who, id, 1, closes));
            assert!(refusal(taken_back).contains("La date limite"), "a pass lets file, not take back");
        }
    }
}

#[test]
fn a_draft_opened_in_its_last_minutes_gets_the_pass_though_something_is_missing() {
    for db in each_database() {
        let (programme, closes) = closing(db, "2027-03-31");
        let (who, id) = programme.complete(1, 3_000);
        let given = || programme.application(id).pass_until;
        look(&programme, &who, id, closes.plus_minutes(-20));
        assert_eq!(given(), None, "it would end with the call");
        let empty = [("titre".to_owned(), String::new())].into();
        let write = |typed: &answers::Typed| {
            let at = closes.plus_minutes(-30);
            programme.db.write(|tx| answers::save_section(tx, &who, id, "projet", typed, at)).unwrap();
        };
        write(&empty);
        look(&programme, &who, id, closes);
        assert_eq!(given(), None, "the call has closed");
        look(&programme, &who, id, closes.plus_minutes(-5));
        assert_eq!(given(), Some(closes.plus_minutes(15)), "the title is missing, and may still come");
        look(&programme, &who, id, closes.plus_seconds(-241));
        assert_eq!(given(), Some(closes.plus_minutes(15)), "not for less than a minute more");
        look(&programme, &who, id, closes.plus_minutes(-1));
        assert_eq!(given(), Some(closes.plus_minutes(19)), "twenty minutes from the last opening");
        let refused = refusal(submit(&programme, &who, id, closes.plus_minutes(2)));
        assert!(refused.contains("Il manque encore"), "filing still judges what is missing: {refused}");
        write(&[("titre".to_owned(), "Un océan".to_owned())].into());
        let stranger = person(&programme.db, "Autre Porteur", Role::Applicant);
        let refused = programme.db.write(|tx| passes::open_grace(tx, &stranger, id, closes.plus_minutes(-1)));
        assert!(matches!(refused, Err(UseCaseError::Store(StoreError::NotFound))));
        // A call that is cancelled meanwhile takes nothing any more.
        let cancel = |tx: &mut tisserand::store::Tx| {
            advance_now::<Call>(tx, &programme.director, programme.call, CallEvent::Cancel, closes)
        };
        programme.db.write(cancel).unwrap();
        refusal(submit(&programme, &who, id, closes));
    }
}

#[actix_web::test]
async fn the_page_says_until_when_and_the_receipt_that_it_was_late() {
    let (programme, closes) = closing(sqlite(), "2027-03-31");
    let (who, id) = programme.complete(1, 3_000);
    let site = Site::over(&programme.db, closes.plus_seconds(-61));
    let cookie = site.cookie_of(&who);
    let path = format!("/dossiers/{id}");
    let page = text(site.get(&cookie, &path).await, 200).await;
    assert!(page.contains("peut être déposé jusqu’au 1er\u{a0}avril 2027 à 00:18:59"), "{page}");
    site.clock.set(closes.plus_minutes(10));
    let page = text(site.get(&cookie, &path).await, 200).await;
    assert!(page.contains("jusqu’au 1er\u{a0}avril 2027 à 00:18:59"), "{page}");
    let page = text(site.get(&cookie, &format!("{path}/verification")).await, 200).await;
    assert!(page.contains("jusqu’au 1er\u{a0}avril 2027 à 00:18:59"), "{page}");
    let (version, token) = (field(&page, "version"), field(&page, "token"));
    let fields = [("version", version.as_str()), ("token", token.as_str())];
    for _ in 0..2 {
        assert_eq!(site.post(&cookie, &format!("{path}/depot"), &fields).await.status(), 303, "a second click too");
    }
    let said = "déposé dans le délai de grâce";
    let page = text(site.get(&cookie, &path).await, 200).await;
    assert!(page.contains(said), "{page}");
    let letters = programme.db.read(|conn| documents::of_subject(conn, id.as_str())).unwrap();
    assert!(letters.len() == 1 && letters[0].facts.contains(said), "{letters:?}");
    assert!(!letters[0].facts.contains("vous pouvez reprendre"), "too late for it");
    let page = text(site.get(&site.cookie_of(&programme.officer), &format!("/instruction/{id}")).await, 200).await;
    assert!(page.contains(said) && page.contains("31\u{a0}mars 2027 à 23:58:59"), "{page}");
}

#[actix_web::test]
async fn a_draft_that_lacks_a_piece_holds_its_pass_and_is_filed_once_the_piece_is_there() {
    let (programme, closes) = closing(sqlite(), "2027-03-31");
    let (who, id) = programme.complete(1, 3_000);
    let lacking = programme.db.read(|conn| answers::find(conn, &who, id)).unwrap();
    let paper = lacking.attachments.iter().find(|file| file.document_code == "statuts").unwrap().id;
    programme.db.write(|tx| answers::detach(tx, &who, id, paper, closes.plus_minutes(-60))).unwrap();
    let site = Site::over(&programme.db, closes.plus_seconds(-30));
    let (cookie, check) = (site.cookie_of(&who), format!("/dossiers/{id}/verification"));
    let page = text(site.get(&cookie, &check).await, 200).await;
    assert!(page.contains("peut être déposé jusqu’au 1er\u{a0}avril 2027 à 00:19:30"), "{page}");
    assert!(page.contains("Complétez d’ici là ce qui manque encore.") && page.contains("Statuts signés"), "{page}");
    site.clock.set(closes.plus_minutes(5));
    let file = Some(("statuts", "statuts.pdf", crate::support::programme::PDF));
    let sent = site.post_file(&cookie, &format!("/dossiers/{id}/pieces/statuts"), &[], file).await;
    assert_eq!(sent.status(), 303, "the piece comes after the hour");
    let page = text(site.get(&cookie, &check).await, 200).await;
    assert!(page.contains("à 00:19:30") && !page.contains("ce qui manque encore."), "{page}");
    let (version, token) = (field(&page, "version"), field(&page, "token"));
    let fields = [("version", version.as_str()), ("token", token.as_str())];
    assert_eq!(site.post(&cookie, &format!("/dossiers/{id}/depot"), &fields).await.status(), 303);
    assert_eq!(programme.application(id).state, ApplicationState::Submitted);
}

#[test]
fn an_officer_opens_one_file_until_an_hour_and_no_other() {
    for db in each_database() {
        let (programme, closes) = closing(db, "2027-03-31");
        let (who, id) = programme.complete(1, 3_000);
        let (other, wrong) = programme.complete(2, 3_000);
        let now = closes.plus_days(2);
        let number = programme.application(id).reference;
        let pass =
            LatePass { reference: &number, day: "2027-04-05", hour: "18:00", reason: "Panne du réseau à Hirson." };
        let reference = programme.definition.reference.as_str();
        let give =
            |who: &Actor, pass: &LatePass, at| programme.db.write(|tx| passes::open_late(tx, who, reference, pass, at));
        assert!(refusal(give(&programme.officer, &pass, closes.plus_seconds(-1))).contains("encore ouvert"));
        for (wrong, field) in [
            (LatePass { reference: "RECITAL-0", ..pass }, "numero"),
            (LatePass { day: "2027-02-31", ..pass }, "jour"),
            (LatePass { day: "2027-04-01", ..pass }, "jour"),
            (LatePass { hour: "25:00", ..pass }, "heure"),
            (LatePass { reason: " ", ..pass }, "motif"),
        ] {
            let Err(UseCaseError::Invalid(fields)) = give(&programme.officer, &wrong, now) else { panic!("{wrong:?}") };
            assert_eq!(fields.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), [field]);
        }
        assert!(give(&programme.director, &pass, now).is_err(), "an officer alone");
        let tied = person(&programme.db, "Aude Tison", Role::Officer);
        let declare = |tx: &mut tisserand::store::Tx| {
            recusals::declare_conflict(tx, &tied, id_of(&tied), id, "Ma sœur y travaille", now)
        };
        programme.db.write(declare).unwrap();
        let refused = give(&tied, &pass, now);
        assert!(matches!(refused, Err(UseCaseError::Invalid(_))), "it does not exist for them: {refused:?}");
        give(&programme.officer, &pass, now).unwrap();
        let until = Moment::from_paris("2027-04-05".parse().unwrap(), "18:00:00".parse().unwrap());
        assert_eq!(programme.application(id).pass_until, Some(until));
        let told = programme.db.read(|conn| history::of_subject(conn, id.as_str())).unwrap().pop().unwrap();
        assert_eq!((told.event.as_str(), told.reason.as_str()), ("open_late", "Panne du réseau à Hirson."));
        let mails = programme.db.read(|conn| messages::in_state(conn, MessageState::Queued, 100)).unwrap();
        let mail = mails.iter().find(|mail| mail.kind == MessageKind::LatePass).unwrap();
        assert_eq!(mail.recipient_address, "porteuse.1@example.org");
        let said: Mail = serde_json::from_str(&mail.facts).unwrap();
        assert!(said.subject.contains("5\u{a0}avril 2027 à 18\u{a0}h\u{a0}00"), "{}", said.subject);
        refusal(submit(&programme, &other, wrong, now));
        refusal(submit(&programme, &who, id, until));
        submit(&programme, &who, id, until.plus_seconds(-1)).unwrap();
        let dossier = programme.db.read(|conn| dossiers::find(conn, &programme.officer, id, until)).unwrap();
        assert_eq!(dossier.lateness.unwrap(), "déposé dans le délai accordé jusqu’au 5\u{a0}avril 2027 à 18:00:00");
        let again = give(&programme.officer, &pass, now);
        assert!(matches!(again, Err(UseCaseError::Invalid(_))), "it is filed: {again:?}");
    }
}

#[actix_web::test]
async fn the_officer_gives_time_on_a_page_and_the_holder_reads_it() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.complete(1, 3_000);
    let site = Site::over(&programme.db, crate::support::programme::closed());
    let officer = site.cookie_of(&programme.officer);
    let path = format!("/appels-a-projets/{}/delais", programme.definition.reference);
    let call = text(site.get(&officer, path.trim_end_matches("/delais")).await, 200).await;
    assert!(call.contains(&path), "{call}");
    let page = text(site.get(&officer, &path).await, 200).await;
    let token = field(&page, "token");
    let number = programme.application(id).reference;
    let mut sent = vec![("token", token.as_str()), ("numero", &number), ("jour", "2027-02-18"), ("heure", "12:30")];
    let page = text(site.post(&officer, &path, &sent).await, 422).await;
    assert!(page.contains("Dites pourquoi") && page.contains("value=\"12:30\""), "{page}");
    sent.push(("motif", "Hospitalisation <d’urgence>"));
    for _ in 0..2 {
        assert_eq!(site.post(&officer, &path, &sent).await.status(), 303);
    }
    let page = text(site.get(&officer, &path).await, 200).await;
    assert!(page.contains("Hospitalisation &#60;d’urgence&#62;") && page.contains("Pas encore déposé"), "{page}");
    assert!(!page.contains("Un océan"), "a draft says nothing to the team");
    assert_eq!(programme.db.read(|conn| rows::of_application(conn, id)).unwrap().len(), 1, "a second click gives once");
    let page = text(site.get(&site.cookie_of(&who), &format!("/dossiers/{id}")).await, 200).await;
    assert!(page.contains("18\u{a0}février 2027 à 12:30:00") && page.contains("Hospitalisation"), "{page}");
    assert_eq!(site.get(&site.cookie_of(&who), &path).await.status(), 404);
}

//! Results that leave at a chosen hour: fixed in Paris time, told to the team, carried out once or not at all.

use super::{
    bare,
    decided::{Decided, TOLD, VERDICTS, wake},
    field, text,
};
use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, assert_whole, closed, person},
    site::Site,
};
use std::{sync::Barrier, thread};
use tisserand::{
    domain::{
        decisions::Verdict,
        definitions::CallDefinition,
        lifecycles::{calls::CallState, sessions::SessionEvent},
        messages::MessageKind,
        roles::Role,
        time::Moment,
    },
    store::{Db, Entropy, StoreError, Tx, documents, history, messages},
    usecases::{Outcome, UseCaseError, instants::TypedInstant, release_plans, releases},
};

fn refusal(outcome: Outcome<Moment>) -> String {
    match outcome.unwrap_err() {
        UseCaseError::Invalid(fields) => fields.into_iter().map(|field| field.message).collect(),
        other => other.to_string(),
    }
}

#[test]
fn results_leave_at_the_hour_that_was_fixed_not_a_second_before_and_once() {
    for db in each_database() {
        let decided = Decided::on(db).confirmed();
        let at = decided.fix("2027-03-12", "09:00").unwrap();
        assert_eq!(at.machine(), "2027-03-12T08:00:00Z");
        assert!(!decided.wake(at.plus_seconds(-1)), "it is not time yet");
        assert_eq!((decided.state(), decided.letters()), (CallState::Deliberated, 0));
        assert!(decided.wake(at));
        assert_eq!(decided.state(), CallState::Announced);
        assert_eq!(decided.told(), TOLD.map(|kind| vec![kind]));
        assert_eq!(decided.letters(), 2);
        assert!(!decided.wake(at.plus_minutes(1)), "what has left does not leave again");
        assert_eq!(decided.told(), TOLD.map(|kind| vec![kind]));
        let trace = decided.world.db.read(|conn| history::of_subject(conn, decided.world.call.as_str())).unwrap();
        let last = trace.last().unwrap();
        assert_eq!((last.event.as_str(), last.role, last.actor_id), ("announce", Role::System, None));
        assert!(last.reason.starts_with("Heure fixée par Lucie Hennebelle"), "{}", last.reason);
        assert_whole(&decided.world.db);
    }
}

#[test]
fn two_workers_that_wake_at_once_release_once() {
    for db in each_database() {
        let decided = Decided::on(db).confirmed();
        let at = decided.fix("2027-03-12", "09:00").unwrap();
        let start = Barrier::new(2);
        let did: Vec<bool> = thread::scope(|scope| {
            let run = || {
                let own = Db::open(decided.world.db.url(), Entropy::System).unwrap();
                start.wait();
                wake(&own, &decided.world, at)
            };
            let both = [scope.spawn(run), scope.spawn(run)];
            both.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(did.iter().filter(|did| **did).count(), 1);
        assert_eq!(decided.told(), TOLD.map(|kind| vec![kind]));
        assert_whole(&decided.world.db);
    }
}

#[test]
fn a_worker_that_dies_in_the_middle_leaves_nothing_half_sent() {
    for db in each_database() {
        let decided = Decided::on(db).confirmed();
        let (at, call) = (decided.fix("2027-03-12", "09:00").unwrap(), decided.world.call);
        let died = decided.world.db.write(|tx: &mut Tx| -> Outcome<()> {
            release_plans::carry_out(tx, call, at)?;
            Err(StoreError::Pool("the power went".into()).into())
        });
        assert!(died.is_err());
        assert_eq!((decided.state(), decided.letters(), decided.told()), (CallState::Deliberated, 0, vec![vec![]; 4]));
        assert!(decided.wake(at.plus_minutes(3)));
        assert_eq!(decided.told(), TOLD.map(|kind| vec![kind]));
        assert_whole(&decided.world.db);
    }
}

#[actix_web::test]
async fn what_is_lacking_at_the_hour_stops_everything_and_the_team_is_told_why() {
    for db in each_database() {
        let decided = Decided::on(db);
        let world = &decided.world;
        let at = decided.fix("2027-03-12", "09:00").unwrap();
        assert!(decided.wake(at));
        assert_eq!((decided.state(), decided.letters(), decided.told()), (CallState::Deliberated, 0, vec![vec![]; 4]));
        assert!(!decided.wake(at.plus_minutes(5)), "it does not try again by itself");
        let mails = world.db.read(|conn| messages::page(conn, None, None, 500)).unwrap();
        let told: Vec<_> = mails.iter().filter(|mail| mail.kind == MessageKind::ReleaseHalted).collect();
        assert_eq!(told.len(), 1, "one officer, one mail");
        assert_eq!(told[0].recipient_id, world.officer.person);
        assert!(told[0].subject_line.starts_with("Annonce arrêtée\u{a0}: à corriger"), "{}", told[0].subject_line);
        assert!(decided.files.iter().all(|file| !told[0].facts.contains(&world.application(*file).reference)));
        let trace = world.db.read(|conn| history::of_subject(conn, world.call.as_str())).unwrap();
        assert_eq!(trace.last().unwrap().reason, "Le procès-verbal de la séance n’est pas encore confirmé.");
        let site = Site::over(&world.db, at.plus_minutes(1));
        let page = format!("/appels-a-projets/{}/annonce", world.definition.reference);
        let html = text(site.get(&site.cookie_of(&world.officer), &page).await, 200).await;
        assert!(html.contains("Arrêtée à l’heure prévue") && html.contains("n’est pas encore confirmé"), "{html}");
        world.try_step(&world.director, decided.session, SessionEvent::Confirm).unwrap();
        let at = decided.fix("2027-03-13", "09:00").unwrap();
        assert!(decided.wake(at));
        assert_eq!(decided.told(), TOLD.map(|kind| vec![kind]));
        assert_whole(&world.db);
    }
}

#[test]
fn one_letter_with_a_hole_keeps_every_other_from_leaving() {
    for db in each_database() {
        let hole = |call: &mut CallDefinition| call.letters.award_intro = "À condition : {conditions}.".into();
        let decided = Decided::with(db, hole, &VERDICTS).confirmed();
        let at = decided.fix("2027-03-12", "09:00").unwrap();
        assert!(decided.wake(at));
        assert_eq!((decided.state(), decided.letters(), decided.told()), (CallState::Deliberated, 0, vec![vec![]; 4]));
        let trace = decided.world.db.read(|conn| history::of_subject(conn, decided.world.call.as_str())).unwrap();
        let last = trace.last().unwrap();
        assert_eq!(last.event, "halt_release");
        assert!(last.reason.contains("rien n’est parti") && !last.reason.contains("RECITAL"), "{}", last.reason);
        assert_whole(&decided.world.db);
    }
}

#[test]
fn an_hour_is_read_on_the_paris_clock_in_both_nights_of_the_change() {
    let decided = Decided::on(sqlite()).confirmed();
    assert_eq!(decided.fix("2027-03-28", "01:59").unwrap().machine(), "2027-03-28T00:59:00Z");
    let skipped = decided.fix("2027-03-28", "02:30").unwrap();
    assert_eq!(skipped.french(), "28\u{a0}mars 2027 à 3\u{a0}h\u{a0}00", "this hour does not happen");
    let (world, autumn) = (&decided.world, Moment::start_of_day("2027-10-01".parse().unwrap()));
    let (version, typed) = (world.call_row().version, TypedInstant { day: "2027-10-31", hour: "02:30" });
    let fix = |tx: &mut Tx| release_plans::fix(tx, &world.officer, world.call, version, typed, autumn);
    let twice = world.db.write(fix).unwrap();
    assert_eq!(twice.machine(), "2027-10-31T00:30:00Z", "the first of the two");
    assert!(!decided.wake(twice.plus_seconds(-1)) && decided.wake(twice));
}

#[test]
fn an_hour_must_exist_lie_ahead_and_be_fixed_by_an_officer() {
    let decided = Decided::on(sqlite()).confirmed();
    let world = &decided.world;
    assert_eq!(refusal(decided.fix("", "midi")), "Donnez un jour qui existe.Donnez une heure, par exemple 18:00.");
    assert!(refusal(decided.fix("2027-02-14", "09:00")).contains("est passé"));
    assert!(refusal(decided.fix("2029-01-01", "09:00")).contains("trop loin"));
    let (version, typed) = (world.call_row().version, TypedInstant { day: "2027-03-12", hour: "09:00" });
    for other in [&world.members[0], &world.director, &decided.applicants[0]] {
        let done = world.db.write(|tx| release_plans::fix(tx, other, world.call, version, typed, closed()));
        assert!(matches!(done, Err(UseCaseError::Store(StoreError::NotFound))), "{done:?}");
    }
    decided.fix("2027-03-12", "09:00").unwrap();
    let again = world.db.write(|tx| release_plans::fix(tx, &world.officer, world.call, version, typed, closed()));
    assert!(matches!(again, Err(UseCaseError::Store(StoreError::Stale))), "the page was from before");
    let early = Programme::on(sqlite());
    let call = early.call_row();
    let before = early.db.write(|tx| release_plans::fix(tx, &early.officer, call.id, call.version, typed, closed()));
    assert!(before.unwrap_err().to_string().contains("publié"), "nothing is decided yet");
}

#[actix_web::test]
async fn an_hour_is_shown_to_the_team_with_who_fixed_it_changed_and_dropped_until_then() {
    let decided = Decided::on(sqlite()).confirmed();
    let world = &decided.world;
    let site = Site::over(&world.db, closed());
    let (cookie, call) = (site.cookie_of(&world.officer), format!("/appels-a-projets/{}", world.definition.reference));
    let page = format!("{call}/annonce");
    let send = async |path: &str, day: &str| {
        let html = text(site.get(&cookie, &page).await, 200).await;
        let (version, token) = (field(&html, "version"), field(&html, "token"));
        let fields = [("version", version.as_str()), ("token", &token), ("jour", day), ("heure", "09:00")];
        site.post(&cookie, &format!("{page}/{path}"), &fields).await
    };
    let html = text(send("heure", "hier").await, 422).await;
    assert!(html.contains("value=\"hier\"") && html.contains("Donnez un jour qui existe."), "{html}");
    assert_eq!(send("heure", "2027-03-12").await.status().as_u16(), 303);
    let said = "Annonce prévue le 12\u{a0}mars 2027 à 9\u{a0}h\u{a0}00 (heure de Paris). Fixée par Lucie Hennebelle";
    let director = site.cookie_of(&world.director);
    let dossier = format!("/instruction/{}", decided.files[0]);
    let session = format!("/direction/seances/{}", decided.session);
    for (who, path) in
        [(&cookie, &page), (&cookie, &call), (&director, &call), (&cookie, &dossier), (&director, &session)]
    {
        let html = text(site.get(who, path).await, 200).await;
        assert!(html.contains(said), "{path}: {html}");
    }
    assert_eq!(send("heure", "2027-03-15").await.status().as_u16(), 303);
    assert!(!decided.wake(Moment::start_of_day("2027-03-13".parse().unwrap())), "it was moved");
    let html = text(site.get(&cookie, &page).await, 200).await;
    assert!(html.contains("15\u{a0}mars 2027 à 9") && html.contains("Changer l’heure"), "{html}");
    assert_eq!(send("heure/fin", "").await.status().as_u16(), 303);
    assert!(!decided.wake(Moment::start_of_day("2027-04-01".parse().unwrap())), "it was dropped");
    let events = world.db.read(|conn| history::of_subject(conn, world.call.as_str())).unwrap();
    let events: Vec<_> = events.iter().rev().take(3).map(|row| row.event.as_str()).collect();
    assert_eq!(events, ["drop_release", "plan_release", "plan_release"]);
    assert_eq!(decided.state(), CallState::Deliberated);
}

#[actix_web::test]
async fn a_letter_read_before_the_hour_is_the_letter_of_that_hour() {
    let decided = Decided::on(sqlite()).confirmed();
    let (world, file) = (&decided.world, decided.files[0]);
    let at = decided.fix("2027-03-12", "09:00").unwrap();
    let read = |now| {
        let letter = world.db.read(|conn| releases::letter_preview(conn, &world.officer, file, now)).unwrap().unwrap();
        serde_json::to_string(&letter.blocks).unwrap() + &letter.place_and_date
    };
    let seen = read(closed());
    assert!(seen.contains("le 12\u{a0}mars 2027"), "{seen}");
    decided.wake(at);
    let row = world.db.read(|conn| documents::of_subject(conn, file.as_str())).unwrap().pop().unwrap();
    let sent: tisserand::domain::letters::Letter = serde_json::from_str(&row.facts).unwrap();
    assert_eq!(serde_json::to_string(&sent.blocks).unwrap() + &sent.place_and_date, seen);
}

#[actix_web::test]
async fn an_administrator_reads_which_mails_wait_for_an_announcement_and_when_they_leave() {
    for db in each_database() {
        let decided = Decided::on(db);
        let world = &decided.world;
        let site = Site::over(&world.db, closed());
        let admin = person(&world.db, "Ada Lefèvre", Role::Admin);
        let cookie = site.cookie_of(&admin);
        let read =
            async |path: &str| text(site.get(&cookie, &format!("/administration/courriels{path}")).await, 200).await;
        for path in ["", "?etat=queued", "?etat=held"] {
            let html = read(path).await;
            assert!(html.contains("sous embargo") && html.contains("aucune heure n’est fixée"), "{path}: {html}");
            assert!(html.contains(&world.definition.reference) && html.contains("4\u{a0}décisions"), "{path}: {html}");
        }
        assert!(!read("?etat=sent").await.contains("sous embargo"));
        decided.recuse(&admin, decided.files[0]);
        assert!(read("").await.contains("3\u{a0}décisions"), "nothing is told of a file one is recused from");
        let at = decided.fix("2027-03-12", "09:00").unwrap();
        let html = read("").await;
        assert!(html.contains("Le 12\u{a0}mars 2027 à 9\u{a0}h\u{a0}00 (heure de Paris)"), "{html}");
        assert!(decided.wake(at));
        let html = read("").await;
        assert!(html.contains("annonce arrêtée") && html.contains("rien n’est parti"), "{html}");
        world.try_step(&world.director, decided.session, SessionEvent::Confirm).unwrap();
        assert!(decided.wake(decided.fix("2027-03-13", "09:00").unwrap()));
        assert!(!read("").await.contains("Retenus jusqu’à l’annonce"), "they have left");
    }
}

/// Everything the people of a file may read, ask for and receive before the hour.
async fn before_the_hour(verdict: Verdict) -> Vec<(String, u16, String)> {
    let decided = Decided::with(sqlite(), |_| {}, &[verdict]).confirmed();
    let at = decided.fix("2027-03-12", "09:00").unwrap();
    let (world, file) = (&decided.world, decided.files[0]);
    let site = Site::over(&world.db, at.plus_seconds(-1));
    assert!(!decided.wake(at.plus_seconds(-1)));
    let cookie = site.cookie_of(&decided.applicants[0]);
    let (reference, dossier) = (&world.definition.reference, format!("/dossiers/{file}"));
    let mut seen = Vec::new();
    for (who, path) in [
        (&cookie, "/dossiers".to_owned()),
        (&cookie, dossier.clone()),
        (&cookie, format!("{dossier}/pdf")),
        (&cookie, format!("{dossier}/messages")),
        (&cookie, format!("{dossier}/retrait")),
        (&cookie, "/subventions".to_owned()),
        (&cookie, "/organisations".to_owned()),
        (&String::new(), "/".to_owned()),
        (&String::new(), "/projets".to_owned()),
        (&String::new(), format!("/appels/{reference}")),
        (&cookie, format!("/appels-a-projets/{reference}/annonce")),
    ] {
        let reply = site.get(who, &path).await;
        let status = reply.status().as_u16();
        let body = String::from_utf8_lossy(&reply.bytes().await.unwrap()).into_owned();
        // Its bytes hold its own identifiers and instants.
        let body = if path.ends_with("/pdf") { String::new() } else { bare(&body) };
        assert!(!body.contains("12\u{a0}mars 2027 à 9") && !body.contains("Annonce prévue"), "{path}: {body}");
        seen.push((bare(&path), status, body));
    }
    let mails = world.db.read(|conn| messages::page(conn, None, None, 500)).unwrap();
    let mails = mails.iter().filter(|mail| mail.recipient_id == decided.applicants[0].person);
    let mut kinds: Vec<_> = mails.map(|mail| mail.kind.to_string()).collect();
    kinds.sort();
    seen.push(("mails".into(), 0, kinds.join(" ")));
    seen
}

#[actix_web::test]
async fn before_the_hour_nothing_tells_what_was_decided_nor_that_an_hour_is_fixed() {
    let first = before_the_hour(Verdict::Award).await;
    assert_eq!(first.last().unwrap().2, "eligible receipt", "{first:?}");
    for verdict in [Verdict::ReserveList, Verdict::Reject, Verdict::Defer] {
        for (seen, other) in first.iter().zip(&before_the_hour(verdict).await) {
            assert_eq!(seen, other, "after {verdict:?}");
        }
    }
}

#[actix_web::test]
async fn an_officer_recused_from_the_lacking_file_reads_nothing_of_it() {
    let hole = |call: &mut CallDefinition| call.letters.award_intro = "À condition : {conditions}.".into();
    let decided = Decided::with(sqlite(), hole, &VERDICTS).confirmed();
    let (world, file) = (&decided.world, decided.files[0]);
    let colleague = person(&world.db, "Paul Lemaire", Role::Officer);
    decided.recuse(&colleague, file);
    let at = decided.fix("2027-03-12", "09:00").unwrap();
    assert!(decided.wake(at));
    let site = Site::over(&world.db, at);
    let page = format!("/appels-a-projets/{}/annonce", world.definition.reference);
    let html = text(site.get(&site.cookie_of(&colleague), &page).await, 200).await;
    let reference = world.application(file).reference;
    assert!(html.contains("Arrêtée à l’heure prévue") && !html.contains(&reference), "{html}");
    let mails = world.db.read(|conn| messages::page(conn, None, None, 500)).unwrap();
    let his: Vec<_> = mails.iter().filter(|mail| mail.recipient_id == colleague.person).collect();
    assert_eq!(his.len(), 1);
    assert!(!his[0].facts.contains(&reference) && !his[0].facts.contains("Un océan"), "{}", his[0].facts);
}

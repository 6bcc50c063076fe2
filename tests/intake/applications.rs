//! From the draft to the filed file: the last second, what is missing, second clicks, other people's files.

use super::pages::text;
use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, id as id_of, open, person},
    site::Site,
};
use chrono::NaiveTime;
use diesel::connection::SimpleConnection;
use std::{sync::Barrier, thread};
use tisserand::{
    domain::{
        definitions::ApplicationsPerHolder,
        ids::{ApplicationId, DocumentId},
        lifecycle::Refusal,
        lifecycles::applications::ApplicationState,
        messages::MessageKind,
        roles::Role,
        time::Moment,
    },
    store::{Db, Entropy, StoreError, Tx, applications as rows, documents, messages},
    usecases::{
        Actor, Outcome, UseCaseError, applications, attachments, complements,
        form_tokens::{self, Sending},
    },
};

fn submit(programme: &Programme, who: &Actor, id: ApplicationId, at: Moment) -> Outcome<()> {
    let version = programme.application(id).version;
    programme.db.write(|tx| applications::submit(tx, who, id, version, at)).map(drop)
}

fn reason<T: std::fmt::Debug>(refused: Outcome<T>) -> String {
    match refused {
        Err(UseCaseError::Refused(refusal)) => refusal.to_string(),
        other => panic!("not a refusal: {other:?}"),
    }
}

#[test]
fn the_last_second_counts_and_the_next_one_does_not() {
    // An ordinary Wednesday, the Sunday of 23 hours and the Sunday of 25 hours.
    for day in ["2027-03-31", "2027-03-28", "2027-10-31"] {
        for db in each_database() {
            let date: chrono::NaiveDate = day.parse().unwrap();
            let programme = Programme::with(db, |call| call.window.closes = Moment::end_of_day(date));
            let (who, id) = programme.complete(1, 3_000);
            let last = Moment::from_paris(date, NaiveTime::from_hms_opt(23, 59, 59).unwrap());
            let late = reason(submit(&programme, &who, id, last.plus_seconds(1)));
            assert!(late.contains("La date limite est dépassée") && late.contains("23\u{a0}h\u{a0}59"), "{late}");
            assert_eq!(programme.application(id).state, ApplicationState::Draft, "a late file keeps its draft");
            submit(&programme, &who, id, last).unwrap();
            let row = programme.application(id);
            assert_eq!((row.state, row.submitted_at), (ApplicationState::Submitted, Some(last)));
        }
    }
}

#[actix_web::test]
async fn home_call_start_and_submission_agree_on_the_last_second() {
    for day in ["2027-03-28", "2027-10-31"] {
        for db in each_database() {
            let date: chrono::NaiveDate = day.parse().unwrap();
            let programme = Programme::with(db, |call| call.window.closes = Moment::end_of_day(date));
            let (who, id) = programme.complete(1, 3_000);
            let starters = [2, 3].map(|number| {
                let starter = person(&programme.db, &format!("Porteuse {number}"), Role::Applicant);
                let organisation = programme.organisation(&starter, number).to_string();
                (starter, organisation)
            });
            let last = Moment::from_paris(date, NaiveTime::from_hms_opt(23, 59, 59).unwrap());
            let site = Site::over(&programme.db, last);
            let holder = site.cookie_of(&who);
            let starters = starters.map(|(starter, organisation)| (site.cookie_of(&starter), organisation));
            let (call, token) = (format!("/appels/{}", programme.definition.reference), "a".repeat(64));
            let version = programme.application(id).version.to_string();
            // The second after comes first: whoever files at the last one has nothing left to file.
            for (at, is_open) in [(last.plus_seconds(1), false), (last, true)] {
                site.clock.set(at);
                let home = text(site.get("", "/").await, 200).await;
                assert_eq!(home.contains("Aucun appel n’est ouvert en ce moment"), !is_open, "{day}: {home}");
                assert_eq!(home.contains("Appels terminés"), !is_open, "{day}: {home}");
                let page = text(site.get("", &call).await, 200).await;
                assert_eq!(page.contains("La date limite est passée."), !is_open, "{day}: {page}");
                let (starter, organisation) = &starters[usize::from(is_open)];
                let fields = [("organisation", organisation.as_str())];
                let started = site.post(starter, &format!("{call}/dossier"), &fields).await;
                let fields = [("version", version.as_str()), ("token", token.as_str())];
                let filed = site.post(&holder, &format!("/dossiers/{id}/depot"), &fields).await;
                let expected = if is_open { 303 } else { 409 };
                assert_eq!((started.status().as_u16(), filed.status().as_u16()), (expected, expected), "{day}");
            }
            assert_eq!(programme.application(id).submitted_at, Some(last));
        }
    }
}

#[test]
fn an_incomplete_file_is_refused_with_what_is_missing() {
    let programme = Programme::on(sqlite());
    let who = person(&programme.db, "Porteuse", Role::Applicant);
    let organisation = programme.organisation(&who, 1);
    let id = programme.db.write(|tx| applications::start(tx, &who, programme.call, organisation, open())).unwrap();
    let missing = programme.db.read(|conn| applications::missing(conn, &who, id)).unwrap();
    assert!(missing.len() > 5 && missing.iter().any(|item| item.contains("Titre de l’action")), "{missing:?}");
    let refused = reason(submit(&programme, &who, id, open()));
    assert!(refused.starts_with("Il manque encore") && refused.contains("Titre de l’action"), "{refused}");
}

#[test]
fn filing_gives_a_receipt_by_mail_and_on_paper() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.filed(1, 3_000);
    let row = programme.application(id);
    assert_eq!((row.submitted_by, row.content_hash.map(|hash| hash.len())), (Some(id_of(&who)), Some(64)));
    let letters = programme.db.read(|conn| documents::of_subject(conn, id.as_str())).unwrap();
    let [letter] = &letters[..] else { panic!("one receipt") };
    assert_eq!(letter.reference, format!("{}-R", row.reference));
    let queued = tisserand::domain::lifecycles::messages::MessageState::Queued;
    let mails = programme.db.read(|conn| messages::in_state(conn, queued, 100)).unwrap();
    let receipts: Vec<_> = mails.iter().filter(|mail| mail.kind == MessageKind::Receipt).collect();
    assert_eq!(receipts.len(), 1);
    assert_eq!(receipts[0].document_id, Some(letter.id));
}

#[test]
fn each_receipt_of_a_file_has_a_number_of_its_own() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (who, id) = programme.filed(1, 3_000);
        let version = programme.application(id).version;
        programme.db.write(|tx| applications::take_back(tx, &who, id, version, open())).unwrap();
        submit(&programme, &who, id, open().plus_days(1)).unwrap();
        let letters = programme.db.read(|conn| documents::of_subject(conn, id.as_str())).unwrap();
        let reference = programme.application(id).reference;
        let numbers: Vec<_> = letters.iter().map(|letter| letter.reference.clone()).collect();
        assert_eq!(numbers, [format!("{reference}-R"), format!("{reference}-R-2")]);
        assert!(letters[1].title.ends_with("-R-2") && letters[1].facts.contains("-R-2"));
        let twin = documents::DocumentRow {
            id: programme.db.write(|tx| tx.mint(open())).unwrap(),
            check_code: "X".into(),
            ..letters[0].clone()
        };
        assert!(programme.db.write(|tx| documents::insert(tx, &twin)).is_err(), "the database holds it too");
    }
}

#[test]
fn documents_that_shared_a_number_are_told_apart_by_the_upgrade() {
    let step = |name: &str| {
        let folder = crate::support::root().join("migrations/2026-11-26-000020_document_references");
        std::fs::read_to_string(folder.join(name)).unwrap()
    };
    for db in each_database() {
        let programme = Programme::on(db);
        let (_, id) = programme.filed(1, 3_000);
        let later: DocumentId = programme.db.write(|tx| tx.mint(open().plus_days(1))).unwrap();
        let twin = format!(
            "INSERT INTO documents SELECT '{later}', kind, subject_id, reference, title, 'TWIN', facts, sha256, size, \
             issued_at, transition_seq FROM documents"
        );
        for sql in [step("down.sql"), twin, step("up.sql")] {
            programme.db.write(|tx| tx.conn().batch_execute(&sql).map_err(StoreError::from)).unwrap();
        }
        let letters = programme.db.read(|conn| documents::of_subject(conn, id.as_str())).unwrap();
        let numbers: Vec<_> = letters.iter().map(|letter| letter.reference.clone()).collect();
        assert_eq!(numbers, [numbers[0].clone(), format!("{}-TWIN", numbers[0])]);
        assert_eq!(letters[0].facts, letters[1].facts, "the papers stay as they were");
    }
}

#[test]
fn a_second_start_opens_the_first_and_a_withdrawn_file_makes_room() {
    for db in each_database() {
        let programme = Programme::on(db);
        let who = person(&programme.db, "Porteuse", Role::Applicant);
        let organisation = programme.organisation(&who, 1);
        let start = || programme.db.write(|tx| applications::start(tx, &who, programme.call, organisation, open()));
        let first = start().unwrap();
        assert_eq!(start().unwrap(), first);
        assert_eq!(programme.application(first).reference, format!("{}-0001", programme.definition.reference));
        programme.db.write(|tx| applications::withdraw(tx, &who, first, 0, open())).unwrap();
        let second = start().unwrap();
        assert_ne!(second, first);
        assert_eq!(programme.application(second).reference, format!("{}-0002", programme.definition.reference));
    }
}

#[test]
fn a_second_click_gets_the_first_answer() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (who, id) = programme.complete(1, 3_000);
        let token = "a".repeat(64);
        let click = |body: &'static [u8]| {
            programme.db.write(|tx| {
                let sending = Sending { person: id_of(&who), token: &token, route: "/depot", body, now: open() };
                form_tokens::once(tx, sending, |tx| {
                    applications::submit(tx, &who, id, 0, open())?;
                    Ok(format!("/dossiers/{id}"))
                })
            })
        };
        assert_eq!(click(b"0").unwrap(), format!("/dossiers/{id}"));
        assert_eq!(click(b"0").unwrap(), format!("/dossiers/{id}"));
        assert!(reason(click(b"1")).contains("autre contenu"));
        assert_eq!(programme.application(id).version, 1, "it happened once");
    }
}

/// What two get that do the same at once, each over a connection of its own.
fn both<T: Send>(programme: &Programme, act: impl Fn(&Db) -> T + Sync) -> [T; 2] {
    let (url, start) = (programme.db.url(), Barrier::new(2));
    thread::scope(|scope| {
        let run = || {
            let own = Db::open(url, Entropy::System).unwrap();
            start.wait();
            act(&own)
        };
        let both = [scope.spawn(run), scope.spawn(run)];
        both.map(|one| one.join().unwrap())
    })
}

#[test]
fn two_clicks_at_the_same_time_make_one_draft_and_one_receipt() {
    for several in [ApplicationsPerHolder::One, ApplicationsPerHolder::Several] {
        for db in each_database() {
            let programme = Programme::with(db, |call| call.applications = several);
            let who = person(&programme.db, "Porteuse", Role::Applicant);
            let (call, organisation) = (programme.call, programme.organisation(&who, 9));
            let sending = |who: &Actor, token: &'static str| Sending {
                person: id_of(who),
                token,
                route: "/",
                body: b"0",
                now: open(),
            };
            let [one, two] = both(&programme, |db| {
                let token = "1111111111111111111111111111111111111111111111111111111111111111";
                db.write(|tx| {
                    let begin = |tx: &mut Tx| {
                        applications::start(tx, &who, call, organisation, open()).map(|id| id.to_string())
                    };
                    match several {
                        ApplicationsPerHolder::One => begin(tx),
                        ApplicationsPerHolder::Several => form_tokens::once(tx, sending(&who, token), begin),
                    }
                })
                .unwrap()
            });
            assert_eq!(one, two);
            let (holder, id) = programme.complete(1, 3_000);
            let reference = programme.application(id).reference;
            assert!(reference.ends_with("-0002"), "one number was drawn before: {reference}");
            let [one, two] = both(&programme, |db| {
                let token = "2222222222222222222222222222222222222222222222222222222222222222";
                db.write(|tx| {
                    form_tokens::once(tx, sending(&holder, token), |tx| {
                        applications::submit(tx, &holder, id, 0, open())?;
                        Ok(format!("/dossiers/{id}"))
                    })
                })
                .unwrap()
            });
            assert_eq!(one, two);
            assert_eq!(programme.application(id).version, 1, "it happened once");
            let letters = programme.db.read(|conn| documents::of_subject(conn, id.as_str())).unwrap();
            assert_eq!(letters.len(), 1);
            let queued = tisserand::domain::lifecycles::messages::MessageState::Queued;
            let mails = programme.db.read(|conn| messages::in_state(conn, queued, 100)).unwrap();
            assert_eq!(mails.iter().filter(|mail| mail.kind == MessageKind::Receipt).count(), 1);
        }
    }
}

#[test]
fn a_filed_file_can_be_taken_back_until_the_deadline() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.filed(1, 3_000);
    let closes = programme.definition.window.closes;
    let late = programme.db.write(|tx| applications::take_back(tx, &who, id, 1, closes));
    assert!(reason(late).contains("La date limite est dépassée"));
    programme.db.write(|tx| applications::take_back(tx, &who, id, 1, closes.plus_seconds(-1))).unwrap();
    assert_eq!(programme.application(id).state, ApplicationState::Draft);
}

#[test]
fn a_second_look_is_refused_when_another_file_took_the_place() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.filed(1, 3_000);
    let organisation = programme.application(id).organisation_id;
    let judge = |motive: &str| {
        programme.db.write(|tx| applications::declare_ineligible(tx, &programme.officer, id, 1, motive, open()))
    };
    assert!(matches!(judge(" "), Err(UseCaseError::Invalid(_))));
    judge("Le siège est hors de la région.").unwrap();
    let rival = programme.db.write(|tx| applications::start(tx, &who, programme.call, organisation, open())).unwrap();
    assert_ne!(rival, id);
    let appeal = programme.db.write(|tx| applications::appeal(tx, &who, id, 2, "Nous y sommes.", open()));
    assert!(reason(appeal).contains("déjà un autre dossier"));
    programme.db.write(|tx| applications::withdraw(tx, &who, rival, 0, open())).unwrap();
    programme.db.write(|tx| applications::appeal(tx, &who, id, 2, "Nous y sommes.", open())).unwrap();
    assert_eq!(programme.application(id).state, ApplicationState::Submitted);
}

#[test]
fn a_complement_is_asked_answered_and_dated() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.filed(1, 3_000);
    programme.ask_complement(id, "Le devis de la salle.", &["document-rib"], open()).unwrap();
    assert_eq!(programme.application(id).state, ApplicationState::ComplementRequested);
    let empty = programme.db.write(|tx| complements::answer(tx, &who, id, 2, "  ", open()));
    assert!(matches!(empty, Err(UseCaseError::Invalid(_))));
    programme.db.write(|tx| complements::answer(tx, &who, id, 2, "Le voici.", open())).unwrap();
    assert_eq!(programme.application(id).state, ApplicationState::Submitted);
    // Nobody judges the file of their own organisation, whatever else they are.
    let both = Actor::person(id_of(&who), vec![Role::Applicant, Role::Officer]);
    let own = programme.db.write(|tx| applications::declare_eligible(tx, &both, id, 3, open()));
    assert!(matches!(own, Err(UseCaseError::Refused(Refusal::NotYours))));
}

#[test]
fn a_file_exists_only_for_those_it_concerns() {
    let programme = Programme::on(sqlite());
    let (_, draft) = programme.complete(1, 3_000);
    let (_, filed) = programme.filed(2, 3_000);
    let stranger = person(&programme.db, "Autre porteur", Role::Applicant);
    let exists = |who: &Actor, id| programme.db.read(|conn| applications::find(conn, who, id)).is_ok();
    assert!(!exists(&stranger, draft) && !exists(&stranger, filed));
    assert!(!exists(&programme.officer, draft), "a draft is its applicants' own business");
    assert!(exists(&programme.officer, filed));
    assert!(!exists(&programme.members[0], filed), "not assigned");
    let sight = applications::sight(&programme.officer);
    let page = programme.db.read(|conn| rows::page(conn, sight, &rows::Filter::default(), None, 10)).unwrap();
    assert_eq!(page.iter().map(|line| line.id).collect::<Vec<_>>(), [filed]);
    let counted = programme.db.read(|conn| rows::count_by_state(conn, sight, Some(programme.call))).unwrap();
    assert_eq!(counted, [(ApplicationState::Submitted, 1)]);
}

#[test]
fn a_programme_named_like_a_document_is_refused() {
    let refused = attachments::judge("rib", "rib.pdf", b"MZ\x90\x00\x03\x00\x00\x00");
    let Err(UseCaseError::Invalid(fields)) = refused else { panic!("taken") };
    assert!(fields[0].message.contains("type accepté"), "{fields:?}");
    for (bytes, words) in [(&b""[..], "vide"), (&[b'%'; 10 * 1024 * 1024 + 1][..], "10\u{a0}Mo")] {
        let Err(UseCaseError::Invalid(fields)) = attachments::judge("rib", "rib.pdf", bytes) else { panic!("taken") };
        assert!(fields[0].message.contains(words), "{fields:?}");
    }
}

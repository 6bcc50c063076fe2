//! A call whose decisions are told as files arrive: a file is read, decided and paid for while others are still written.

use crate::support::{
    databases::each_database,
    forms,
    programme::{Programme, assert_whole, closed, id, open},
    site::Site,
};
use tisserand::{
    domain::{
        decisions::{DecisionPace, Verdict},
        definitions::{CallDefinition, DecisionAuthority, DraftsThen},
        ids::{ApplicationId, SessionId},
        journal::Stage,
        letters::LetterKind,
        lifecycles::{
            applications::{Application, ApplicationEvent, ApplicationState},
            calls::{CallEvent, CallState},
            grants::{Grant, GrantEvent, GrantState},
            sessions::SessionEvent,
        },
        messages::MessageKind,
        money::Euros,
        sessions::Presence,
    },
    store::{
        Tx, calls as call_rows, documents,
        draft_revisions::{self, DraftRevisionRow},
        grants as grant_rows,
        journal::{self as money, Scope},
        messages, sessions as session_rows,
    },
    usecases::{
        advance::advance_now,
        applications, assignments, calls,
        decisions::{self, DecisionForm},
        minutes,
        promotions::{self, Candidate, PromotionForm},
        releases,
        revisions::{self, Shown},
        sessions::{self, SessionForm},
    },
};

/// A call that decides as files arrive, from its first day on.
fn rolling(db: crate::support::databases::TestDb) -> Programme {
    Programme::with(db, |call| {
        call.decisions = DecisionPace::Rolling;
        call.decided_by = DecisionAuthority::Committee;
    })
}

/// Finds a file admissible and gives it to a reader, while the call is open.
fn read(world: &Programme, file: ApplicationId) {
    let version = world.application(file).version;
    world
        .db
        .write(|tx| {
            applications::declare_eligible(tx, &world.officer, file, version, open())?;
            assignments::assign(tx, &world.officer, file, id(&world.members[0]), None, open())?;
            advance_now::<Application>(tx, &world.officer, file, ApplicationEvent::StartReview, open())
        })
        .unwrap();
}

fn step(world: &Programme, session: SessionId, event: SessionEvent) {
    let act = |tx: &mut Tx| {
        if event == SessionEvent::CloseWithoutBoard {
            minutes::sign_read(tx, session, open())?;
        }
        let version = session_rows::find(tx.conn(), session)?.version;
        sessions::step(tx, &world.officer, session, version, event, open())
    };
    world.db.write(act).unwrap();
}

/// A session of the committee, open on everything that waits.
fn meeting(world: &Programme) -> SessionId {
    let form = SessionForm {
        title: "Séance d’urgence".into(),
        date: "2026-12-01".into(),
        time: "18:00".into(),
        place: "À distance".into(),
    };
    let there: Vec<_> = world.members.iter().take(3).map(|member| (id(member), Presence::Present)).collect();
    let session = world.db.write(|tx| sessions::plan(tx, &world.officer, world.call, &form, open())).unwrap();
    world.db.write(|tx| sessions::fill_agenda(tx, &world.officer, session)).unwrap();
    world.db.write(|tx| sessions::record_attendance(tx, &world.officer, session, &there, Some(there[0].0))).unwrap();
    step(world, session, SessionEvent::Convene);
    step(world, session, SessionEvent::Open);
    session
}

fn decide(world: &Programme, file: ApplicationId, verdict: Verdict) {
    let motive = "Cela ne peut pas attendre.".to_owned();
    let form = DecisionForm { verdict, amount: "2 500".into(), motive, conditions: String::new() };
    let version = world.application(file).version;
    world.db.write(|tx| decisions::decide(tx, &world.officer, file, &form, version, open())).unwrap();
}

/// The mails about a file that tell a decision.
fn told(world: &Programme, file: ApplicationId) -> Vec<MessageKind> {
    let kinds = [MessageKind::Award, MessageKind::Refusal, MessageKind::ReserveList, MessageKind::Deferral];
    let mails = world.db.read(|conn| messages::about_any(conn, &[file.to_string()], &kinds)).unwrap();
    mails.into_iter().map(|mail| mail.kind).collect()
}

#[actix_web::test]
async fn a_file_is_decided_told_and_accepted_while_the_call_is_open_and_others_are_still_filed() {
    for db in each_database() {
        let world = rolling(db);
        let (holder, kept) = world.filed(1, 3_000);
        let (other, turned_down) = world.filed(2, 3_000);
        let (late, draft) = world.complete(3, 3_000);
        read(&world, kept);
        read(&world, turned_down);
        let session = meeting(&world);
        decide(&world, kept, Verdict::Award);
        assert_eq!(told(&world, kept), [MessageKind::Award], "the letter leaves at once");
        decide(&world, turned_down, Verdict::Reject);
        assert_eq!(told(&world, turned_down), [MessageKind::Refusal]);
        step(&world, session, SessionEvent::Minute);
        step(&world, session, SessionEvent::CloseWithoutBoard);
        let site = Site::over(&world.db, open());
        let shown =
            site.get(&site.cookie_of(&world.officer), &format!("/seances/{session}")).await.text().await.unwrap();
        assert!(shown.contains("Les décisions sont parties") && !shown.contains("embargo"), "{shown}");
        let page = |cookie: String, path: String| {
            let site = &site;
            async move { site.get(&cookie, &path).await.text().await.unwrap() }
        };
        let shown = page(site.cookie_of(&holder), format!("/dossiers/{kept}")).await;
        assert!(shown.contains("Votre projet est retenu."), "{shown}");
        assert!(page(site.cookie_of(&other), "/dossiers".into()).await.contains("non retenu"));
        let grant = world.db.read(|conn| grant_rows::of_application(conn, kept)).unwrap().unwrap();
        let shown = page(site.cookie_of(&holder), format!("/subventions/{}", grant.id)).await;
        assert!(shown.contains("2\u{202f}500"), "{shown}");
        let accept = |tx: &mut Tx| advance_now::<Grant>(tx, &holder, grant.id, GrantEvent::Accept, open());
        world.db.write(accept).unwrap();
        let state = world.db.read(|conn| grant_rows::find(conn, grant.id)).unwrap().state;
        assert!(matches!(state, GrantState::Accepted | GrantState::Active), "{state}");
        assert_eq!(world.call_row().state, CallState::Published);
        world.submit(&late, draft);
        assert_eq!(world.application(draft).state, ApplicationState::Submitted, "the call goes on");
        assert_whole(&world.db);
    }
}

/// Publishes a change of the open call.
fn revise(world: &Programme, change: impl Fn(&mut CallDefinition)) {
    let (officer, reference) = (&world.officer, &world.definition.reference);
    let write = |tx: &mut Tx| {
        let known = call_rows::find(tx.conn(), world.call)?;
        let mut call = (*calls::parse(&known)?).clone();
        change(&mut call);
        let last = draft_revisions::find(tx.conn(), world.call)?.map_or(0, |row| row.number);
        let row = DraftRevisionRow {
            call_id: world.call,
            number: last + 1,
            settings: serde_json::to_string(&call)?.into(),
            changed_by: id(officer),
            changed_at: open(),
        };
        match last {
            0 => draft_revisions::insert(tx, &row)?,
            last => draft_revisions::change(tx, &row, last)?,
        }
        let (version, stamp, reason) = (known.version, row.number, "Une précision.");
        let shown = Shown { version, stamp, reason, drafts: DraftsThen::Follow };
        revisions::publish(tx, officer, reference, shown, open())
    };
    world.db.write(write).unwrap();
}

#[test]
fn a_change_of_the_open_call_takes_no_money_again_for_what_is_promised_already() {
    for db in each_database() {
        let world = rolling(db);
        let (_, kept) = world.filed(1, 3_000);
        read(&world, kept);
        meeting(&world);
        decide(&world, kept, Verdict::Award);
        let lies = |stage| world.db.read(|conn| money::balance(conn, stage, Scope::Call(world.call))).unwrap();
        let before = (lies(Stage::Envelope), lies(Stage::Committed));
        assert_eq!(before.1, Euros::whole(2_500));
        assert_eq!(before.0 + before.1, world.definition.envelope);
        revise(&world, |call| call.summary = "Un résumé plus clair.".into());
        assert_eq!((lies(Stage::Envelope), lies(Stage::Committed)), before, "nothing but words changed");
        let more = Euros::whole(1_000);
        revise(&world, |call| {
            call.envelope += more;
            call.sources[0].amount += more;
        });
        assert_eq!((lies(Stage::Envelope), lies(Stage::Committed)), (before.0 + more, before.1));
        assert_whole(&world.db);
    }
}

#[test]
fn a_file_promoted_later_is_not_said_to_be_retained_by_the_committee() {
    for db in each_database() {
        let world = rolling(db);
        let (_, first) = world.filed(1, 3_000);
        let (_, second) = world.filed(2, 3_000);
        read(&world, first);
        read(&world, second);
        let session = meeting(&world);
        decide(&world, first, Verdict::Award);
        decide(&world, second, Verdict::ReserveList);
        step(&world, session, SessionEvent::Minute);
        step(&world, session, SessionEvent::CloseWithoutBoard);
        let form = PromotionForm {
            amount: "2 500".into(),
            motive: "De l’argent est revenu.".into(),
            ..PromotionForm::default()
        };
        let (reference, version) = (&world.definition.reference, world.application(second).version);
        let propose = |tx: &mut Tx| {
            promotions::propose(tx, &world.officer, Candidate { reference, id: second, version }, &form, open())
        };
        assert!(!world.db.write(propose).unwrap(), "nobody confirms it");
        let letter = |file: ApplicationId| {
            let known = world.db.read(|conn| documents::of_subject(conn, file.as_str())).unwrap();
            known.into_iter().find(|row| row.kind == LetterKind::Award).unwrap().facts
        };
        let (heard, promoted) = (letter(first), letter(second));
        assert!(heard.contains("s’est réuni le") && heard.contains("L’avis du comité"), "{heard}");
        assert!(promoted.contains("était sur la liste d’attente"), "{promoted}");
        assert!(!promoted.contains("s’est réuni") && !promoted.contains("avis du comité"), "{promoted}");
        assert_whole(&world.db);
    }
}

/// The form of a decision as the page shows it, with these words.
fn typed(page: &str, path: &str, words: &[(&str, &str)]) -> Vec<(String, String)> {
    forms::changed(forms::fields(page, path), words)
}

#[actix_web::test]
async fn what_leaves_at_once_is_read_before_and_sent_as_it_was_read() {
    for db in each_database() {
        let world = rolling(db);
        let (_, file) = world.filed(1, 3_000);
        let (_, other) = world.filed(2, 3_000);
        read(&world, file);
        read(&world, other);
        let session = meeting(&world);
        let site = Site::over(&world.db, open());
        let cookie = site.cookie_of(&world.officer);
        let path = format!("/seances/{session}/dossiers/{file}");
        let send = async |fields: &[(String, String)]| {
            let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let reply = site.post(&cookie, &path, &pairs).await;
            (reply.status().as_u16(), reply.text().await.unwrap())
        };
        let page = site.get(&cookie, &path).await.text().await.unwrap();
        assert!(page.contains("Relire avant d’envoyer") && !page.contains("Enregistrer et envoyer"), "{page}");
        let award = [("decision", "award"), ("montant", "2 500"), ("motif", "Cela ne peut pas attendre.")];
        let (status, shown) = send(&typed(&page, &path, &award)).await;
        assert_eq!(status, 200, "{shown}");
        for said in ["Voici ce qui va partir", "Porteuse 1", "2\u{202f}500", "Cela ne peut pas attendre."] {
            assert!(shown.contains(said), "{said}: {shown}");
        }
        assert_eq!((told(&world, file), world.application(file).state), (vec![], ApplicationState::InReview));
        // Another amount than the one that was read is read first.
        let (status, shown) = send(&typed(&shown, &path, &[("montant", "2 000")])).await;
        assert!(status == 200 && shown.contains("2\u{202f}000"), "{status} {shown}");
        assert_eq!(told(&world, file), []);
        let (status, page) = send(&typed(&shown, &path, &[("motif", " ")])).await;
        assert!(status == 422 && page.contains("Écrivez le motif") && !page.contains("Voici ce qui va"), "{page}");
        for _ in 0..2 {
            assert_eq!(send(&typed(&shown, &path, &[])).await.0, 303, "and a second click");
        }
        assert_eq!(told(&world, file), [MessageKind::Award]);
        assert_eq!(world.application(file).decided_cents, Some(Euros::whole(2_000)));
        assert_eq!(world.application(other).state, ApplicationState::InReview, "one by one");
        assert_whole(&world.db);
    }
}

#[actix_web::test]
async fn a_file_taken_from_the_reserve_list_is_read_before_its_letter_leaves() {
    let world = rolling(crate::support::databases::sqlite());
    let (_, file) = world.filed(1, 3_000);
    read(&world, file);
    let session = meeting(&world);
    decide(&world, file, Verdict::ReserveList);
    step(&world, session, SessionEvent::Minute);
    step(&world, session, SessionEvent::CloseWithoutBoard);
    let site = Site::over(&world.db, open());
    let cookie = site.cookie_of(&world.officer);
    let path = format!("/appels-a-projets/RECITAL-2027-1/reserve/{file}");
    let send = async |fields: &[(String, String)]| {
        let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let reply = site.post(&cookie, &path, &pairs).await;
        (reply.status().as_u16(), reply.text().await.unwrap())
    };
    let page = site.get(&cookie, &path).await.text().await.unwrap();
    let words = [("montant", "2 500"), ("motif", "De l’argent est revenu.")];
    let (status, shown) = send(&typed(&page, &path, &words)).await;
    assert!(status == 200 && shown.contains("Voici ce qui va partir"), "{status} {shown}");
    assert!(shown.contains("De l’argent est revenu.") && shown.contains("Retenir ce dossier et envoyer"), "{shown}");
    assert_eq!(
        (told(&world, file), world.application(file).state),
        (vec![MessageKind::ReserveList], ApplicationState::ReserveListed)
    );
    assert_eq!(send(&typed(&shown, &path, &[])).await.0, 303);
    assert!(told(&world, file).contains(&MessageKind::Award));
    assert_whole(&world.db);
}

#[test]
fn the_end_of_the_call_sends_nothing_twice() {
    for db in each_database() {
        let world = rolling(db);
        let (_, kept) = world.filed(1, 3_000);
        read(&world, kept);
        let session = meeting(&world);
        decide(&world, kept, Verdict::Award);
        step(&world, session, SessionEvent::Minute);
        step(&world, session, SessionEvent::CloseWithoutBoard);
        world.advance_call(CallEvent::StartReview).unwrap();
        world.advance_call(CallEvent::Deliberate).unwrap();
        let version = world.call_row().version;
        world.db.write(|tx| releases::announce(tx, &world.officer, world.call, version, closed())).unwrap();
        assert_eq!(told(&world, kept), [MessageKind::Award]);
        assert_whole(&world.db);
    }
}

#[actix_web::test]
async fn the_pages_of_the_call_say_that_it_answers_as_files_arrive() {
    let world = rolling(crate::support::databases::sqlite());
    let site = Site::over(&world.db, open());
    let public = site.get("", "/appels/RECITAL-2027-1").await.text().await.unwrap();
    assert!(public.contains("au fur et à mesure") && public.contains("Dernier comité"), "{public}");
    let cookie = site.cookie_of(&world.officer);
    let page = site.get(&cookie, "/appels-a-projets/RECITAL-2027-1").await.text().await.unwrap();
    assert!(page.contains("se décident au fur et à mesure"), "{page}");
    let page = site.get(&cookie, "/appels-a-projets/RECITAL-2027-1/annonce").await.text().await.unwrap();
    assert!(page.contains("chaque lettre part dès que la décision est écrite"), "{page}");
    let (holder, file) = world.filed(1, 3_000);
    let receipt = site.get(&site.cookie_of(&holder), &format!("/dossiers/{file}")).await.text().await.unwrap();
    assert!(receipt.contains("Votre dossier est déposé."), "{receipt}");
}

//! The minutes of a session: written from what happened, signed, confirmed, corrected, and read by each person as far as
//! files exist for them.

use super::{PASSWORD, field, signed_in, text};
use crate::support::{
    browser::{Browser, Step},
    databases::{TestDb, each_database, sqlite},
    output_dir,
    programme::{Programme, assert_whole, closed, id, person},
    require,
    site::Site,
};
use std::process::Command;
use tisserand::{
    domain::{
        decisions::Verdict,
        ids::{ApplicationId, SessionId},
        letters::{Letter, LetterKind},
        lifecycles::sessions::{SessionEvent, SessionState},
        money::Euros,
        roles::Role,
        sessions::{Attended, Presence},
    },
    store::{StoreError, Tx, documents, minutes as rows, sessions as session_rows},
    usecases::{
        Actor, Outcome, UseCaseError,
        committees::{self, Vote},
        decisions::{self, DecisionForm},
        minutes::{self, Correction, Sheet},
        passwords, people, recusals, sessions,
        votes::{self, VoteForm},
    },
};

/// A session that heard three files: one awarded after a vote, one on the reserve list, and one not retained, which
/// Mamadou Sarr is recused from. Rachid Hamdi gave him his proxy. Claire Vanhoutte presides.
struct Meeting {
    world: Programme,
    session: SessionId,
    files: Vec<ApplicationId>,
}

fn meeting(db: TestDb) -> Meeting {
    let world = Programme::on(db);
    let files: Vec<ApplicationId> = (1..=3).map(|number| world.in_review(number, 3_000).1).collect();
    let session = world.session();
    let (chair, proxy) = (id(&world.members[0]), id(&world.members[1]));
    let noted = [Attended { person: id(&world.members[3]), presence: Presence::Represented, holder: Some(proxy) }];
    let note = |tx: &mut Tx| sessions::record_attendance(tx, &world.officer, session, &noted, Some(chair));
    world.db.write(note).unwrap();
    let declare =
        |tx: &mut Tx| recusals::declare_conflict(tx, &world.members[1], proxy, files[2], "J’y siège", closed());
    world.db.write(declare).unwrap();
    let counted = VoteForm { in_favour: "3".into(), against: "1".into(), ..VoteForm::default() };
    let vote = |tx: &mut Tx| votes::record(tx, &world.officer, (session, files[0]), 0, &counted, closed());
    world.db.write(vote).unwrap();
    let meeting = Meeting { world, session, files };
    meeting.decide(0, Verdict::Award, "2 500", "Associer le collège voisin.");
    meeting.decide(1, Verdict::ReserveList, "", "");
    meeting.decide(2, Verdict::Reject, "", "");
    meeting.world.step(session, SessionEvent::Minute);
    meeting
}

impl Meeting {
    fn decide(&self, file: usize, verdict: Verdict, amount: &str, conditions: &str) {
        let form = DecisionForm {
            verdict,
            amount: amount.into(),
            motive: format!("Motif du dossier {}.", file + 1),
            conditions: conditions.into(),
        };
        let version = self.world.application(self.files[file]).version;
        let officer = &self.world.officer;
        let decide = |tx: &mut Tx| decisions::decide(tx, officer, self.files[file], &form, version, closed());
        self.world.db.write(decide).unwrap();
    }

    fn reference(&self, file: usize) -> String {
        self.world.application(self.files[file]).reference
    }

    fn version(&self) -> i32 {
        self.world.db.read(|conn| session_rows::find(conn, self.session)).unwrap().version
    }

    fn sign(&self, actor: &Actor) -> Outcome<()> {
        let read = |conn: &mut tisserand::store::Conn| minutes::for_member(conn, actor, self.session, closed());
        let digest = self.world.db.read(read)?.versions[0].digest.clone();
        let version = self.version();
        self.world.db.write(|tx| minutes::sign(tx, actor, self.session, version, &digest, closed()))
    }

    fn copy(&self, actor: &Actor, number: i32) -> Letter {
        let sheet = self.world.db.read(|conn| minutes::copy(conn, actor, self.session, number)).unwrap();
        let Sheet::Copy(letter) = sheet else { panic!("a member gets a copy") };
        *letter
    }

    /// The correction that changes nothing but what is given.
    fn correction(&self, reason: &str, observations: &str) -> Correction {
        Correction {
            reason: reason.into(),
            observations: observations.into(),
            chair: Some(id(&self.world.members[0])),
            ..Correction::default()
        }
    }

    fn correct(&self, form: &Correction) -> Outcome<()> {
        let version = self.version();
        self.world.db.write(|tx| minutes::correct(tx, &self.world.officer, self.session, version, form, closed()))
    }
}

fn said(letter: &Letter) -> String {
    serde_json::to_string(&letter.blocks).unwrap()
}

/// The words of a PDF with its spaces folded; nothing where the program that reads it is missing.
fn words(name: &str, pdf: &[u8]) -> Option<String> {
    if !require("pdftotext") {
        return None;
    }
    let path = output_dir("minutes").join(format!("{name}.pdf"));
    std::fs::write(&path, pdf).unwrap();
    let said = Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output().unwrap();
    Some(String::from_utf8(said.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn nobody_makes_minutes_before_somebody_presides() {
    let world = Programme::on(sqlite());
    let (_, file, _) = world.in_review(1, 3_000);
    let session = world.session();
    let nothing: [Attended; 0] = [];
    world.db.write(|tx| sessions::record_attendance(tx, &world.officer, session, &nothing, None)).unwrap();
    super::decisions::reject(&world, file);
    let refused = world.try_step(&world.officer, session, SessionEvent::Minute).unwrap_err();
    assert_eq!(refused.to_string(), "Dites d’abord, dans les présences, qui préside la séance.");
    // The fourth member was never noted as present.
    let absent = Some(id(&world.members[3]));
    world.db.write(|tx| sessions::record_attendance(tx, &world.officer, session, &nothing, absent)).unwrap();
    assert!(
        world.try_step(&world.officer, session, SessionEvent::Minute).is_err(),
        "who is not there presides nothing"
    );
}

#[test]
fn the_chair_alone_signs_and_the_board_confirms_what_is_signed() {
    for db in each_database() {
        let meeting = meeting(db);
        let (world, session) = (&meeting.world, meeting.session);
        let version = meeting.version();
        let confirm = |day: &str| {
            let version = meeting.version();
            world.db.write(|tx| sessions::confirm(tx, &world.director, session, version, day, closed()))
        };
        let early = confirm("2027-02-15").unwrap_err().to_string();
        assert_eq!(early, "Le procès-verbal attend la signature de la personne qui a présidé la séance.");
        let other = meeting.sign(&world.members[2]).unwrap_err().to_string();
        assert_eq!(other, "La signature revient à la personne qui a présidé la séance.");
        let unread = world.db.write(|tx| minutes::sign(tx, &world.members[0], session, version, "0", closed()));
        assert!(matches!(unread, Err(UseCaseError::Store(StoreError::Stale))), "nobody signs what they did not read");
        let gone =
            world.db.write(|tx| committees::dismiss(tx, &world.officer, world.call, id(&world.members[0]), closed()));
        assert!(gone.unwrap_err().to_string().contains("attend la signature de cette personne"));
        meeting.sign(&world.members[0]).unwrap();
        assert_eq!(meeting.sign(&world.members[0]).unwrap_err().to_string(), "Le procès-verbal est déjà signé.");
        let issued = world.db.read(|conn| documents::of_subject(conn, session.as_str())).unwrap();
        let [document] = &issued[..] else { panic!("{issued:?}") };
        assert_eq!(document.kind, LetterKind::Minutes);
        let letter: Letter = serde_json::from_str(&document.facts).unwrap();
        let row = world.db.read(|conn| rows::last(conn, session)).unwrap().unwrap();
        assert!(said(&letter).contains(&row.digest[..16]), "what was signed is named by its digest");
        assert_eq!(tisserand::documents::render(&letter).unwrap(), tisserand::documents::render(&letter).unwrap());
        assert!(matches!(confirm("hier").unwrap_err(), UseCaseError::Invalid(_)));
        assert!(matches!(confirm("2027-02-14").unwrap_err(), UseCaseError::Invalid(_)), "before the minutes");
        confirm("2027-02-15").unwrap();
        let row = world.db.read(|conn| session_rows::find(conn, session)).unwrap();
        assert_eq!((row.state, row.confirmed_on), (SessionState::Confirmed, Some(closed().paris_date())));
        assert!(said(&meeting.copy(&world.members[2], 1)).contains("a confirmé ces décisions le"));
        assert_whole(&world.db);
    }
}

#[test]
fn a_recused_member_reads_minutes_in_which_the_file_never_was() {
    for db in each_database() {
        let meeting = meeting(db);
        let (world, hidden) = (&meeting.world, meeting.reference(2));
        meeting.correct(&meeting.correction("Une observation oubliée.", "Le troisième dossier a fait débat.")).unwrap();
        meeting.sign(&world.members[0]).unwrap();
        let (whole, part) = (said(&meeting.copy(&world.members[2], 2)), said(&meeting.copy(&world.members[1], 2)));
        for word in [hidden.as_str(), "classes 3", "Passerelles 3", "Motif du dossier 3", "a fait débat", "oubliée"] {
            assert!(whole.contains(word), "{word} is not in {whole}");
            assert!(!part.contains(word), "{word} is in {part}");
        }
        assert!(whole.contains("Décisions sur 3") && part.contains("Décisions sur 2"), "{part}");
        assert!(whole.contains("de Rachid Hamdi"), "a proxy that was worth nothing is said");
        assert!(part.contains("Personne ne s’est déporté"), "{part}");
        let reading =
            world.db.read(|conn| minutes::for_member(conn, &world.members[1], meeting.session, closed())).unwrap();
        assert_eq!((reading.minutes.items.len(), reading.versions[0].reason.as_str()), (2, ""));
        let colleague = person(&world.db, "Paul Lemaire", Role::Officer);
        let declare = |tx: &mut Tx| {
            recusals::declare_conflict(tx, &world.officer, id(&colleague), meeting.files[2], "Un proche", closed())
        };
        world.db.write(declare).unwrap();
        let sheet = |who: &Actor| world.db.read(|conn| minutes::sheet(conn, who, meeting.session, 2)).unwrap();
        assert!(matches!(sheet(&world.officer), Sheet::Sealed(_)));
        let Sheet::Copy(copy) = sheet(&colleague) else { panic!("the sealed document names the file") };
        assert!(!said(&copy).contains(&hidden));
        let stranger = person(&world.db, "Une Autre", Role::Reviewer);
        let foreign = world.db.read(|conn| minutes::copy(conn, &stranger, meeting.session, 1));
        assert!(matches!(foreign, Err(UseCaseError::Store(StoreError::NotFound))));
    }
}

#[test]
fn a_correction_is_a_new_version_with_its_reason_and_the_old_one_stays() {
    for db in each_database() {
        let meeting = meeting(db);
        let world = &meeting.world;
        meeting.sign(&world.members[0]).unwrap();
        let silent = meeting.correct(&meeting.correction(" ", "Une remarque."));
        assert!(matches!(silent, Err(UseCaseError::Invalid(_))), "{silent:?}");
        let late = person(&world.db, "Zoe Leroy", Role::Reviewer);
        let appoint = |tx: &mut Tx| {
            committees::appoint(tx, &world.officer, world.call, id(&late), "", Vote::Deliberative, closed())
        };
        world.db.write(appoint).unwrap();
        let idle = meeting.correct(&meeting.correction("Pour voir.", ""));
        assert!(matches!(idle, Err(UseCaseError::Invalid(_))), "{idle:?}");
        let mut form = meeting.correction("Une voix mal comptée.", "");
        let recount = VoteForm { in_favour: "4".into(), against: "0".into(), ..VoteForm::default() };
        form.votes = vec![(meeting.files[0], recount)];
        form.attendance = vec![(id(&world.members[2]), Presence::Late).into()];
        meeting.correct(&form).unwrap();
        let counts = world.db.read(|conn| tisserand::store::votes::of_file(conn, meeting.session, meeting.files[0]));
        let counts = counts.unwrap();
        assert_eq!(counts.len(), 2, "the first count stays");
        assert_eq!(counts[1].0.reason, "Correction du procès-verbal, version 2.", "which names no file");
        let (first, second) = (said(&meeting.copy(&world.members[2], 1)), said(&meeting.copy(&world.members[2], 2)));
        assert!(first.contains("3 pour, 1 contre") && !first.contains("en retard"), "{first}");
        assert!(second.contains("4 pour, 0 contre") && second.contains("en retard"), "{second}");
        assert!(second.contains("Une voix mal comptée.") && !second.contains("Zoe Leroy"), "{second}");
        let versions = world.db.read(|conn| minutes::for_team(conn, &world.officer, meeting.session)).unwrap();
        let signed: Vec<_> = versions.iter().map(|version| (version.number, version.signed.is_some())).collect();
        assert_eq!(signed, [(2, false), (1, true)], "what is corrected is signed again");
        meeting.sign(&world.members[0]).unwrap();
        world.try_step(&world.director, meeting.session, SessionEvent::Confirm).unwrap();
        meeting.correct(&meeting.correction("Un nom mal écrit.", "Lire « Passerelles ».")).unwrap();
        meeting.sign(&world.members[0]).unwrap();
        let issued = world.db.read(|conn| documents::of_subject(conn, meeting.session.as_str())).unwrap();
        assert_eq!(issued.len(), 3, "each signature seals a document of its own");
        assert_whole(&world.db);
    }
}

#[actix_web::test]
async fn the_minutes_are_read_signed_and_corrected_on_their_pages() {
    let meeting = meeting(sqlite());
    let (world, session) = (&meeting.world, meeting.session);
    let site = Site::over(&world.db, closed());
    let (officer, chair) = (site.cookie_of(&world.officer), site.cookie_of(&world.members[0]));
    let page = format!("/seances/{session}");
    let html = text(site.get(&officer, &page).await, 200).await;
    assert!(html.contains("attend la signature de la présidence"), "{html}");
    let list = text(site.get(&chair, "/comite").await, 200).await;
    let minutes = format!("/comite{page}/proces-verbal");
    assert!(list.contains("Procès-verbal à signer") && list.contains(&minutes), "{list}");
    let html = text(site.get(&chair, &minutes).await, 200).await;
    assert!(html.contains("3 pour, 1 contre") && html.contains(&Euros::whole(2_500).to_string()), "{html}");
    let other = text(site.get(&site.cookie_of(&world.members[2]), &minutes).await, 200).await;
    assert!(!other.contains("Signer le procès-verbal"), "{other}");
    let over = text(site.get(&chair, &format!("/comite{page}")).await, 200).await;
    assert!(over.contains("Lire le procès-verbal") && !over.contains("Me déporter"), "{over}");
    let digest = field(&html, "empreinte");
    let sent = [("version", field(&html, "version")), ("token", field(&html, "token")), ("empreinte", digest)];
    let sent: Vec<_> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(site.post(&chair, &minutes, &sent).await.status(), 303);
    let correction = format!("{page}/correction");
    let html = text(site.get(&officer, &correction).await, 200).await;
    let proxy = format!("represented:{}", id(&world.members[1]));
    assert!(html.contains(&format!("value=\"{proxy}\" selected")) && html.contains("Celle d’avant reste"), "{html}");
    let (version, token) = (field(&html, "version"), field(&html, "token"));
    let chosen = id(&world.members[0]).to_string();
    let form = |reason: &'static str| {
        [
            ("version", version.as_str()),
            ("token", &token),
            ("motif", reason),
            ("observations", "Le comité salue les projets."),
            ("presidence", &chosen),
        ]
    };
    let html = text(site.post(&officer, &correction, &form("")).await, 422).await;
    assert!(html.contains("Dites pourquoi le procès-verbal change") && html.contains("Le comité salue"), "{html}");
    assert_eq!(site.post(&officer, &correction, &form("Une phrase oubliée.")).await.status(), 303);
    let html = text(site.get(&officer, &page).await, 200).await;
    assert!(html.contains("version 2") && html.contains("Une phrase oubliée."), "{html}");
    let pdf = |number: i32| {
        let (site, officer, path) = (&site, &officer, format!("{page}/proces-verbal/{number}"));
        async move { site.get(officer, &path).await.bytes().await.unwrap().to_vec() }
    };
    let sealed = pdf(1).await;
    assert_eq!(sealed, pdf(1).await, "the same facts give the same bytes");
    let (Some(first), Some(second)) = (words("sealed", &sealed), words("copy", &pdf(2).await)) else { return };
    for part in [
        "Procès-verbal de la séance",
        "Présidence Claire Vanhoutte",
        "pouvoir à Mamadou Sarr",
        "quorum de 3 atteint",
        "Associer le collège voisin.",
        "3 pour, 1 contre, 0 abstention",
        "Liste d’attente, dans l’ordre d’appel",
        "Accordé par cette séance",
        "2 500 €",
        "Signé par Claire Vanhoutte",
        "Vérifier ce document",
    ] {
        assert!(first.contains(part), "{part} is not in {first}");
    }
    assert!(second.contains("n’est pas encore signé") && !second.contains("Vérifier ce document"), "{second}");
}

/// Gives somebody the password that everybody signs in with.
fn lets_in(world: &Programme, who: &[&Actor]) {
    let hash = passwords::hash(PASSWORD).unwrap();
    for actor in who {
        world.db.write(|tx| people::set_password(tx, id(actor), &hash, closed())).unwrap();
    }
}

fn look(name: &str) -> [Step; 3] {
    [Step::Reflow, Step::Audit, Step::Screenshot(name.to_owned())]
}

#[test]
fn the_minutes_are_signed_and_corrected_on_a_phone_and_a_desk() {
    let Some(browser) = Browser::open() else { return };
    let meeting = meeting(sqlite());
    let (world, session) = (&meeting.world, meeting.session);
    lets_in(world, &[&world.officer, &world.director, &world.members[0]]);
    let site = Site::over(&world.db, closed());
    let mut steps = signed_in("claire.vanhoutte", "/comite");
    steps.extend(look("minutes-to-sign"));
    steps.push(Step::Goto(format!("/comite/seances/{session}/proces-verbal")));
    steps.extend(look("minutes-read"));
    steps.push(Step::Click("Signer le procès-verbal".into()));
    steps.push(Step::Expect("Vous avez signé le procès-verbal".into()));
    steps.extend(signed_in("lucie.hennebelle", "/seances"));
    steps.push(Step::Goto(format!("/seances/{session}/correction")));
    steps.push(Step::Click("Établir la version corrigée".into()));
    steps.push(Step::Expect("Dites pourquoi le procès-verbal change".into()));
    steps.extend(look("minutes-correction"));
    steps.push(Step::Fill("css=#champ-motif".into(), "Une remarque oubliée.".into()));
    steps.push(Step::Fill("css=#champ-observations".into(), "Le comité salue la qualité des projets.".into()));
    steps.push(Step::Click("Établir la version corrigée".into()));
    steps.push(Step::Expect("La version corrigée est établie".into()));
    steps.extend(look("minutes-session"));
    steps.extend(signed_in("nadia.belkacem", "/direction"));
    steps.push(Step::Goto(format!("/direction/seances/{session}")));
    steps.push(Step::Expect("attend la signature de la personne qui a présidé".into()));
    steps.extend(look("minutes-director"));
    browser.walk("minutes", &site.base, &steps).unwrap();
}

#[test]
fn a_room_is_run_and_a_vote_counted_by_keyboard_alone() {
    let Some(browser) = Browser::open() else { return };
    let world = Programme::on(sqlite());
    let (_, file, _) = world.in_review(1, 3_000);
    let session = world.session();
    lets_in(&world, &[&world.officer]);
    let site = Site::over(&world.db, closed());
    let press = |key: &str| Step::Press(key.to_owned());
    let mut steps = signed_in("lucie.hennebelle", "/seances");
    steps.push(Step::Goto(format!("/seances/{session}/salle#devant")));
    steps.extend([press("Tab"), Step::Focused("Présences et pouvoirs".into()), press("Tab")]);
    steps.extend([Step::Focused("Appeler le dossier suivant".into()), press("Enter")]);
    steps.push(Step::Expect("Ce dossier est devant le comité".into()));
    steps.push(Step::Goto(format!("/seances/{session}/dossiers/{file}#vote")));
    steps.extend([press("Tab"), Step::Focused("Pour facultatif".into()), press("2"), press("Tab"), press("1")]);
    steps.extend([press("Tab"), press("Tab"), Step::Focused("Compter ce vote".into()), press("Enter")]);
    steps.push(Step::Expect("2 pour, 1 contre".into()));
    steps.extend(look("vote-counted"));
    browser.walk("room-keyboard", &site.base, &steps).unwrap();
}

#[test]
fn what_is_on_its_way_is_not_called_off_by_a_change_of_the_agenda() {
    let Some(browser) = Browser::open() else { return };
    let world = Programme::on(sqlite());
    let (_, file, _) = world.in_review(1, 3_000);
    let (_, late, _) = world.in_review(2, 3_000);
    let session = world.planned_session();
    world.db.write(|tx| sessions::remove_item(tx, &world.officer, session, late)).unwrap();
    world.open(session);
    lets_in(&world, &[&world.officer]);
    let site = Site::over(&world.db, closed());
    let mut steps = signed_in("lucie.hennebelle", "/seances");
    steps.push(Step::Goto(format!("/seances/{session}/salle#dossier-{file}")));
    steps.push(Step::Expect("En direct".into()));
    steps.extend(["Tab"; 5].map(|key| Step::Press(key.into())));
    let reference = world.application(file).reference;
    steps.push(Step::Focused(format!("Ligne ici , sous le dossier {reference} – Passerelles 1 – Nord")));
    steps.extend([Step::Hold(format!("/salle/dossiers/{file}")), Step::Press("Enter".into())]);
    // In another tab a file comes on the agenda: the page has one part more than the one that sends.
    steps.extend([Step::Tab("séance".into()), Step::Goto(format!("/seances/{session}"))]);
    steps.push(Step::Click("Ajouter le dossier en attente".into()));
    steps.push(Step::Expect("Un dossier est ajouté à l’ordre du jour".into()));
    steps.extend([Step::Tab(String::new()), Step::Release]);
    steps.push(Step::Expect("La ligne est tracée sous ce dossier".into()));
    browser.walk("room-sending", &site.base, &steps).unwrap();
}

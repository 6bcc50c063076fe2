//! Signing an agreement: the code, the copy signed on paper, both orders, the evidence, the versions.

use super::{NAME, PDF, Stage, hidden, leads, page};
use crate::support::{
    self,
    databases::{each_database, sqlite},
    grants::{Grantee, Paying},
};
use std::{fs, process::Command};
use tisserand::{
    documents as press,
    domain::{
        amendments::AmendmentKind,
        ids::{DocumentId, GrantId},
        letters::{Letter, LetterKind},
        lifecycles::grants::{GrantEvent, GrantState},
        messages::MessageKind,
        money::Euros,
        one_time_codes::CodePurpose,
        organisations::MemberSeat,
        roles::Role,
        signing::SigningSide,
        time::Moment,
    },
    store::{
        StoreError, Tx,
        digests::sha256,
        documents,
        documents::DocumentRow,
        messages,
        one_time_codes::{self as codes, Owner},
        organisations::{self as seats, MemberRow},
        signing as rows,
    },
    usecases::{
        Actor, Outcome, UseCaseError,
        amendments::{self, AmendmentForm},
        grants, messages as outbox, one_time_codes, retention,
        signing::{self, Signing},
    },
};

/// A grant of 24 000 € whose agreement waits for both, on each database.
fn to_sign(test: impl Fn(&Paying, &Grantee)) {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = paying.award(NAME, Euros::whole(24_000));
        paying.announce();
        paying.accept(&grantee);
        paying.send_agreement(grantee.grant);
        test(&paying, &grantee);
        paying.check();
    }
}

fn holder_name() -> String {
    format!("Hélo {NAME}")
}

fn paper(paying: &Paying, grant: GrantId) -> DocumentId {
    paying.db.read(|conn| rows::papers_of(conn, grant)).unwrap().last().unwrap().document_id
}

/// A code for this person, as its mail would say it.
fn draw(paying: &Paying, actor: &Actor, at: (GrantId, DocumentId)) -> String {
    paying
        .does(|tx| {
            let asked = signing::ask(tx, actor, at, paying.now)?;
            one_time_codes::arm(tx, asked, paying.now)
        })
        .unwrap()
}

fn with(paying: &Paying, (actor, at): (&Actor, (GrantId, DocumentId)), code: &str, now: Moment) -> Outcome<()> {
    let fault = paying.does(|tx| signing::try_out(tx, actor, at, code, now))?.err();
    let (typed_name, session) = (holder_name(), "session-1".to_owned());
    let signing = Signing { typed_name, is_sworn: true, code: code.to_owned(), fault, session };
    paying.does(|tx| signing::sign(tx, actor, at, &signing, now))
}

fn refusal(done: Outcome<()>) -> String {
    match done.unwrap_err() {
        UseCaseError::Invalid(wrong) => wrong.into_iter().map(|one| one.message).collect::<Vec<_>>().join(" "),
        UseCaseError::Refused(refusal) => refusal.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_code_serves_a_quarter_of_an_hour_five_tries_and_once() {
    to_sign(|paying, grantee| {
        let (actor, at, now) = (&grantee.holder, (grantee.grant, paper(paying, grantee.grant)), paying.now);
        let signs = |code: &str, now| with(paying, (actor, at), code, now);
        assert!(refusal(signs("123456", now)).contains("Aucun code n’est en cours"));
        let code = draw(paying, actor, at);
        let owner = Owner { purpose: CodePurpose::Agreement, person: actor.person.unwrap(), subject: at.1.as_str() };
        let kept = || paying.db.read(|conn| codes::open(conn, owner)).unwrap();
        let hash = kept().unwrap().code_hash;
        assert!(hash.len() == 64 && !hash.contains(&code), "only a digest is kept");
        assert!(refusal(signs("", now)).contains("Tapez les six chiffres"));
        assert!(refusal(signs(&code, now.plus_minutes(15))).contains("n’est plus valable"));
        let other = if code == "000000" { "111111" } else { "000000" };
        for left in ["pas le bon code", "pas le bon code", "pas le bon code", "pas le bon code", "Trop de codes faux"] {
            let said = refusal(signs(other, now));
            assert!(said.contains(left), "{left}: {said}");
        }
        assert!(refusal(signs(&code, now)).contains("Trop de codes faux"), "the right one comes too late");
        let code = draw(paying, actor, at);
        signs(&format!(" {} {}", &code[..3], &code[3..]), now.plus_minutes(14)).unwrap();
        assert!(matches!(signs(&code, now), Err(UseCaseError::Store(StoreError::Stale))), "it has signed");
        assert!(kept().is_none(), "it served once");
        let stranger = paying.does(|tx| support::grants::person(tx, "Zoé Passante", Role::Applicant, now)).unwrap();
        let asked = paying.does(|tx| signing::ask(tx, &stranger, at, now));
        assert!(matches!(asked, Err(UseCaseError::Store(StoreError::NotFound))));
        assert!(
            refusal(paying.does(|tx| signing::ask(tx, &paying.officer, at, now).map(drop)))
                .contains("une autre personne")
        );
    });
}

#[test]
fn both_must_sign_in_whichever_order() {
    for director_first in [false, true] {
        to_sign(|paying, grantee| {
            let id = grantee.grant;
            let sign = |is_director: bool| match is_director {
                true => paying.sign(&paying.director, id, "Diane Direction"),
                false => paying.sign(&grantee.holder, id, &holder_name()),
            };
            sign(director_first).unwrap();
            assert_eq!(paying.grant(id).state, GrantState::AgreementSent, "one signature is no agreement");
            assert!(matches!(sign(director_first), Err(UseCaseError::Store(StoreError::Stale))));
            sign(!director_first).unwrap();
            assert_eq!(paying.grant(id).state, GrantState::Active);
        });
    }
}

#[test]
fn whoever_acts_for_the_grantee_never_signs_for_the_house() {
    for was_seated_late in [false, true] {
        to_sign(|paying, grantee| {
            let (id, director) = (grantee.grant, &paying.director);
            let seat = MemberRow {
                organisation_id: grantee.organisation,
                person_id: director.person.unwrap(),
                seat: MemberSeat::Manager,
                since: paying.now,
            };
            let take_seat = || paying.does(|tx| Ok(seats::insert_member(tx, &seat)?)).unwrap();
            if !was_seated_late {
                take_seat();
            }
            let sign = || paying.sign(director, id, "Diane Direction");
            if was_seated_late {
                // They countersigned first: they do not sign for the grantee afterwards.
                sign().unwrap();
                take_seat();
                assert!(sign().is_err());
                paying.sign(&grantee.holder, id, &holder_name()).unwrap();
                assert_eq!(paying.grant(id).state, GrantState::Active);
                return;
            }
            sign().unwrap();
            let at = (id, paper(paying, id));
            let given = paying.db.read(|conn| rows::signatures_under(conn, &[at.1])).unwrap();
            assert_eq!(given.iter().map(|one| one.side).collect::<Vec<_>>(), [SigningSide::Holder]);
            let again = paying.does(|tx| signing::ask(tx, director, at, paying.now).map(drop));
            assert!(refusal(again).contains("une autre personne de la direction"));
            let scan = signing::judge_scan("exemplaire", "convention.pdf", PDF).unwrap();
            let on_paper = paying.does(|tx| signing::sign_on_paper(tx, director, at, (&scan, "s"), paying.now));
            assert!(refusal(on_paper).contains("une autre personne de la direction"));
            assert_eq!(paying.grant(id).state, GrantState::AgreementSent, "one person is no agreement");
            let other = paying.does(|tx| support::grants::person(tx, "Dora Direction", Role::Director, paying.now));
            paying.sign(&other.unwrap(), id, "Dora Direction").unwrap();
            assert_eq!(paying.grant(id).state, GrantState::Active);
        });
    }
}

#[test]
fn whoever_represents_the_grantee_on_the_day_signs_and_a_code_serves_its_owner_alone() {
    to_sign(|paying, grantee| {
        let (id, now) = (grantee.grant, paying.now);
        let at = (id, paper(paying, id));
        let code = draw(paying, &grantee.holder, at);
        let seated = |tx: &mut Tx| -> Outcome<Actor> {
            let actor = support::grants::person(tx, "Rita Présidente", Role::Applicant, now)?;
            let (organisation_id, person_id) = (grantee.organisation, actor.person.unwrap());
            let seat = MemberSeat::Representative;
            seats::insert_member(tx, &MemberRow { organisation_id, person_id, seat, since: now })?;
            Ok(actor)
        };
        let newcomer = paying.does(seated).unwrap();
        assert!(with(paying, (&grantee.holder, at), &code, now).is_err(), "another represents it now");
        let borrowed = paying.does(|tx| signing::try_out(tx, &newcomer, at, &code, now)).unwrap();
        assert!(borrowed.is_err(), "it was sent to somebody else");
        assert!(paying.db.read(|conn| rows::signatures_under(conn, &[at.1])).unwrap().is_empty());
        paying.sign(&newcomer, id, "Rita Présidente").unwrap();
        let given = paying.db.read(|conn| rows::signatures_under(conn, &[at.1])).unwrap();
        assert_eq!(given.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Rita Présidente"]);
    });
}

fn documents_of(paying: &Paying, grant: GrantId) -> Vec<DocumentRow> {
    let mut rows = paying.db.read(|conn| documents::of_subject(conn, grant.as_str())).unwrap();
    rows.retain(|row| row.kind == LetterKind::Agreement);
    rows.sort_by_key(|row| row.reference.clone());
    rows
}

/// What `pdftotext` reads in a document, on one line; `None` where the program is missing.
fn read_aloud(name: &str, row: &DocumentRow) -> Option<String> {
    let letter: Letter = serde_json::from_str(&row.facts).unwrap();
    let file = support::output_dir("letters").join(format!("{name}.pdf"));
    fs::write(&file, press::render(&letter).unwrap()).unwrap();
    if !support::require("pdftotext") {
        return None;
    }
    let output = Command::new("pdftotext").arg("-layout").arg(file).arg("-").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.split([' ', '\n', '\u{a0}', '\u{202f}', '\u{c}']).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" "))
}

#[test]
fn the_signed_copy_ends_with_its_evidence_and_keeps_the_text_that_was_signed() {
    to_sign(|paying, grantee| {
        let id = grantee.grant;
        let at = (id, paper(paying, id));
        let code = draw(paying, &grantee.holder, at);
        with(paying, (&grantee.holder, at), &code, paying.now).unwrap();
        paying.sign(&paying.director, id, "Diane Direction").unwrap();
        let papers = documents_of(paying, id);
        let [sent, signed] = &papers[..] else { panic!("two agreements, not {}", papers.len()) };
        let digest = sha256(&sent.facts);
        let given = paying.db.read(|conn| rows::signatures_under(conn, &[sent.id])).unwrap();
        assert!(given.len() == 2 && given.iter().all(|one| one.digest == digest), "both signed the same text");
        let (before, after): (Letter, Letter) =
            (serde_json::from_str(&sent.facts).unwrap(), serde_json::from_str(&signed.facts).unwrap());
        assert_eq!(after.blocks[..before.blocks.len()], before.blocks[..], "not a word of it changed");
        let Some(text) = read_aloud("convention-signee", signed) else { return };
        let groups: Vec<_> = digest.as_bytes().chunks(16).map(|part| String::from_utf8_lossy(part)).collect();
        for words in [
            "Annexe 1 – Budget du projet",
            "Animation des ateliers",
            "Annexe 2 – Échéancier des versements",
            "Annexe 3 – Contrat d’engagement républicain",
            "respect des symboles de la République",
            "Preuve des signatures",
            &format!("Hélo {NAME}"),
            "Diane Direction",
            &format!("{} (heure de Paris)", paying.now.french().replace(['\u{a0}', '\u{202f}'], " ")),
            "h•••@tisserand.example",
            "d•••@tisserand.example",
            "session-1",
            &groups[0],
            &groups[3],
            &sent.check_code,
        ] {
            assert!(text.contains(words), "{words:?} is not in:\n{text}");
        }
        assert!(!text.contains("diane.direction@"), "the address is masked: {text}");
        assert!(!read_aloud("convention-a-signer", sent).unwrap().contains("Preuve des signatures"));
    });
}

#[actix_web::test]
async fn a_copy_signed_on_paper_is_a_signature_and_is_read_by_both() {
    let stage = Stage::of(24_000);
    stage.paying.accept(&stage.grantee);
    stage.paying.send_agreement(stage.grantee.grant);
    let (home, document) = (stage.home(), stage.document());
    let path = format!("{home}/signature/papier");
    let shown = stage.reads(&home).await;
    let token = hidden(&shown, "token");
    let fields = [("version", "0"), ("token", token.as_str()), ("document", document.as_str())];
    let photo = Some(("exemplaire", "convention.png", &b"\x89PNG\r\n\x1a\n0000"[..]));
    let refused = page(stage.site.post_file(&stage.holder, &path, &fields, photo).await, 422).await;
    assert!(refused.contains("un seul fichier PDF"), "{refused}");
    let words = Some(("exemplaire", "convention.txt", &b"Bon pour accord"[..]));
    let refused = page(stage.site.post_file(&stage.holder, &path, &fields, words).await, 422).await;
    assert!(refused.contains("un seul fichier PDF") && !refused.contains("DOCX"), "only a PDF is taken: {refused}");
    let file = Some(("exemplaire", "convention-signee.pdf", PDF));
    leads(&stage.site.post_file(&stage.holder, &path, &fields, file).await);
    let shown = stage.reads(&home).await;
    assert!(shown.contains("exemplaire signé sur papier, déposé par Hélo"), "{shown}");
    let scan = shown.split("href=\"/pieces/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let director = stage.cookie(&stage.paying.director);
    for cookie in [&stage.holder, &director] {
        let read = stage.site.get(cookie, &format!("/pieces/{scan}")).await;
        assert_eq!(read.status(), 200);
        assert_eq!(read.bytes().await.unwrap(), PDF);
    }
    let stranger = stage.site.person(Role::Applicant);
    assert_eq!(stage.site.get(&stranger, &format!("/pieces/{scan}")).await.status(), 404);
    leads(&stage.signs((&director, &format!("/suivi/{}", stage.grantee.grant)), "Diane Direction").await);
    assert_eq!(stage.paying.grant(stage.grantee.grant).state, GrantState::Active);
    let signed = documents_of(&stage.paying, stage.grantee.grant).pop().unwrap();
    assert!(signed.facts.contains("sur papier, exemplaire signé déposé") && signed.facts.contains("Diane Direction"));
    stage.paying.check();
}

#[actix_web::test]
async fn another_version_is_signed_in_place_of_the_first_which_is_still_there() {
    let stage = Stage::of(24_000);
    let (paying, id, now) = (&stage.paying, stage.grantee.grant, stage.paying.now);
    paying.accept(&stage.grantee);
    paying.send_agreement(id);
    paying.sign(&stage.grantee.holder, id, &holder_name()).unwrap();
    let first = paper(paying, id);
    let address = format!("{}/courriers/{first}", stage.home());
    let before = stage.site.get(&stage.holder, &address).await.bytes().await.unwrap();
    let asked = AmendmentForm {
        new_ends_on: Some("2028-03-31".parse().unwrap()),
        ..AmendmentForm::new(AmendmentKind::Duration, "Trois mois de plus", "La salle est en travaux")
    };
    let amendment = paying.does(|tx| amendments::request(tx, &stage.grantee.holder, id, &asked, now)).unwrap();
    paying.does(|tx| amendments::approve(tx, &paying.officer, amendment, 0, now).map(drop)).unwrap();
    let second = paper(paying, id);
    assert_ne!(first, second);
    assert_eq!(paying.grant(id).holder_signed_at, None, "what was signed is not what is agreed");
    let old = paying.does(|tx| signing::ask(tx, &paying.director, (id, first), now));
    assert!(matches!(old, Err(UseCaseError::Store(StoreError::Stale))));
    let after = stage.site.get(&stage.holder, &address).await.bytes().await.unwrap();
    assert!(before == after && before.starts_with(b"%PDF"), "the first version keeps its bytes");
    let home = stage.reads(&stage.home()).await;
    assert!(home.contains(&first.to_string()) && home.contains(&second.to_string()), "{home}");
    let text = paying.db.read(|conn| documents::find(conn, second)).unwrap().facts;
    assert!(text.contains("31\u{a0}mars 2028"), "{text}");
    paying.sign(&stage.grantee.holder, id, &holder_name()).unwrap();
    paying.sign(&paying.director, id, "Diane Direction").unwrap();
    assert_eq!(paying.grant(id).state, GrantState::Active);
    paying.check();
}

#[test]
fn nothing_is_paid_before_both_have_signed() {
    let (paying, grantee) = Paying::granted(sqlite(), NAME, Euros::whole(24_000));
    paying.send_agreement(grantee.grant);
    let line = paying.payments(grantee.grant)[0].clone();
    paying.sign(&grantee.holder, grantee.grant, &holder_name()).unwrap();
    assert!(refusal(paying.authorise(line.id)).contains("la signature"));
    paying.sign(&paying.director, grantee.grant, "Diane Direction").unwrap();
    paying.authorise(line.id).unwrap();
    paying.check();
}

#[actix_web::test]
async fn nobody_is_asked_to_sign_for_a_grant_that_has_ended() {
    let stage = Stage::of(24_000);
    let (paying, id) = (&stage.paying, stage.grantee.grant);
    paying.accept(&stage.grantee);
    paying.send_agreement(id);
    assert!(stage.reads(&stage.home()).await.contains("À signer maintenant"));
    let (version, why) = (paying.grant(id).version, (GrantEvent::Terminate, "Le projet est abandonné."));
    paying.does(|tx| grants::change_with_reason(tx, &paying.director, id, version, why, paying.now).map(drop)).unwrap();
    let home = stage.reads(&stage.home()).await;
    assert!(home.contains("n’a pas encore signé") && !home.contains("À signer maintenant"), "{home}");
    paying.check();
}

#[test]
fn a_mail_that_carried_a_code_goes_with_its_code() {
    to_sign(|paying, grantee| {
        let at = (grantee.grant, paper(paying, grantee.grant));
        paying.does(|tx| signing::ask(tx, &grantee.holder, at, paying.now)).unwrap();
        let send = |tx: &mut Tx| -> Outcome<()> {
            for one in outbox::claim(tx, paying.now, 1_000)? {
                outbox::record_sent(tx, one.row.id, one.version, paying.now)?;
            }
            Ok(())
        };
        paying.does(send).unwrap();
        let carried = || {
            let mails = paying.db.read(|conn| messages::page(conn, None, None, 500)).unwrap();
            mails.iter().filter(|mail| mail.kind == MessageKind::OneTimeCode).count()
        };
        let (person, subject) = (grantee.holder.person.unwrap(), at.1.as_str());
        let owner = Owner { purpose: CodePurpose::Agreement, person, subject };
        let open = || paying.db.read(|conn| codes::open(conn, owner)).unwrap().is_some();
        paying.does(|tx| retention::forget_traces(tx, paying.now.plus_days(29))).unwrap();
        assert_eq!((carried(), open()), (1, true));
        paying.does(|tx| retention::forget_traces(tx, paying.now.plus_days(31))).unwrap();
        assert_eq!((carried(), open()), (0, false));
    });
}

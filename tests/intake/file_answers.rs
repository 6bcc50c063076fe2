//! A file given as the answer to a question: sent with its section or alone, replaced, taken away, counted, reopened by a
//! complement, taken over into another file, and found by everybody who reads the application.

use super::pages::{ORGANISATION, site, start, text};
use crate::support::{
    databases::{each_database, sqlite},
    output_dir,
    programme::{PDF, Programme, closed, open, person},
    require,
    site::Site,
};
use reqwest::multipart::{Form, Part};
use std::process::Command;
use tisserand::{
    domain::{
        attachments::LARGEST,
        definitions::{self, CallDefinition, Need, Question, QuestionKind},
        eligibility::Facts,
        forms::Answers,
        ids::ApplicationId,
        lifecycles::calls::{Call, CallEvent},
        roles::Role,
    },
    store::answers as rows,
    usecases::{
        Actor, Outcome, UseCaseError, advance::advance_now, answers, attachments, calls, complements, copies,
        file_answers, receipts,
    },
};

const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF une affiche";

async fn draft(site: &Site) -> (String, String) {
    let cookie = site.person(Role::Applicant);
    assert_eq!(site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await.status(), 303);
    let dossier = start(site, &cookie, "RECITAL-2027-1").await;
    (cookie, dossier)
}

fn photo(name: &str, bytes: &[u8]) -> Part {
    Part::bytes(bytes.to_vec()).file_name(name.to_owned())
}

fn attach(programme: &Programme, who: &Actor, id: ApplicationId, name: &str, bytes: &[u8]) -> Outcome<()> {
    let file = attachments::judge("support", name, bytes).unwrap();
    programme.db.write(|tx| file_answers::attach(tx, who, id, "support", &file, open())).map(drop)
}

fn required(call: &mut CallDefinition) {
    let mut questions = call.sections.iter_mut().flat_map(|section| &mut section.questions);
    questions.find(|question| question.code == "support").unwrap().need = Need::Required;
}

#[actix_web::test]
async fn without_scripts_the_file_comes_with_its_section_and_nothing_typed_is_lost() {
    let site = site();
    let (cookie, dossier) = draft(&site).await;
    let path = format!("{dossier}/rubriques/methode");
    let page = text(site.get(&cookie, &path).await, 200).await;
    assert!(page.contains("enctype=\"multipart/form-data\"") && page.contains("type=\"file\""), "{page}");
    assert!(
        page.contains("10\u{a0}Mo au plus") && page.contains("photo (JPEG, PNG, HEIC)"),
        "the limit in words: {page}"
    );
    let form = Form::new().text("lien", "Le port relie tout.").text("suite", "fichier.support");
    let sent = site.post_files(&cookie, &path, form.part("support", photo("affiche.jpg", JPEG))).await;
    assert_eq!(sent.status(), 303);
    assert_eq!(sent.headers()["location"].to_str().unwrap(), format!("{path}#piece-support"));
    let page = text(site.get(&cookie, &path).await, 200).await;
    assert!(page.contains("Le port relie tout.") && page.contains("Relire affiche.jpg"), "{page}");
    let href = page.split("href=\"/pieces/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let file = site.get(&cookie, &format!("/pieces/{href}")).await;
    assert_eq!((file.status().as_u16(), file.bytes().await.unwrap().to_vec()), (200, JPEG.to_vec()));
    // Saved again without a file, what is there stays.
    assert_eq!(site.post(&cookie, &path, &[("lien", "Le port relie tout."), ("suite", "dossier")]).await.status(), 303);
    assert!(text(site.get(&cookie, &path).await, 200).await.contains("Relire affiche.jpg"));
    let fields = [("objectifs", "Comprendre."), ("suite", "sans-fichier.support")];
    assert_eq!(site.post_file(&cookie, &path, &fields, None).await.status(), 303);
    let page = text(site.get(&cookie, &path).await, 200).await;
    assert!(page.contains("Comprendre.") && !page.contains("affiche.jpg"), "{page}");
    assert_eq!(site.get(&cookie, &format!("/pieces/{href}")).await.status(), 404);
}

#[actix_web::test]
async fn a_file_that_cannot_be_taken_says_why_beside_it_and_every_word_stays() {
    let site = site();
    let (cookie, dossier) = draft(&site).await;
    let path = format!("{dossier}/rubriques/methode");
    let heavy = vec![b'x'; LARGEST + 5];
    for (name, bytes, why) in [
        ("film.jpg", heavy.as_slice(), "trop lourd"),
        ("note.pdf", b"du texte", "pas d’un type accepté"),
        ("photo.pdf", JPEG, "ne correspond pas à son contenu"),
        ("vide.pdf", b"", "vide"),
    ] {
        let form = Form::new().text("suite", "dossier").part("support", photo(name, bytes));
        let form = form.text("lien", format!("Écrit avec {name}"));
        let page = text(site.post_files(&cookie, &path, form).await, 422).await;
        let beside =
            page.split("id=\"erreur-support\"").nth(1).unwrap_or_else(|| panic!("no sentence for {name}: {page}"));
        assert!(beside.split("</p>").next().unwrap().contains(why), "{name}: {page}");
        assert!(page.contains(&format!("Écrit avec {name}")), "what stands after the file is kept: {page}");
        assert!(!page.contains("Relire"), "{page}");
    }
    let nothing = site.post_file(&cookie, &path, &[("suite", "fichier.support")], None).await;
    assert!(text(nothing, 422).await.contains("Aucun fichier reçu"));
}

#[actix_web::test]
async fn alone_it_lands_beside_its_question_and_exists_for_its_people_only() {
    let site = site();
    let (cookie, dossier) = draft(&site).await;
    let to = format!("{dossier}/pieces/support");
    let sent = site.post_file(&cookie, &to, &[], Some(("support", "affiche.jpg", JPEG))).await;
    assert_eq!(sent.headers()["location"].to_str().unwrap(), format!("{dossier}/rubriques/methode"));
    let refused = site.post_file(&cookie, &to, &[], Some(("support", "note.pdf", b"du texte"))).await;
    let page = text(refused, 422).await;
    assert!(page.contains("id=\"piece-support\"") && page.contains("erreur-support"), "{page}");
    assert!(page.contains("Relire affiche.jpg"), "what was there stays: {page}");
    let again = site.post_file(&cookie, &to, &[], Some(("support", "autre.pdf", PDF))).await;
    assert_eq!(again.status(), 303);
    let page = text(site.get(&cookie, &format!("{dossier}/verification")).await, 200).await;
    assert!(page.contains(">autre.pdf</a>") && !page.contains("affiche.jpg"), "{page}");
    let stranger = site.cookie_of(&person(&site.db, "Autre porteur", Role::Applicant));
    assert_eq!(site.post_file(&stranger, &to, &[], Some(("support", "a.pdf", PDF))).await.status(), 404);
    let unknown = site.post_file(&cookie, &format!("{dossier}/pieces/lien"), &[], Some(("lien", "a.pdf", PDF))).await;
    assert_eq!(unknown.status(), 404, "a question that asks for a text takes no file");
}

#[test]
fn it_is_counted_like_any_other_answer_on_either_database() {
    for db in each_database() {
        let programme = Programme::with(db, required);
        let (who, id) = programme.complete(1, 3_000);
        let missing = || programme.db.read(|conn| answers::find(conn, &who, id)).unwrap().missing();
        let said = "Joignez le fichier demandé à «\u{a0}Un support pédagogique, une affiche ou une photo\u{a0}».";
        assert!(missing().iter().any(|line| line.contains(said)), "{:?}", missing());
        attach(&programme, &who, id, "affiche.jpg", JPEG).unwrap();
        assert_eq!(missing(), Vec::<String>::new());
        let stored = programme.db.read(|conn| rows::of_application(conn, id)).unwrap();
        assert_eq!(stored["support"], "affiche.jpg");
        programme.db.write(|tx| file_answers::remove(tx, &who, id, "support", open())).unwrap();
        assert!(!missing().is_empty());
    }
}

#[actix_web::test]
async fn a_complement_reopens_it_and_the_team_reads_before_and_after() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.complete(1, 3_000);
    attach(&programme, &who, id, "affiche.jpg", JPEG).unwrap();
    programme.submit(&who, id);
    let refused = |outcome: Outcome<()>| match outcome {
        Err(UseCaseError::Refused(refusal)) => refusal.to_string(),
        other => panic!("{other:?}"),
    };
    refused(attach(&programme, &who, id, "autre.pdf", PDF));
    programme.ask_complement(id, "Le titre seulement.", &["question-titre"], open()).unwrap();
    let said = refused(attach(&programme, &who, id, "autre.pdf", PDF));
    assert!(said.contains("ne rouvre pas") && said.contains("support pédagogique"), "{said}");
    let version = programme.application(id).version;
    programme.db.write(|tx| complements::answer(tx, &who, id, version, "Fait.", open())).unwrap();
    let later = open().plus_minutes(10);
    programme.ask_complement(id, "Une affiche lisible.", &["question-support"], later).unwrap();
    attach(&programme, &who, id, "affiche-lisible.pdf", PDF).unwrap();
    let version = programme.application(id).version;
    programme.db.write(|tx| complements::answer(tx, &who, id, version, "La voici.", later)).unwrap();
    let site = Site::over(&programme.db, open());
    let officer = site.cookie_of(&programme.officer);
    let request = programme.db.read(|conn| complements::of_application(conn, id)).unwrap().pop().unwrap().row.id;
    let page = text(site.get(&officer, &format!("/instruction/{id}/complements/{request}")).await, 200).await;
    let (before, after) = page.split_once("<h3>Après</h3>").unwrap();
    assert!(before.contains(">affiche.jpg</a>") && after.contains(">affiche-lisible.pdf</a>"), "{page}");
    assert!(page.matches("empreinte").count() >= 2, "{page}");
}

#[actix_web::test]
async fn officer_and_reviewer_find_it_beside_the_answer_and_the_papers_name_its_digest() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.complete(1, 3_000);
    attach(&programme, &who, id, "affiche.jpg", JPEG).unwrap();
    programme.submit(&who, id);
    let content = programme.db.read(|conn| answers::find(conn, &who, id)).unwrap();
    let papers = receipts::papers(&content);
    let paper = papers.iter().find(|paper| paper.file_name == "affiche.jpg").unwrap();
    assert_eq!(paper.label, "Un support pédagogique, une affiche ou une photo");
    assert_eq!(paper.sha256, tisserand::store::digests::sha256(JPEG));
    let review = programme.review(id);
    let site = Site::over(&programme.db, closed());
    let officer = site.cookie_of(&programme.officer);
    let page = text(site.get(&officer, &format!("/instruction/{id}")).await, 200).await;
    assert!(page.contains(">affiche.jpg</a>"), "{page}");
    let member = site.cookie_of(&programme.members[0]);
    let page = text(site.get(&member, &format!("/comite/evaluations/{review}")).await, 200).await;
    assert!(page.contains(">affiche.jpg</a>"), "{page}");
    let pdf = site.get(&officer, &format!("/instruction/{id}/pdf")).await.bytes().await.unwrap();
    if require("pdftotext") {
        let path = output_dir("whole").join("file_answer.pdf");
        std::fs::write(&path, &pdf).unwrap();
        let said = Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output().unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        assert!(said.matches("affiche.jpg").count() >= 2, "beside its question and among the documents: {said}");
    }
}

#[test]
fn a_copy_takes_it_over_or_says_that_it_does_not() {
    let programme = Programme::on(sqlite());
    let (who, old) = programme.complete(1, 3_000);
    attach(&programme, &who, old, "affiche.jpg", JPEG).unwrap();
    programme.submit(&who, old);
    let edition = |reference: &str, change: fn(&mut CallDefinition)| {
        let mut definition = definitions::parse(include_str!("../../fixtures/recital.toml")).unwrap();
        definition.calls[0].reference = reference.into();
        change(&mut definition.calls[0]);
        programme.db.write(|tx| calls::load(tx, &Actor::system(), &definition, open())).unwrap();
        let id = programme.db.read(|conn| calls::by_reference(conn, reference)).unwrap().id;
        programme.db.write(|tx| advance_now::<Call>(tx, &programme.officer, id, CallEvent::Publish, open())).unwrap();
        let organisation = programme.application(old).organisation_id;
        let start = |tx: &mut tisserand::store::Tx| copies::start(tx, &who, id, organisation, Some(old), open());
        let new = programme.db.write(start).unwrap().id;
        programme.db.read(|conn| answers::find(conn, &who, new)).unwrap()
    };
    let same = edition("RECITAL-2027-2", |_| {});
    assert_eq!(same.answers["support"], "affiche.jpg");
    let file = same.attachments.iter().find(|file| file.document_code == "support").unwrap();
    assert_eq!(file.sha256, tisserand::store::digests::sha256(JPEG));
    let other = edition("RECITAL-2027-3", |call| {
        call.sections.iter_mut().for_each(|section| section.questions.retain(|q| q.code != "support"));
    });
    assert!(other.attachments.iter().all(|file| file.document_code != "support"));
    let copied = programme.db.read(|conn| copies::of_application(conn, other.row.id)).unwrap().unwrap();
    assert!(copied.left.iter().any(|left| left.what.starts_with("Un support pédagogique")), "{:?}", copied.left);
}

#[test]
fn a_definition_may_not_ask_what_cannot_be_kept() {
    let text = include_str!("../../fixtures/recital.toml");
    let said = |from: &str, to: &str| definitions::parse(&text.replacen(from, to, 1)).unwrap_err();
    let fault = said("code = \"support\"", "code = \"statuts\"");
    assert!(fault.message.contains("that of a document") && fault.line > 260, "{fault}");
    let condition = "show_if = { question = \"support\", any_of = [\"oui\"] }\n";
    let fault = said("code = \"cer\"\nlabel", &format!("code = \"cer\"\n{condition}label"));
    assert!(fault.message.contains("is not an answer to \"support\""), "{fault}");
    let report = said(
        "code = \"suite\"\nlabel = \"La suite envisagée\"\nkind = \"long_text\"",
        "code = \"photos\"\nlabel = \"La suite\"\nkind = \"file\"",
    );
    assert!(report.message.contains("that of a document"), "{report}");
}

#[test]
fn what_changes_for_drafts_is_told_before_the_question_goes() {
    let old = definitions::parse(include_str!("../../fixtures/recital.toml")).unwrap().calls.remove(0);
    let mut without = old.clone();
    without.sections.iter_mut().for_each(|section| section.questions.retain(|q| q.code != "support"));
    let mut more = old.clone();
    required(&mut more);
    let (nothing, answers) = (Answers::new(), Answers::from([("support".to_owned(), "affiche.jpg".to_owned())]));
    let label = "Un support pédagogique, une affiche ou une photo";
    assert_eq!(definitions::effect(&old, &without, (&answers, &[]), &Facts::default()).lost, [label]);
    assert_eq!(definitions::effect(&old, &more, (&nothing, &[]), &Facts::default()).asked, [label]);
    assert!(definitions::effect(&old, &more, (&answers, &[]), &Facts::default()).asked.is_empty());
    let text = Question::blank("x".into(), QuestionKind::File);
    assert!(text.is_given() && !text.is_typed());
}

//! Reading without names: nothing that a member may fetch says whose a file is before their review of it is in.

use super::{decisions::reject, text};
use crate::support::{
    databases::sqlite,
    programme::{PDF, Programme, closed, open, siret},
    site::Site,
};
use std::collections::BTreeMap;
use tisserand::{
    domain::{
        definitions::{CallDefinition, QuestionKind},
        ids::{ApplicationId, ReviewId},
        lifecycles::sessions::SessionEvent,
        messages::MessageKind,
    },
    store::{Tx, attachments as files, messages},
    usecases::{
        Actor, answers, attachments, committees,
        committees::Vote,
        offline_packs,
        organisations::{self, OrganisationForm},
        reviews, rooms,
    },
};

/// What says whose the file is.
fn names() -> Vec<String> {
    let number = siret(1);
    let spaced = format!("{} {} {} {}", &number[..3], &number[3..6], &number[6..9], &number[9..]);
    let known = ["Passerelles 1", "PASSERELLES 1", "Lefèvre", "LEFEVRE", "contact1@example.org", "3 rue du Port"];
    let known = known.iter().map(|name| (*name).to_owned());
    known.chain([number, spaced, "Porteuse 1".into(), "statuts-de-passerelles.pdf".into()]).collect()
}

/// A file whose title and texts name its organisation and its people, entrusted to the first member.
struct Blind {
    world: Programme,
    site: Site,
    applicant: Actor,
    file: ApplicationId,
    review: ReviewId,
}

impl Blind {
    fn with(change: impl FnOnce(&mut CallDefinition)) -> Self {
        let world = Programme::with(sqlite(), change);
        let (applicant, file) = world.complete(1, 3_000);
        let telling = format!(
            "PASSERELLES 1 et Anaïs LEFEVRE agissent. Écrire à contact1@example.org, SIRET {}, 3 rue du Port. Un jardin.",
            siret(1)
        );
        for section in &world.definition.sections {
            let texts = section.questions.iter().filter(|question| question.kind == QuestionKind::LongText);
            let typed: BTreeMap<String, String> =
                texts.map(|question| (question.code.clone(), telling.clone())).collect();
            if typed.is_empty() {
                continue;
            }
            let save = |tx: &mut Tx| answers::save_section(tx, &applicant, file, &section.code, &typed, open());
            assert_eq!(world.db.write(save).unwrap(), []);
        }
        let paper = attachments::judge("f", "statuts-de-passerelles.pdf", PDF).unwrap();
        for document in &world.definition.documents {
            let attach = |tx: &mut Tx| answers::attach(tx, &applicant, file, &document.code, &paper, open());
            world.db.write(attach).unwrap();
        }
        world.submit(&applicant, file);
        let review = world.review(file);
        let site = Site::over(&world.db, closed());
        Blind { world, site, applicant, file, review }
    }

    fn begun() -> Self {
        Self::with(|call| call.grid.blind = true)
    }

    async fn page(&self, who: &Actor, path: &str) -> String {
        text(self.site.get(&self.site.cookie_of(who), path).await, 200).await
    }

    fn submit(&self) {
        let (member, marks) = (&self.world.members[0], self.world.marks("3"));
        let submit = |tx: &mut Tx| reviews::save_and_submit(tx, member, self.review, &marks, "", closed());
        self.world.db.write(submit).unwrap();
    }

    /// The addresses of every paper of the file.
    fn papers(&self) -> Vec<(String, String)> {
        let rows = self.world.db.read(|conn| files::of_owner(conn, self.file.as_str())).unwrap();
        rows.into_iter().map(|row| (row.document_code, format!("/pieces/{}", row.id))).collect()
    }
}

/// Fails when a name is said.
fn assert_nameless(what: &str, said: &str) {
    let said = said.replace(['\u{a0}', '\u{202f}'], " ");
    for name in names() {
        assert!(!said.contains(&name), "{what} says {name}: {said}");
    }
}

#[actix_web::test]
async fn nothing_a_reader_may_fetch_says_whose_a_file_is_before_their_review_is_in() {
    let blind = Blind::begun();
    let session = blind.world.session();
    let hors = format!("/comite/hors-ligne/{}", blind.world.definition.reference);
    let paths = [
        "/".to_owned(),
        "/comite".to_owned(),
        format!("/comite/evaluations/{}", blind.review),
        format!("/comite/evaluations/{}/decliner", blind.review),
        format!("/comite/dossiers/{}/deport", blind.file),
        "/comite/declaration".to_owned(),
        hors.clone(),
        format!("/comite/seances/{session}"),
        format!("/comite/seances/{session}/salle"),
    ];
    let member = &blind.world.members[0];
    for path in &paths {
        assert_nameless(path, &blind.page(member, path).await);
    }
    let sheet = blind.page(member, &paths[2]).await;
    assert!(sheet.contains("Organisation masquée") && sheet.contains("nom masqué"), "{sheet}");
    assert!(sheet.contains("Un jardin.") && sheet.contains("lisible une fois votre évaluation remise"), "{sheet}");
    let reference = blind.world.definition.reference.clone();
    let (pack, prints) = blind.world.db.read(|conn| offline_packs::prints(conn, member, &reference)).unwrap();
    assert_nameless("the print", &format!("{prints:?}"));
    assert_nameless("the sheet of the pack", &format!("{:?}", pack.lines()));
    let archive = blind.site.get(&blind.site.cookie_of(member), &format!("{hors}/dossiers.zip")).await;
    assert_nameless("the archive", &String::from_utf8_lossy(&archive.bytes().await.unwrap()));
    for (_, path) in blind.papers() {
        assert_eq!(blind.site.get(&blind.site.cookie_of(member), &path).await.status(), 404, "{path}");
    }
    let mails = blind.world.db.read(|conn| messages::page(conn, None, None, 500)).unwrap();
    let sent = mails.iter().filter(|mail| mail.recipient_id == member.person);
    let sent: Vec<_> = sent.map(|mail| (mail.kind, format!("{mail:?}"))).collect();
    assert!(sent.iter().any(|(kind, _)| *kind == MessageKind::ReviewAssigned), "{sent:?}");
    for (_, mail) in sent {
        assert_nameless("a mail", &mail);
    }
}

#[actix_web::test]
async fn the_screen_of_the_hall_says_no_name_that_a_member_may_not_read() {
    let blind = Blind::begun();
    let (session, officer) = (blind.world.session(), &blind.world.officer);
    let call = |tx: &mut Tx| rooms::call_up(tx, officer, session, Some(blind.file));
    blind.world.db.write(call).unwrap();
    let screen = blind.page(officer, &format!("/seances/{session}/ecran")).await;
    assert_nameless("the hall", &screen);
    assert!(screen.contains("Organisation masquée"), "{screen}");
    let room = blind.page(officer, &format!("/seances/{session}/salle")).await;
    assert!(room.contains("Passerelles 1"), "the team reads every name: {room}");
}

#[actix_web::test]
async fn a_review_handed_in_lifts_the_veil_from_its_file_and_a_reopening_does_not_lay_it_again() {
    let blind = Blind::begun();
    let (member, path) = (&blind.world.members[0], format!("/comite/evaluations/{}", blind.review));
    blind.submit();
    blind.site.files.put(PDF.to_vec()).await.unwrap();
    let told = |page: &str| page.contains("Passerelles 1") && page.contains("LEFEVRE") && !page.contains("masqué");
    let page = blind.page(member, &path).await;
    assert!(told(&page), "{page}");
    for (_, paper) in blind.papers() {
        assert_eq!(blind.site.get(&blind.site.cookie_of(member), &paper).await.status(), 200, "{paper}");
    }
    let version = blind.world.db.read(|conn| tisserand::store::reviews::find(conn, blind.review)).unwrap().version;
    let reopen =
        |tx: &mut Tx| reviews::reopen(tx, &blind.world.officer, blind.review, version, "Relisez le budget", closed());
    blind.world.db.write(reopen).unwrap();
    assert!(told(&blind.page(member, &path).await), "who has read a name knows it");
}

#[actix_web::test]
async fn the_team_and_the_applicant_read_every_name_and_a_guest_none() {
    let blind = Blind::begun();
    let page = blind.page(&blind.world.officer, &format!("/instruction/{}", blind.file)).await;
    assert!(page.contains("Passerelles 1") && page.contains("LEFEVRE"), "{page}");
    let own = blind.world.db.read(|conn| answers::find(conn, &blind.applicant, blind.file)).unwrap();
    assert_eq!((own.organisation.name.as_str(), own.veiled), ("Passerelles 1", None));
    let guest = &blind.world.members[3];
    let seat = |tx: &mut Tx| {
        let person = guest.person.unwrap();
        committees::appoint(tx, &blind.world.officer, blind.world.call, person, "", Vote::Guest, closed())
    };
    blind.world.db.write(seat).unwrap();
    for path in ["/comite/lectures".to_owned(), format!("/comite/lectures/{}", blind.file)] {
        assert_nameless(&path, &blind.page(guest, &path).await);
    }
}

#[actix_web::test]
async fn a_paper_that_says_no_name_is_read_at_once_under_the_code_of_its_document() {
    let blind = Blind::with(|call| {
        call.grid.blind = true;
        call.documents[0].anonymous = true;
    });
    blind.site.files.put(PDF.to_vec()).await.unwrap();
    let cookie = blind.site.cookie_of(&blind.world.members[0]);
    let code = &blind.world.definition.documents[0].code;
    for (document, path) in blind.papers() {
        let reply = blind.site.get(&cookie, &path).await;
        if document != *code {
            assert_eq!(reply.status(), 404, "{document}");
            continue;
        }
        assert_eq!(reply.status(), 200);
        let name = reply.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert!(name.contains(code.as_str()) && !name.contains("passerelles"), "{name}");
    }
}

#[actix_web::test]
async fn once_the_minutes_are_written_nothing_is_veiled_any_more() {
    let blind = Blind::begun();
    let session = blind.world.session();
    reject(&blind.world, blind.file);
    blind.world.step(session, SessionEvent::Minute);
    let page = blind.page(&blind.world.members[0], &format!("/comite/evaluations/{}", blind.review)).await;
    assert!(page.contains("Passerelles 1"), "{page}");
}

#[actix_web::test]
async fn a_call_that_does_not_ask_for_it_hides_nothing() {
    let blind = Blind::with(|_| {});
    let page = blind.page(&blind.world.members[0], &format!("/comite/evaluations/{}", blind.review)).await;
    assert!(page.contains("Passerelles 1") && !page.contains("masqué"), "{page}");
}

#[actix_web::test]
async fn a_name_that_has_changed_since_the_file_was_written_is_masked_too() {
    let blind = Blind::begun();
    let (world, holder) = (&blind.world, &blind.applicant);
    let organisation = world.application(blind.file).organisation_id;
    let card = world.db.read(|conn| organisations::find(conn, holder, organisation)).unwrap();
    let form = OrganisationForm {
        nom: "Horizons".into(),
        representant: "Zoé Dubreuil".into(),
        ..OrganisationForm::from(&card)
    };
    let edit = |tx: &mut Tx| organisations::edit(tx, holder, organisation, &form, card.updated_at, closed());
    world.db.write(edit).unwrap();
    let sheet = blind.page(&world.members[0], &format!("/comite/evaluations/{}", blind.review)).await;
    assert_nameless("the sheet", &sheet);
    assert!(!sheet.contains("Horizons") && !sheet.contains("Dubreuil") && sheet.contains("Un jardin."), "{sheet}");
    let again = world.db.read(|conn| organisations::find(conn, holder, organisation)).unwrap();
    assert_eq!((again.name.as_str(), again.representative_name.as_str()), ("Horizons", "Zoé Dubreuil"));
}

//! A new file begun from an earlier one: what goes over, what does not, and whose it may be.

use super::pages::{ORGANISATION, field, site, start, text};
use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, open, person},
    site::Site,
};
use diesel::connection::SimpleConnection;
use tisserand::{
    domain::{
        definitions::{self, ApplicationsPerHolder, CallDefinition, Question, QuestionKind},
        ids::{ApplicationId, CallId},
        lifecycles::calls::{Call, CallEvent},
        roles::Role,
    },
    store::{StoreError, Tx, answers as rows, sealed_answers},
    usecases::{Actor, Outcome, UseCaseError, advance::advance_now, answers, applications, calls, copies},
};

/// A second edition of the programme's call, changed and published.
fn next_edition(programme: &Programme, change: impl FnOnce(&mut CallDefinition)) -> CallId {
    let mut definition = definitions::parse(include_str!("../../fixtures/recital.toml")).unwrap();
    let call = &mut definition.calls[0];
    call.reference = "RECITAL-2027-2".into();
    change(call);
    let reference = call.reference.clone();
    programme.db.write(|tx| calls::load(tx, &Actor::system(), &definition, open())).unwrap();
    let id = programme.db.read(|conn| calls::by_reference(conn, &reference)).unwrap().id;
    programme.db.write(|tx| advance_now::<Call>(tx, &programme.officer, id, CallEvent::Publish, open())).unwrap();
    id
}

fn begin(programme: &Programme, who: &Actor, call: CallId, from: ApplicationId) -> Outcome<copies::Started> {
    let organisation = programme.application(from).organisation_id;
    programme.db.write(|tx: &mut Tx| copies::start(tx, who, call, organisation, Some(from), open()))
}

#[test]
fn everything_that_serves_again_goes_over_and_the_rest_is_listed() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (who, old) = programme.filed(1, 3_000);
        let call = next_edition(&programme, |call| {
            call.axes.remove(0);
            call.documents.retain(|document| document.code != "statuts");
            let questions = call.sections.iter_mut().flat_map(|section| &mut section.questions);
            let texts = questions.filter(|question| question.kind == QuestionKind::LongText);
            texts.take(1).for_each(|question| question.kind = QuestionKind::ShortText);
        });
        let new = begin(&programme, &who, call, old).unwrap();
        assert!(!new.was_there);
        let read = |id| programme.db.read(|conn| answers::find(conn, &who, id)).unwrap();
        let (before, after) = (read(old), read(new.id));
        assert_eq!(
            (after.row.title.as_str(), after.row.requested_cents),
            ("Un océan, deux classes 1", before.row.requested_cents)
        );
        assert_eq!(after.budget, before.budget);
        assert_eq!(after.partners[0].name, "Médiathèque");
        let hashes = |content: &answers::Content| {
            let files = content.attachments.iter().filter(|file| file.document_code != "statuts");
            files.map(|file| (file.document_code.clone(), file.sha256.clone())).collect::<Vec<_>>()
        };
        assert_eq!(hashes(&after), hashes(&before));
        assert!(after.attachments.iter().all(|file| file.document_code != "statuts"));
        let copied = programme.db.read(|conn| copies::of_application(conn, new.id)).unwrap().unwrap();
        let whys: Vec<_> = copied.left.iter().map(|left| left.why.as_str()).collect();
        for why in [
            "Cet appel le demande autrement",
            "Cet axe n’est pas ouvert dans cet appel.",
            "Une déclaration se relit et se coche pour chaque dossier.",
            "Cet appel ne le demande pas.",
        ] {
            assert!(whys.iter().any(|said| said.starts_with(why)), "{why}: {whys:?}");
        }
        assert!(after.missing().iter().any(|said| said.contains("Choisissez une réponse")), "the axis is asked again");
        let again = begin(&programme, &who, call, old).unwrap();
        assert_eq!(again, copies::Started { id: new.id, was_there: true });
    }
}

#[test]
fn a_copied_account_number_outlives_the_file_it_comes_from() {
    let ask = |call: &mut CallDefinition| {
        let asked = Question {
            code: "compte".into(),
            label: "Compte à créditer".into(),
            kind: QuestionKind::Iban,
            ..call.sections[0].questions[0].clone()
        };
        call.sections[0].questions.push(Question { fills: None, ..asked });
    };
    let programme = Programme::with(sqlite(), ask);
    let (who, old) = programme.filed(1, 3_000);
    let call = next_edition(&programme, ask);
    let new = begin(&programme, &who, call, old).unwrap().id;
    let token = programme.db.read(|conn| rows::of_application(conn, new)).unwrap()["compte"].clone();
    let erased = format!("DELETE FROM sealed_answers WHERE subject_id = '{old}'");
    programme.db.write(|tx| tx.conn().batch_execute(&erased).map_err(StoreError::from)).unwrap();
    assert!(programme.db.read(|conn| sealed_answers::find(conn, &token)).is_ok());
}

#[test]
fn only_a_file_of_the_organisation_that_applies_serves_again() {
    let programme = Programme::on(sqlite());
    let (who, old) = programme.filed(1, 3_000);
    let call = next_edition(&programme, |_| {});
    let stranger = person(&programme.db, "Autre porteur", Role::Applicant);
    let others = programme.organisation(&stranger, 2);
    let start = |actor: &Actor, organisation| {
        programme.db.write(|tx| copies::start(tx, actor, call, organisation, Some(old), open()))
    };
    assert!(matches!(start(&stranger, others), Err(UseCaseError::Store(_))), "it does not exist for a stranger");
    assert!(matches!(start(&programme.officer, others), Err(UseCaseError::Store(_))), "nor for the team");
    let second = programme.organisation(&who, 3);
    let Err(UseCaseError::Invalid(wrong)) = start(&who, second) else { panic!("taken") };
    assert!(wrong[0].message.contains("Passerelles 1"), "{wrong:?}");
    assert_eq!(programme.db.read(|conn| copies::sources(conn, &stranger)).unwrap(), []);
}

#[test]
fn a_filed_copy_no_longer_says_what_was_left() {
    let programme = Programme::on(sqlite());
    let (who, old) = programme.filed(1, 3_000);
    programme.db.write(|tx| applications::withdraw(tx, &who, old, 1, open())).unwrap();
    let new = begin(&programme, &who, programme.call, old).unwrap().id;
    let listed = |id| programme.db.read(|conn| copies::of_application(conn, id)).unwrap().is_some();
    assert!(listed(new));
    let content = programme.db.read(|conn| answers::find(conn, &who, new)).unwrap();
    for (section, question) in content.definition.questions().filter(|(_, q)| q.kind == QuestionKind::Statement) {
        let typed = [(question.code.clone(), "oui".to_owned())].into();
        programme.db.write(|tx| answers::save_section(tx, &who, new, &section.code, &typed, open())).unwrap();
    }
    programme.without_ties(&who, new);
    programme.submit(&who, new);
    assert!(!listed(new));
    assert_eq!(programme.db.read(|conn| answers::find(conn, &who, new)).unwrap().missing(), [""; 0]);
}

#[actix_web::test]
async fn the_start_page_offers_it_and_the_new_file_says_what_is_left_to_write() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await;
    let dossier = start(&site, &cookie, "RECITAL-2027-1").await;
    let typed = [("titre", "Chants du canal"), ("montant", "3000")];
    site.post(&cookie, &format!("{dossier}/rubriques/projet"), &typed).await;
    let source = dossier.trim_start_matches("/dossiers/");
    let path = "/appels/TANDEMS-2027/dossier";
    let page = text(site.get(&cookie, &format!("{path}?copie={source}")).await, 200).await;
    assert!(page.contains("Chants du canal") && page.contains("page blanche"), "{page}");
    assert!(page.contains(&format!("value=\"{source}\" checked")), "{page}");
    let (organisation, token) = (field(&page, "organisation"), field(&page, "token"));
    let fields = [("organisation", organisation.as_str()), ("copie", source), ("token", token.as_str())];
    let sent = site.post(&cookie, path, &fields).await;
    assert_eq!(sent.status(), 303);
    let new = sent.headers()["location"].to_str().unwrap().to_owned();
    let page = text(site.get(&cookie, &new).await, 200).await;
    assert!(page.contains("Chants du canal") && page.contains("Ce qui vient de votre ancien dossier"), "{page}");
    assert_eq!(site.post(&cookie, &format!("{new}/copie/lue"), &[]).await.status(), 303);
    let page = text(site.get(&cookie, &new).await, 200).await;
    assert!(!page.contains("ancien dossier"), "{page}");
    let stranger = site.person(Role::Officer);
    assert_eq!(site.post(&stranger, path, &fields).await.status(), 404);
    let none = site.post(&cookie, path, &[("organisation", ""), ("copie", source)]).await;
    let page = text(none, 422).await;
    assert!(
        page.contains("Choisissez l’organisation") && page.contains(&format!("value=\"{source}\" checked")),
        "{page}"
    );
}

#[actix_web::test]
async fn a_start_sent_twice_makes_one_draft_where_several_are_allowed() {
    for db in each_database() {
        let world = Programme::with(db, |call| call.applications = ApplicationsPerHolder::Several);
        let who = person(&world.db, "Porteuse", Role::Applicant);
        world.organisation(&who, 1);
        let site = Site::over(&world.db, open());
        let (cookie, path) = (site.cookie_of(&who), "/appels/RECITAL-2027-1/dossier");
        let mut led = Vec::new();
        for clicks in [2, 1] {
            let page = text(site.get(&cookie, path).await, 200).await;
            let (organisation, token) = (field(&page, "organisation"), field(&page, "token"));
            for _ in 0..clicks {
                let sent = site.post(&cookie, path, &[("organisation", &organisation), ("token", &token)]).await;
                assert_eq!(sent.status(), 303);
                led.push(sent.headers()["location"].to_str().unwrap().to_owned());
            }
        }
        assert!(led[0] == led[1] && led[1] != led[2], "a second click opens the first draft: {led:?}");
        let bare = site.post(&cookie, path, &[("organisation", &field_of(&world, &who))]).await;
        assert_eq!(bare.status(), 409, "without its form nothing begins");
    }
}

/// The only organisation of somebody, as a form sends it.
fn field_of(world: &Programme, who: &Actor) -> String {
    world.db.read(|conn| tisserand::usecases::organisations::mine(conn, who)).unwrap()[0].id.to_string()
}

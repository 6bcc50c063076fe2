//! What waits for the officer: each file in one queue, drafts in none.

use super::{Office, content};
use crate::support::programme::{closed, open, person};
use tisserand::{
    domain::roles::Role,
    store::Tx,
    usecases::{applications, recusals},
};

#[actix_web::test]
async fn each_file_waits_in_the_queue_of_what_is_to_be_done() {
    let office = Office::open();
    let world = &office.programme;
    let officer = &world.officer;
    let (_, waiting) = world.filed(1, 3_000);
    let (_, asked) = world.filed(2, 3_000);
    let (_, alone) = world.filed(3, 3_000);
    let (_, _) = world.complete(4, 3_000);
    world.in_review(5, 3_000);
    world.ask_complement(asked, "Le devis.", &["document-rib"], closed()).unwrap();
    world.eligible(alone);
    let first = office.read(officer, "/instruction").await;
    assert!(first.contains("À vérifier (1)") && first.contains("Compléments attendus (1)"), "{first}");
    assert!(first.contains("Sans lecteur·rice (1)") && first.contains("En évaluation (1)"), "{first}");
    assert!(content(&first).contains("Un océan, deux classes 1") && !content(&first).contains("classes 2"));
    assert!(content(&first).contains(&format!("/instruction/{waiting}")) && first.contains("Vérifier la recevabilité"));
    let page = office.read(officer, "/instruction?etape=complements-attendus").await;
    assert!(content(&page).contains("classes 2") && page.contains("Réponse avant le 25\u{a0}février 2027"), "{page}");
    let page = office.read(officer, "/instruction?etape=en-evaluation").await;
    assert!(content(&page).contains("classes 5") && page.contains("Évaluations\u{a0}: 0 sur 1"), "{page}");
    let all = office.read(officer, "/instruction?etape=tous").await;
    assert!(!content(&all).contains("classes 4"), "a draft is its applicants' own business");
    assert_eq!(content(&all).matches("Un océan, deux classes").count(), 4);
}

#[actix_web::test]
async fn nothing_is_to_be_done_with_a_file_that_is_over() {
    let office = Office::open();
    let world = &office.programme;
    let (applicant, id) = world.filed(1, 3_000);
    let version = world.application(id).version;
    world.db.write(|tx| applications::withdraw(tx, &applicant, id, version, open())).unwrap();
    let page = office.read(&world.officer, "/instruction?etape=termines").await;
    assert!(content(&page).contains("classes 1") && page.contains("data-label=\"À faire\"></td>"), "{page}");
}

#[actix_web::test]
async fn a_complement_that_did_not_come_is_late() {
    let office = Office::open();
    let world = &office.programme;
    let (_, id) = world.filed(1, 3_000);
    world.ask_complement(id, "Le devis.", &["document-rib"], open()).unwrap();
    let page = office.read(&world.officer, "/instruction").await;
    assert!(page.contains("Compléments en retard (1)") && page.contains("En retard depuis le"), "{page}");
    assert!(page.contains("Constater l’absence de réponse"));
}

#[actix_web::test]
async fn a_file_is_found_by_title_number_or_organisation_without_its_accents() {
    let office = Office::open();
    let world = &office.programme;
    let (_, id) = world.filed(1, 3_000);
    world.filed(2, 3_000);
    let reference = world.application(id).reference;
    for words in ["OCEAN, deux classes 1", &reference, "passerelles 1"] {
        let query = serde_html_form(words);
        let page = office.read(&world.officer, &format!("/instruction?q={query}")).await;
        assert!(content(&page).contains("classes 1") && !content(&page).contains("classes 2"), "{words}: {page}");
    }
    let page = office.read(&world.officer, "/instruction?q=introuvable").await;
    assert!(page.contains("Rien ne correspond"), "{page}");
    let page = office.read(&world.officer, "/instruction?appel=RECITAL-2027-1").await;
    assert!(page.contains("value=\"RECITAL-2027-1\" selected") && content(&page).contains("classes 2"));
}

fn serde_html_form(words: &str) -> String {
    words.replace(' ', "+").replace(',', "%2C")
}

#[actix_web::test]
async fn a_long_queue_goes_on_where_it_stopped() {
    let office = Office::open();
    let world = &office.programme;
    for number in 0..53 {
        world.filed(number, 3_000);
    }
    let first = office.read(&world.officer, "/instruction?etape=a-verifier").await;
    assert_eq!(content(&first).matches("<tr>").count(), 51, "the heads and fifty files");
    let next = first.split("rel=\"next\"").next().unwrap().rsplit("href=\"").next().unwrap();
    let next = next.split('"').next().unwrap().replace("&#38;", "&");
    let second = office.read(&world.officer, &next).await;
    assert_eq!(content(&second).matches("<tr>").count(), 4, "{second}");
    let links = |page: &str| content(page).matches("/instruction/0").count();
    assert_eq!(links(&first) + links(&second), 53);
    let page = office.read(&world.officer, "/instruction?etape=tous").await;
    assert!(page.contains("rel=\"next\""));
}

#[actix_web::test]
async fn the_team_reads_the_queues_and_nobody_else_does() {
    let office = Office::open();
    let world = &office.programme;
    let (applicant, id) = world.filed(1, 3_000);
    for role in [Role::Director, Role::Finance, Role::Auditor, Role::Admin] {
        let who = person(&world.db, &format!("Lecture {role}"), role);
        assert!(content(&office.read(&who, "/instruction").await).contains("classes 1"), "{role}");
    }
    for who in [&applicant, &world.members[0]] {
        assert_eq!(office.status(who, "/instruction").await, 404);
    }
    let officer = &world.officer;
    let declare =
        |tx: &mut Tx| recusals::declare_conflict(tx, officer, officer.person.unwrap(), id, "Ma sœur préside", closed());
    world.db.write(declare).unwrap();
    for path in ["/instruction", "/instruction?etape=tous", "/instruction?q=oc%C3%A9an"] {
        let page = office.read(officer, path).await;
        assert!(!content(&page).contains("classes 1") && !page.contains("À vérifier (1)"), "{path}: {page}");
    }
}

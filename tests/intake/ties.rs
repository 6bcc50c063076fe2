//! Ties with the network: declared once in the draft, printed on the receipt, hinted at where readers are chosen.

use super::pages::text;
use crate::support::{
    databases::sqlite,
    programme::{Programme, open},
    site::Site,
};
use tisserand::{
    domain::{ids::ApplicationId, ties::Tie},
    usecases::{Actor, answers, assignments},
};

async fn declare(site: &Site, cookie: &str, id: ApplicationId, form: &[(&str, &str)]) -> reqwest::Response {
    let path = format!("/dossiers/{id}/liens");
    let page = text(site.get(cookie, &path).await, 200).await;
    let read_at = super::pages::field(&page, "lu");
    let all: Vec<_> = std::iter::once(("lu", read_at.as_str())).chain(form.iter().copied()).collect();
    site.post(cookie, &path, &all).await
}

fn declared(programme: &Programme, who: &Actor, id: ApplicationId) -> Option<Vec<Tie>> {
    programme.db.read(|conn| answers::find(conn, who, id)).unwrap().ties
}

#[actix_web::test]
async fn a_tie_is_declared_with_its_nature_and_printed_where_the_file_is_read() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.complete(1, 3_000);
    let site = Site::over(&programme.db, open());
    let (holder, officer) = (site.cookie_of(&who), site.cookie_of(&programme.officer));
    let empty = text(declare(&site, &holder, id, &[]).await, 422).await;
    assert!(empty.contains("Répondez par oui ou par non."), "{empty}");
    let half = [("liens", "oui"), ("personne-0", "Claire Vanhoutte")];
    let half = text(declare(&site, &holder, id, &half).await, 422).await;
    assert!(half.contains("Dites en quelques mots quel est le lien.") && half.contains("Claire Vanhoutte"), "{half}");
    let digest = || programme.db.read(|conn| answers::find(conn, &who, id)).unwrap().digest().unwrap();
    let before = digest();
    let form = [("liens", "oui"), ("personne-0", "Claire Vanhoutte"), ("lien-0", "trésorière, et membre du jury")];
    assert_eq!(declare(&site, &holder, id, &form).await.status(), 303);
    assert_ne!(before, digest(), "it is a part of what is filed");
    for path in ["", "/verification"] {
        let page = text(site.get(&holder, &format!("/dossiers/{id}{path}")).await, 200).await;
        assert!(page.contains("Claire Vanhoutte\u{a0}: trésorière, et membre du jury"), "{page}");
    }
    programme.submit(&who, id);
    let late = site.post(&holder, &format!("/dossiers/{id}/liens"), &[("liens", "non")]).await;
    assert_eq!(late.status(), 409, "what is filed is declared");
    programme.eligible(id);
    let page = text(site.get(&officer, &format!("/instruction/{id}")).await, 200).await;
    for said in ["Claire Vanhoutte\u{a0}: trésorière", "déport à envisager", "(Région), lien déclaré"] {
        assert!(page.contains(said), "{said}: {page}");
    }
}

#[actix_web::test]
async fn people_named_under_the_answer_no_are_asked_about_and_not_lost() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.complete(1, 3_000);
    let site = Site::over(&programme.db, open());
    let holder = site.cookie_of(&who);
    let both = [("liens", "non"), ("personne-0", "Claire Vanhoutte"), ("lien-0", "trésorière")];
    let page = text(declare(&site, &holder, id, &both).await, 422).await;
    assert!(page.contains("Répondez oui pour les déclarer"), "{page}");
    assert!(page.contains("value=\"Claire Vanhoutte\"") && page.contains("value=\"trésorière\""), "{page}");
    let half = [("liens", "non"), ("lien-1", "sœur d’une jurée")];
    let page = text(declare(&site, &holder, id, &half).await, 422).await;
    assert!(page.contains("value=\"sœur d’une jurée\""), "{page}");
    assert_eq!(declare(&site, &holder, id, &[("liens", "non"), ("personne-0", " ")]).await.status(), 303);
    assert_eq!(declared(&programme, &who, id), Some(Vec::new()));
}

#[actix_web::test]
async fn no_tie_is_an_answer_and_whoever_is_named_is_never_proposed_as_a_reader() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.complete(1, 3_000);
    let site = Site::over(&programme.db, open());
    let holder = site.cookie_of(&who);
    assert_eq!(declared(&programme, &who, id), Some(Vec::new()), "a complete draft has declared none");
    assert_eq!(declare(&site, &holder, id, &[("liens", "non")]).await.status(), 303);
    assert_eq!(declared(&programme, &who, id), Some(Vec::new()));
    site.clock.set(open().plus_minutes(1));
    let (first, second) = ("Claire Vanhoutte", "Mamadou Sarr");
    let form = [
        ("liens", "oui"),
        ("personne-0", first),
        ("lien-0", "salariée"),
        ("personne-1", "Anaïs Lefèvre"),
        ("lien-1", "sœur de Mamadou Sarr, juré"),
    ];
    assert_eq!(declare(&site, &holder, id, &form).await.status(), 303);
    programme.submit(&who, id);
    programme.eligible(id);
    let call = programme.call;
    let due = open().plus_days(20).paris_date();
    programme.db.write(|tx| assignments::assign_proposed(tx, &programme.officer, call, Some(due), open())).unwrap();
    let readers = programme.db.read(|conn| tisserand::store::reviews::of_application(conn, id)).unwrap();
    let names: Vec<_> = readers.iter().map(|review| review.name.as_str()).collect();
    assert!(!names.is_empty() && !names.contains(&first) && !names.contains(&second), "{names:?}");
}

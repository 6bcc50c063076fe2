//! What anybody may read, in a real browser on a phone and a desk, and getting in by mail link.

use crate::support::{
    browser::{Browser, Step},
    site::Site,
};
use tisserand::{
    domain::{
        definitions,
        lifecycles::calls::{Call, CallEvent},
        time::Moment,
    },
    usecases::{Actor, advance::advance_now, calls},
};

fn site() -> Site {
    Site::at(Moment::start_of_day("2026-11-24".parse().unwrap())).with_calls()
}

#[test]
fn the_public_pages_hold_on_a_phone_and_a_desk() {
    let Some(browser) = Browser::open() else { return };
    let site = site();
    let mut steps = Vec::new();
    for (path, words, name) in [
        ("/", "Appels ouverts", "home"),
        ("/appels/RECITAL-2027-1", "Commencer un dossier", "call-recital"),
        ("/appels/TANDEMS-2027", "Une question", "call-tandems"),
        ("/appels/SUBLIME-2027", "Financé par l’Union européenne", "call-sublime"),
        ("/projets", "Projets soutenus", "projects"),
        ("/verifier", "Code du document", "check"),
        ("/connexion", "Recevoir un lien de connexion", "sign-in"),
        ("/inscription", "Créer mon compte", "sign-up"),
        ("/mentions-legales", "Vos données", "legal"),
    ] {
        steps.extend([
            Step::Goto(path.into()),
            Step::Expect(words.into()),
            Step::Reflow,
            Step::Audit,
            Step::Screenshot(name.into()),
        ]);
    }
    browser.walk("public", &site.base, &steps).unwrap();
}

#[actix_web::test]
async fn a_wrong_address_is_named_beside_the_field_and_nothing_typed_is_lost() {
    let site = site();
    let reply = site.post("", "/inscription", &[("nom", "Awa Diop"), ("email", "awa chez asso")]).await;
    assert_eq!(reply.status().as_u16(), 422);
    let html = reply.text().await.unwrap();
    assert!(html.contains("Awa Diop\"") && html.contains("awa chez asso\""), "{html}");
    assert!(html.contains("Indiquez une adresse électronique que vous relevez"));
}

#[actix_web::test]
async fn a_call_in_preparation_and_an_unknown_code_do_not_exist() {
    let site = site();
    assert_eq!(site.get("", "/appels/RECITAL-1999-1").await.status().as_u16(), 404);
    let reply = site.get("", "/verifier/ABCDE23456").await;
    assert_eq!(reply.status().as_u16(), 404);
    assert!(reply.text().await.unwrap().contains("Aucun document ne porte ce code"));
}

#[actix_web::test]
async fn the_rules_of_each_call_are_a_pdf_that_anybody_may_keep() {
    let site = site();
    for call in ["RECITAL-2027-1", "TANDEMS-2027", "SUBLIME-2027"] {
        let address = format!("/appels/{call}/reglement");
        let page = site.get("", &format!("/appels/{call}")).await.text().await.unwrap();
        assert!(page.contains(&format!("<a href=\"{address}\">Le règlement en PDF</a>")), "{page}");
        let reply = site.get("", &address).await;
        assert_eq!((reply.status().as_u16(), &reply.headers()["content-type"] == "application/pdf"), (200, true));
        let bytes = reply.bytes().await.unwrap();
        assert!(bytes.starts_with(b"%PDF"));
        assert_eq!(site.get("", &address).await.bytes().await.unwrap(), bytes, "the same call gives the same bytes");
    }
    assert_eq!(site.get("", "/appels/RECITAL-1999-1/reglement").await.status().as_u16(), 404);
}

#[actix_web::test]
async fn an_open_call_is_on_the_home_page_however_many_are_over() {
    let site = site();
    let recital = include_str!("../fixtures/recital.toml");
    for number in 2..=20 {
        let text = recital
            .replace("RECITAL-2027-1", &format!("RECITAL-2026-{number}"))
            .replace(
                "opens = \"2026-11-02 09:00\", closes = \"2027-01-31\"",
                "opens = \"2026-09-01 09:00\", closes = \"2026-10-31\"",
            )
            .replace("envelope = \"60 000\"", "envelope = \"6 000\"")
            .replace("amount = \"60 000\" }]\namount", "amount = \"6 000\" }]\namount")
            .replace("Récital 2027, première session", &format!("Récital ancien {number}"));
        let definition = definitions::parse(&text).unwrap();
        let (now, system) = (site.clock.now(), Actor::system());
        site.db
            .write(|tx| {
                calls::load(tx, &system, &definition, now)?;
                let id = calls::by_reference(tx.conn(), &definition.calls[0].reference)?.id;
                advance_now::<Call>(tx, &system, id, CallEvent::Publish, now)
            })
            .unwrap();
    }
    let html = site.get("", "/").await.text().await.unwrap();
    let (open, over) = html.split_once("Appels terminés").unwrap();
    assert!(open.contains("Récital 2027, première session"), "{html}");
    assert_eq!(over.matches("Récital ancien").count(), 9);
}

//! Which fund for my project: what the public is told before any account.

use crate::support::{
    browser::{Browser, Step},
    site::Site,
};
use tisserand::{domain::time::Moment, usecases::reference_data};

fn site() -> Site {
    let site = Site::at(Moment::start_of_day("2026-11-24".parse().unwrap())).with_calls();
    site.db.write(reference_data::load).unwrap();
    site
}

async fn said(site: &Site, query: &str) -> (u16, String) {
    let reply = site.get("", &format!("/quel-fonds?{query}")).await;
    (reply.status().as_u16(), reply.text().await.unwrap())
}

/// The badge on the card of a call.
fn badge<'a>(html: &'a str, title: &str) -> &'a str {
    let card = html.split("<article").find(|card| card.contains(title)).unwrap_or_else(|| panic!("no {title}: {html}"));
    card.split("class=\"badge").nth(1).and_then(|rest| rest.split(['>', '<']).nth(1)).unwrap()
}

#[actix_web::test]
async fn each_fund_answers_with_its_own_rules() {
    let site = site();
    let (status, html) =
        said(&site, "forme=association&code_postal=59000&montant=3000&debut=2027-05-01&fin=2027-10-31&commune=Lille")
            .await;
    assert_eq!(status, 200);
    assert_eq!(badge(&html, "Récital 2027"), "Oui, a priori");
    assert_eq!(badge(&html, "SUBLIME, initiatives"), "Oui, en l’adaptant");
    assert!(
        html.contains("Le projet est hors de la zone de l’appel (le littoral du Nord et du Pas-de-Calais)."),
        "{html}"
    );
    assert_eq!(badge(&html, "Tandems"), "Oui, en l’adaptant");
    assert!(html.contains("l’appel va de 300"), "{html}");
}

#[actix_web::test]
async fn a_company_of_elsewhere_is_told_frankly_and_sent_to_somebody() {
    let (status, html) = said(&site(), "forme=company&code_postal=75011").await;
    assert_eq!(status, 200);
    for call in ["Récital 2027", "SUBLIME, initiatives", "Tandems"] {
        assert_eq!(badge(&html, call), "Pas ce fonds");
    }
    assert!(html.contains("nous cherchons avec vous"));
}

#[actix_web::test]
async fn what_cannot_be_read_is_said_beside_its_field_and_stays() {
    let typed = "forme=&code_postal=5900&montant=beaucoup&debut=2027-02-31&commune=Atlantis";
    let (status, html) = said(&site(), typed).await;
    assert_eq!(status, 422);
    for sentence in
        ["Choisissez la forme", "cinq chiffres", "Indiquez un montant", "Cette date n’existe pas", "cette commune"]
    {
        assert!(html.contains(sentence), "{sentence}");
    }
    for kept in ["value=\"5900\"", "value=\"beaucoup\"", "value=\"Atlantis\""] {
        assert!(html.contains(kept), "{kept}");
    }
}

#[actix_web::test]
async fn a_call_whose_deadline_is_past_gives_no_hope() {
    let site = site();
    site.clock.set(Moment::start_of_day("2027-02-10".parse().unwrap()));
    let (_, html) = said(&site, "forme=association&code_postal=59000").await;
    assert!(html.contains("SUBLIME, initiatives") && !html.contains("Récital 2027, première"), "{html}");
}

/// The way through the questions, as somebody on a phone goes it.
fn way() -> Vec<Step> {
    vec![
        Step::Goto("/".into()),
        Step::Click("Quel fonds pour mon projet ?".into()),
        Step::Choose("Votre organisation".into(), "Association".into()),
        Step::Fill("Code postal du siège".into(), "62200".into()),
        Step::Fill("css=#champ-montant".into(), "4 000".into()),
        Step::Click("Voir la réponse".into()),
        Step::Expect("Ce que nous pouvons vous dire".into()),
        Step::Expect("Oui, a priori".into()),
        Step::Reflow,
    ]
}

#[test]
fn the_questions_are_answered_with_and_without_scripts() {
    let Some(browser) = Browser::open() else { return };
    let site = site();
    let mut steps = way();
    steps.extend([Step::Audit, Step::Screenshot("eligibility-answered".into())]);
    steps.extend([Step::Goto("/quel-fonds".into()), Step::Audit, Step::Screenshot("eligibility-asked".into())]);
    browser.walk("eligibility", &site.base, &steps).unwrap();
    browser.without_scripts().walk("eligibility-plain", &site.base, &way()).unwrap();
}

//! The applicants' pages, read and sent as a browser does.

use crate::support::site::Site;
use tisserand::domain::{definitions, roles::Role, time::Moment};

pub fn site() -> Site {
    let site = Site::at(Moment::start_of_day("2026-12-01".parse().unwrap())).with_calls();
    site.db.write(tisserand::usecases::reference_data::load).unwrap();
    site
}

pub const ORGANISATION: &[(&str, &str)] = &[
    ("nom", "Passerelles"),
    ("forme", "association"),
    ("siret", "732 829 320 00074"),
    ("rue", "3 rue du Port"),
    ("code_postal", "59000"),
    ("ville", "Lille"),
    ("pays", "FR"),
    ("representant", "Anaïs Lefèvre"),
    ("qualite", "présidente"),
];

/// The value of a hidden field or of the first radio of this name.
pub fn field(html: &str, name: &str) -> String {
    let from = html.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no {name} in {html}"));
    html[from..].split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

pub async fn text(response: reqwest::Response, status: u16) -> String {
    let got = response.status().as_u16();
    let html = response.text().await.unwrap();
    assert_eq!(got, status, "{html}");
    html
}

pub async fn start(site: &Site, cookie: &str, reference: &str) -> String {
    let path = format!("/appels/{reference}/dossier");
    let ask = text(site.get(cookie, &path).await, 200).await;
    let (organisation, token) = (field(&ask, "organisation"), field(&ask, "token"));
    let sent = site.post(cookie, &path, &[("organisation", &organisation), ("token", &token)]).await;
    assert_eq!(sent.status(), 303);
    sent.headers()["location"].to_str().unwrap().to_owned()
}

#[actix_web::test]
async fn every_section_of_every_call_is_shown_and_says_it_is_a_draft() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    assert_eq!(site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await.status(), 303);
    for (reference, fixture) in [
        ("RECITAL-2027-1", include_str!("../../fixtures/recital.toml")),
        ("TANDEMS-2027", include_str!("../../fixtures/tandems.toml")),
        ("SUBLIME-2027", include_str!("../../fixtures/sublime.toml")),
    ] {
        let definition = definitions::parse(fixture).unwrap();
        let dossier = start(&site, &cookie, reference).await;
        let page = text(site.get(&cookie, &dossier).await, 200).await;
        assert!(page.contains("rouillon, non déposé") && page.contains("Vérifier mes réponses"), "{page}");
        for section in definition.calls[0].sections.iter().filter(|section| section.show_if.is_none()) {
            let path = format!("{dossier}/rubriques/{}", section.code);
            let page = text(site.get(&cookie, &path).await, 200).await;
            assert!(page.contains("brouillon, non déposé"), "{path}");
            assert_eq!(page.matches("<h1>").count(), 1, "{path}");
        }
    }
}

#[actix_web::test]
async fn a_refused_form_comes_back_with_everything_typed() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    let mut wrong = ORGANISATION.to_vec();
    wrong[2] = ("siret", "732 829 320 00075");
    let page = text(site.post(&cookie, "/organisations/nouvelle", &wrong).await, 422).await;
    assert!(page.contains("732 829 320 00075") && page.contains("erreur de frappe") && page.contains("Anaïs Lefèvre"));
    site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await;
    let dossier = start(&site, &cookie, "RECITAL-2027-1").await;
    let budget = format!("{dossier}/rubriques/budget");
    let page =
        text(site.post(&cookie, &budget, &[("montant-60.1", "douze"), ("montant-62.3", "250")]).await, 422).await;
    assert!(page.contains("value=\"douze\"") && page.contains("n’est pas un montant"), "{page}");
    assert!(page.contains("value=\"250"), "what could be kept is kept");
}

#[actix_web::test]
async fn filing_too_early_is_said_in_words_and_changes_nothing() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await;
    let dossier = start(&site, &cookie, "RECITAL-2027-1").await;
    let page = text(site.get(&cookie, &format!("{dossier}/verification")).await, 200).await;
    assert!(page.contains("Il manque encore"), "the dead button says why");
    let token = field(&text(site.get(&cookie, &format!("{dossier}/retrait")).await, 200).await, "token");
    let sent = site.post(&cookie, &format!("{dossier}/depot"), &[("version", "0"), ("token", &token)]).await;
    assert!(text(sent, 409).await.contains("Il manque encore"));
}

#[actix_web::test]
async fn somebody_elses_file_is_a_page_that_does_not_exist() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await;
    let dossier = start(&site, &cookie, "RECITAL-2027-1").await;
    let officer = site.person(Role::Officer);
    for path in [dossier.clone(), format!("{dossier}/rubriques/projet"), "/dossiers/x".into()] {
        assert_eq!(site.get(&officer, &path).await.status(), 404, "{path}");
    }
    assert_eq!(site.get(&cookie, "/dossiers/0198c0a1-7b5c-7def-8123-456789abcdef").await.status(), 404);
}

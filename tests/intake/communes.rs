//! A commune is proposed while one types, and found on a page of its own where no script runs.

use super::{
    pages::{ORGANISATION, field, site, start, text},
    typing::{fill, go, holds, looked_at, press, see, signed_in},
    walks::give_password,
};
use crate::support::{
    browser::{Browser, Step},
    forms,
    site::Site,
};
use tisserand::domain::roles::Role;

const FIELD: &str = "css=#champ-commune";

/// A draft of SUBLIME, and the address of the section that asks for a commune.
async fn draft(site: &Site) -> (String, String) {
    let cookie = site.person(Role::Applicant);
    assert_eq!(site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await.status(), 303);
    let dossier = start(site, &cookie, "SUBLIME-2027").await;
    (cookie, format!("{dossier}/rubriques/projet"))
}

#[actix_web::test]
async fn names_are_proposed_whatever_their_accents_and_however_saint_is_written() {
    let site = site();
    for (typed, name) in [("bethu", "Béthune (62)"), ("ST%20OM", "Saint-Omer (62)"), ("59140", "Dunkerque (59)")] {
        let reply = site.get("", &format!("/communes?q={typed}")).await;
        assert!(reply.headers()["content-type"].to_str().unwrap().contains("json"));
        let found = text(reply, 200).await;
        assert!(found.contains(name), "{typed}: {found}");
    }
    assert_eq!(text(site.get("", "/communes?q=x").await, 200).await, "[]");
}

#[actix_web::test]
async fn without_scripts_a_commune_is_chosen_on_a_page_and_nothing_typed_is_lost() {
    let site = site();
    let (cookie, path) = draft(&site).await;
    let shown = text(site.get(&cookie, &path).await, 200).await;
    assert!(shown.contains("Chercher la commune dans la liste"), "{shown}");
    let typed = [("titre", "Marée montante"), ("fin", "31/02/2027"), ("commune", "dunk"), ("suite", "commune.commune")];
    let sent = forms::changed(forms::fields(&shown, &path), &typed);
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let reply = site.post(&cookie, &path, &sent).await;
    assert_eq!(reply.status().as_u16(), 303);
    let to = reply.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(to, format!("{path}/communes/commune?q=dunk"));
    let page = text(site.get(&cookie, &to).await, 200).await;
    assert!(page.contains("Dunkerque (59)") && page.contains("59140"), "{page}");
    let search = to.split('?').next().unwrap();
    let seen = field(&page, "vu-commune");
    let reply = site.post(&cookie, search, &[("vu-commune", &seen), ("commune", "59183")]).await;
    assert_eq!(reply.headers()["location"].to_str().unwrap(), format!("{path}#champ-commune"));
    let page = text(site.get(&cookie, &path).await, 200).await;
    for kept in ["Dunkerque (59)", "Marée montante", "31/02/2027"] {
        assert!(page.contains(&format!("value=\"{kept}\"")), "{kept}: {page}");
    }
}

#[actix_web::test]
async fn a_commune_that_is_none_is_refused_and_another_question_has_no_such_page() {
    let site = site();
    let (cookie, path) = draft(&site).await;
    let page = text(site.post(&cookie, &format!("{path}/communes/commune"), &[("commune", "75056")]).await, 422).await;
    assert!(page.contains("Choisissez une commune des Hauts-de-France"), "{page}");
    for other in ["titre", "rien"] {
        assert_eq!(site.get(&cookie, &format!("{path}/communes/{other}")).await.status().as_u16(), 404, "{other}");
    }
    let page = text(site.get(&cookie, &format!("{path}/communes/commune?q=atlantide")).await, 200).await;
    assert!(page.contains("Aucune commune des Hauts-de-France ne commence ainsi"), "{page}");
}

#[actix_web::test]
async fn a_commune_is_chosen_with_the_keyboard_the_mouse_or_without_scripts() {
    let Some(browser) = Browser::open() else { return };
    let site = site();
    let (_, path) = draft(&site).await;
    give_password(&site, "applicant@essai.example");
    let mut steps = signed_in("applicant@essai.example");
    steps.extend([go(&path), fill(FIELD, "st om"), see("Saint-Omer (62)")]);
    steps.extend(looked_at("communes"));
    steps.extend([
        fill(FIELD, "dunkerque"),
        see("Dunkerque (59)"),
        press("css=.proposals li"),
        holds(FIELD, "Dunkerque (59)"),
        Step::Reads("css=[data-unit=\"commune\"] .save-state".into(), "enregistré".into()),
        fill(FIELD, "grande synthe"),
        see("Grande-Synthe (59)"),
        Step::Press("ArrowDown".into()),
        Step::Press("Enter".into()),
        holds(FIELD, "Grande-Synthe (59)"),
        Step::Reads("css=[data-unit=\"commune\"] .save-state".into(), "enregistré".into()),
        go(&path),
        holds(FIELD, "Grande-Synthe (59)"),
    ]);
    browser.walk("communes", &site.base, &steps).unwrap();
    // The sign-in goes on from the walk before.
    let browser = browser.without_scripts();
    let mut steps = vec![Step::Become("applicant@essai.example".into()), Step::Phone];
    steps.extend([go(&path), fill("css=#champ-titre", "Marée"), fill(FIELD, "calais")]);
    steps.extend([press("Chercher la commune dans la liste"), see("Calais (62)")]);
    steps.extend([Step::Reflow, Step::Screenshot("communes-page".into())]);
    steps.extend([press("Calais (62)"), holds(FIELD, "Calais (62)"), holds("css=#champ-titre", "Marée")]);
    browser.walk("communes-plain", &site.base, &steps).unwrap();
}

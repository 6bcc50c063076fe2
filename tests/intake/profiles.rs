//! What an organisation says of itself once, and what it is told early.

use super::pages::{ORGANISATION, site, start, text};
use crate::support::site::Site;
use tisserand::domain::roles::Role;

/// The page of the only organisation of somebody.
async fn card(site: &Site, cookie: &str) -> String {
    let list = text(site.get(cookie, "/organisations").await, 200).await;
    let id = list.split("href=\"/organisations/").find(|part| part.starts_with('0')).unwrap();
    format!("/organisations/{}", id.split('"').next().unwrap())
}

#[actix_web::test]
async fn an_association_without_siret_applies_and_is_told_early_what_it_takes_to_be_paid() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    let mut form = ORGANISATION.to_vec();
    form[2] = ("rna", "W595012345");
    assert_eq!(site.post(&cookie, "/organisations/nouvelle", &form).await.status(), 303);
    let sentence = "aucun versement ne partira avant";
    let list = text(site.get(&cookie, "/organisations").await, 200).await;
    assert!(list.contains("SIRET manquant"), "{list}");
    let card = card(&site, &cookie).await;
    assert!(text(site.get(&cookie, &card).await, 200).await.contains(sentence));
    let start_page = text(site.get(&cookie, "/appels/RECITAL-2027-1/dossier").await, 200).await;
    assert!(start_page.contains(sentence), "{start_page}");
    let dossier = start(&site, &cookie, "RECITAL-2027-1").await;
    let page = text(site.get(&cookie, &dossier).await, 200).await;
    assert!(page.contains(sentence) && page.contains(&format!("{card}#champ-siret")), "{page}");
    let page = text(site.get(&cookie, &card).await, 200).await;
    let read_at = super::pages::field(&page, "lu");
    form.push(("siret", "732 829 320 00074"));
    form.push(("lu", &read_at));
    assert_eq!(site.post(&cookie, &card, &form).await.status(), 303);
    for path in [card.as_str(), dossier.as_str(), "/appels/RECITAL-2027-1/dossier"] {
        let page = text(site.get(&cookie, path).await, 200).await;
        assert!(!page.contains(sentence), "{page}");
    }
}

//! What an organisation says of itself once, and what it is told early.

use super::pages::{ORGANISATION, site, start, text};
use crate::support::{programme::person, site::Site};
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

/// The address of the only mandate of a page.
fn mandate(page: &str) -> String {
    let action = page.split("action=\"").find(|part| part.contains("/dirigeants/")).expect("a mandate");
    action.split('"').next().unwrap().to_owned()
}

#[actix_web::test]
async fn a_profile_is_written_once_by_a_form_of_its_own() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await;
    let card = card(&site, &cookie).await;
    let path = format!("{card}/profil");
    assert!(text(site.get(&cookie, &card).await, 200).await.contains(&path));
    let blank = text(site.get(&cookie, &path).await, 200).await;
    assert!(blank.contains("Êtes-vous une OSIM") && blank.contains("Personne n’est encore dans la liste"), "{blank}");
    let form = [
        ("lu", "0"),
        ("osim", "oui"),
        ("effectif", "1-2"),
        ("benevoles", "douze"),
        ("adherents", "40"),
        ("reseau", "applying"),
        ("delegation", ""),
    ];
    let refused = text(site.post(&cookie, &path, &form).await, 422).await;
    assert!(refused.contains("Écrivez un nombre entier") && refused.contains("value=\"douze\""), "{refused}");
    let mut right = form;
    right[3].1 = "12";
    assert_eq!(site.post(&cookie, &path, &right).await.status(), 303);
    let page = text(site.get(&cookie, &path).await, 200).await;
    assert!(page.contains("value=\"12\"") && page.contains("value=\"applying\" selected"), "{page}");
    assert_eq!(site.post(&cookie, &path, &right).await.status(), 409, "what was not seen is not overwritten");
    let stranger = site.cookie_of(&person(&site.db, "Autre porteur", Role::Applicant));
    assert_eq!(site.get(&stranger, &path).await.status(), 404);
    assert_eq!(site.post(&stranger, &path, &right).await.status(), 404);
}

#[actix_web::test]
async fn past_mandates_are_kept_and_one_that_ended_is_said_kindly() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await;
    let card = card(&site, &cookie).await;
    let (page_of, list) = (format!("{card}/profil"), format!("{card}/dirigeants"));
    let wrong = [("nom", "Anaïs Lefèvre"), ("fonction", "president"), ("debut", "2025-01-01"), ("fin", "2024-01-01")];
    let page = text(site.post(&cookie, &list, &wrong).await, 422).await;
    assert!(page.contains("Le mandat finit avant de commencer"), "{page}");
    let right = [("nom", "Anaïs Lefèvre"), ("fonction", "president"), ("debut", "2023-01-01"), ("fin", "2026-11-30")];
    assert_eq!(site.post(&cookie, &list, &right).await.status(), 303);
    let sentence = "ce mandat s’est terminé le 30\u{a0}novembre 2026";
    for path in [&page_of, &card] {
        let page = text(site.get(&cookie, path).await, 200).await;
        assert!(page.contains(sentence), "{page}");
    }
    let next = [("nom", "Paul Noël"), ("fonction", "president"), ("debut", "2026-12-01"), ("fin", "")];
    assert_eq!(site.post(&cookie, &list, &next).await.status(), 303);
    let page = text(site.get(&cookie, &page_of).await, 200).await;
    assert!(!page.contains(sentence) && page.contains("mandat terminé"), "{page}");
    assert!(page.contains("il manque la délégation"), "whoever represents leads no longer: {page}");
    let page = text(site.get(&cookie, &page_of).await, 200).await;
    let one = mandate(&page);
    let gone = site.post(&cookie, &format!("{one}/retrait"), &[]).await;
    assert_eq!(gone.status(), 303);
    let stranger = site.cookie_of(&person(&site.db, "Autre porteur", Role::Applicant));
    assert_eq!(site.post(&stranger, &format!("{one}/retrait"), &[]).await.status(), 404);
}

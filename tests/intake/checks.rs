//! Reading a draft again before it is filed: every answer with the way to change it, and one button that files it.

use super::pages::{ORGANISATION, field, site, start, text};
use crate::support::{
    databases::sqlite,
    programme::{Programme, open},
    site::Site,
};
use tisserand::domain::{lifecycles::applications::ApplicationState, roles::Role};

#[actix_web::test]
async fn a_complete_draft_is_read_again_and_filed_by_one_button() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.complete(1, 3_000);
    let site = Site::over(&programme.db, open());
    let (cookie, home) = (site.cookie_of(&who), format!("/dossiers/{id}"));
    let page = text(site.get(&cookie, &home).await, 200).await;
    assert!(page.contains(&format!("href=\"{home}/verification\"")) && !page.contains("/depot"), "{page}");
    let page = text(site.get(&cookie, &format!("{home}/verification")).await, 200).await;
    for said in ["brouillon, non déposé", "Un océan, deux classes 1", "rubriques/projet#champ-titre", "Tout est là"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert_eq!(page.matches(&format!("action=\"{home}/depot\"")).count(), 1, "one button files it");
    let (version, token) = (field(&page, "version"), field(&page, "token"));
    let sent = site.post(&cookie, &format!("{home}/depot"), &[("version", &version), ("token", &token)]).await;
    assert_eq!(sent.status(), 303);
    assert_eq!(programme.application(id).state, ApplicationState::Submitted);
    let gone = site.get(&cookie, &format!("{home}/verification")).await;
    assert_eq!((gone.status().as_u16(), gone.headers()["location"].to_str().unwrap()), (303, home.as_str()));
}

#[actix_web::test]
async fn what_is_missing_is_named_with_the_way_to_it_and_nothing_can_be_filed() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await;
    let dossier = start(&site, &cookie, "RECITAL-2027-1").await;
    for path in [dossier.clone(), format!("{dossier}/verification")] {
        let page = text(site.get(&cookie, &path).await, 200).await;
        let places = ["rubriques/projet#champ-titre", "rubriques/pieces#piece-statuts", "rubriques/budget\""];
        for place in places {
            assert!(page.contains(&format!("href=\"{dossier}/{place}")), "{path}: {place}: {page}");
        }
        assert!(!page.contains("/depot"), "{page}");
    }
    let section = text(site.get(&cookie, &format!("{dossier}/rubriques/pieces")).await, 200).await;
    assert!(section.contains("id=\"piece-statuts\""), "the way leads to the document itself");
    let partner = [("partenaire-0-nom", "Médiathèque"), ("partenaire-0-courriel", "salle@example.org")];
    site.post(&cookie, &format!("{dossier}/rubriques/partenaires"), &partner).await;
    let page = text(site.get(&cookie, &format!("{dossier}/verification")).await, 200).await;
    assert!(page.contains("Médiathèque") && page.contains("mailto:salle@example.org"), "{page}");
    let stranger = site.person(Role::Officer);
    assert_eq!(site.get(&stranger, &format!("{dossier}/verification")).await.status(), 404);
}

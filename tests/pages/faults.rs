//! Every fault of a form at once, each beside its field, in French.

use super::{field, text};
use crate::support::{
    databases::{each_database, sqlite},
    grants::Paying,
    programme::{Programme, closed, open},
    site::Site,
};
use reqwest::multipart::Form;
use tisserand::{
    domain::{money::Euros, roles::Role},
    store::answers,
    usecases::answers as verbs,
};

/// That each sentence stands on the page, beside a field of its own.
fn says_all(page: &str, sentences: &[(&str, &str)]) {
    for (field, sentence) in sentences {
        let beside = page.split(&format!("id=\"erreur-{field}\"")).nth(1).unwrap_or_else(|| panic!("{field}: {page}"));
        let beside = beside.split("</p>").next().unwrap();
        assert!(beside.contains(sentence), "{field}: {beside}");
    }
    assert!(page.contains(&format!("{} points sont à corriger", sentences.len())), "{page}");
}

#[actix_web::test]
async fn an_empty_session_form_says_everything_that_is_missing() {
    let world = Programme::on(sqlite());
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.officer);
    let token = field(&text(site.get(&cookie, "/seances").await, 200).await, "token");
    let page = text(site.post(&cookie, "/seances", &[("token", &token)]).await, 422).await;
    says_all(
        &page,
        &[
            ("appel", "Choisissez l’appel"),
            ("titre", "Donnez un titre"),
            ("date", "Indiquez une date"),
            ("heure", "Indiquez une heure"),
            ("lieu", "Indiquez où la séance se tient"),
        ],
    );
}

#[actix_web::test]
async fn an_empty_decision_lacks_its_verdict_and_its_motive() {
    let world = Programme::on(sqlite());
    let (_, file, _) = world.in_review(1, 3_000);
    let session = world.session();
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.officer);
    let path = format!("/seances/{session}/dossiers/{file}");
    let page = text(site.get(&cookie, &path).await, 200).await;
    let (version, token) = (field(&page, "version"), field(&page, "token"));
    let page = text(site.post(&cookie, &path, &[("version", &version), ("token", &token)]).await, 422).await;
    says_all(&page, &[("decision", "Choisissez une décision."), ("motif", "Écrivez le motif")]);
}

#[actix_web::test]
async fn an_account_and_an_amendment_say_everything_at_once() {
    let paying = Paying::on(sqlite());
    let grantee = paying.award("Les Passeurs", Euros::whole(10_000));
    paying.announce();
    paying.accept(&grantee);
    let site = Site::over(&paying.db, paying.now);
    let cookie = site.cookie_of(&grantee.holder);
    let path = format!("/organisations/{}/compte", grantee.organisation);
    let fields = [("titulaire", ""), ("iban", "FR76 1"), ("bic", "AB")];
    let page = text(site.post_file(&cookie, &path, &fields, None).await, 422).await;
    says_all(
        &page,
        &[
            ("titulaire", "Recopiez le titulaire"),
            ("iban", "IBAN"),
            ("bic", "Un BIC compte"),
            ("rib", "Joignez le RIB"),
        ],
    );
    let path = format!("/subventions/{}/avenants", grantee.grant);
    let page = text(site.post(&cookie, &path, &[]).await, 422).await;
    says_all(
        &page,
        &[
            ("nature", "Choisissez ce qui change."),
            ("demande", "Décrivez ce qui doit changer."),
            ("motif", "Expliquez pourquoi."),
        ],
    );
}

#[actix_web::test]
async fn a_fault_of_a_definition_is_said_in_french_with_its_line() {
    let site = Site::at(closed());
    let officer = site.person(Role::Officer);
    let fixture = include_str!("../../fixtures/recital.toml");
    for (old, new, says) in [
        ("closes = \"2027-01-31\"", "closes = \"2026-10-31\"", "l’appel ferme avant d’ouvrir."),
        ("decided_by = \"board\"", "decided_by = \"jury\"", "la valeur « jury » n’existe pas."),
        ("applications = \"one\"", "application = \"one\"", "le champ « application » n’existe pas ici."),
        ("envelope = \"60 000\"", "envelope = 60000", "la valeur n’a pas la forme attendue"),
    ] {
        let broken = fixture.replacen(old, new, 1);
        let line = 1 + broken.lines().position(|line| line.contains(new)).unwrap();
        let form = Form::new().text("definition", broken);
        let page = text(site.post_files(&officer, "/appels-a-projets/nouveau", form).await, 422).await;
        assert!(page.contains(&format!("Ligne {line}, colonne")) && page.contains(says), "{says}: {page}");
        assert!(!page.contains("anglais"), "{page}");
    }
}

#[actix_web::test]
async fn a_partners_country_is_chosen_from_a_list_and_an_unknown_code_stays() {
    for db in each_database() {
        let world = Programme::on(db);
        let (holder, id) = world.complete(1, 3_000);
        let site = Site::over(&world.db, open());
        let cookie = site.cookie_of(&holder);
        let section = world
            .definition
            .sections
            .iter()
            .find(|section| section.content == tisserand::domain::definitions::SectionContent::Partners);
        let code = section.unwrap().code.clone();
        let path = format!("/dossiers/{id}/rubriques/{code}");
        let page = text(site.get(&cookie, &path).await, 200).await;
        assert!(page.contains("<option value=\"SN\">Sénégal</option>") && !page.contains("en deux lettres"), "{page}");
        assert!(page.contains("<option value=\"FR\" selected>France</option>"), "{page}");
        let typed = [("partenaire-0-nom", "Teranga"), ("partenaire-0-pays", "SN")];
        assert_eq!(site.post(&cookie, &path, &typed).await.status(), 303);
        let kept = world.db.read(|conn| answers::partners_of(conn, id)).unwrap();
        assert_eq!((kept[0].name.as_str(), kept[0].country_code.as_str()), ("Teranga", "SN"));
        let old = [("partenaire-0-nom", "Teranga"), ("partenaire-0-pays", "ZZ")];
        let old = old.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        world.db.write(|tx| verbs::save_section(tx, &holder, id, &code, &old, open())).unwrap();
        let page = text(site.get(&cookie, &path).await, 200).await;
        assert!(page.contains("<option value=\"ZZ\" selected>ZZ</option>"), "{page}");
    }
}

#[actix_web::test]
async fn an_amount_and_dates_outside_the_rules_are_kept_and_said_beside_their_fields() {
    let world = Programme::on(sqlite());
    let (holder, id) = world.complete(1, 3_000);
    let site = Site::over(&world.db, open());
    let cookie = site.cookie_of(&holder);
    let path = format!("/dossiers/{id}/rubriques/projet");
    let typed = [("montant", "9 000"), ("debut", "2027-02-01"), ("fin", "2029-02-01")];
    let page = text(site.post(&cookie, &path, &typed).await, 422).await;
    says_all(&page, &[("montant", "9 000"), ("debut", "1er"), ("fin", "de 1 à 18 mois")]);
    let row = world.application(id);
    assert_eq!(row.requested_cents, Euros::whole(9_000), "a draft may be wrong");
    assert_eq!(row.starts_on, "2027-02-01".parse().ok());
    let home = text(site.get(&cookie, &format!("/dossiers/{id}")).await, 200).await;
    assert!(home.contains("de 1 à 18 mois"), "{home}");
    let check = text(site.get(&cookie, &format!("/dossiers/{id}/verification")).await, 200).await;
    assert!(check.contains("de 1 à 18 mois") && check.contains("Il manque encore"), "it cannot be filed: {check}");
}

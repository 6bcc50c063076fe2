//! A form that is revised while somebody writes away from the network: what is asked no longer holds back nothing, and its
//! text stays with whoever wrote it.

use super::{
    field_saves::{PAGE, pen},
    pages::text,
    typing::{SAVED, fill, go, holds, looked_at, press, see, signed_in, word},
    walks::give_password,
};
use crate::support::{
    browser::{Browser, Step},
    databases::{each_database, sqlite},
    forms,
    programme::{Programme, open},
    site::Site,
};
use tisserand::{
    domain::definitions::{QuestionKind, ShowIf},
    store::answers,
};

const FORM: &str = "/appels-a-projets/RECITAL-2027-1/preparation/formulaire";
const PUBLICATION: &str = "/appels-a-projets/RECITAL-2027-1/revision/publication";
const ENVIRONMENT: &str = "css=#champ-environnement";
const KEPT: &str = "non enregistré – gardé sur ce téléphone";

/// An officer takes a question out of the form and publishes that.
async fn remove(site: &Site, officer: &str, question: &str) {
    let send = async |page: &str, action: &str, changes: &[(&str, &str)]| {
        let html = text(site.get(officer, page).await, 200).await;
        let fields = forms::changed(forms::fields(&html, action), changes);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(site.post(officer, action, &fields).await.status(), 303, "{action}");
    };
    send(FORM, &format!("{FORM}/question.{question}/retrait"), &[]).await;
    send(PUBLICATION, PUBLICATION, &[("motif", "Cette question n’aidait personne.")]).await;
}

#[actix_web::test]
async fn a_question_asked_no_longer_is_answered_so_and_its_neighbours_are_saved() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (who, id) = programme.complete(1, 3_000);
        let site = Site::over(&programme.db, open());
        let (cookie, dossier) = (site.cookie_of(&who), format!("/dossiers/{id}"));
        let page = pen(&site, &cookie, &dossier, "sens", PAGE).await;
        let before = site.db.read(|conn| answers::of_application(conn, id)).unwrap();
        remove(&site, &site.cookie_of(&programme.officer), "environnement").await;
        let (status, answer) = page.sends(1, "environnement", "", &[("environnement", "Écrit sans réseau.")]).await;
        assert_eq!((status, &answer["state"]), (200, &"not_asked".into()), "{answer}");
        assert!(answer["wrong"][0][1].as_str().unwrap().contains("ne pose plus cette question"), "{answer}");
        let after = site.db.read(|conn| answers::of_application(conn, id)).unwrap();
        assert_eq!(before.get("environnement"), after.get("environnement"), "nothing is written");
        assert_eq!(page.writes(2, "droits", &before["droits"], "Les droits, aussi.").await, "saved");
    }
}

#[actix_web::test]
async fn a_section_shown_no_longer_takes_nothing_and_a_question_that_moved_is_written_where_it_is() {
    for db in each_database() {
        let programme = Programme::with(db, |call| {
            let public = call.sections.iter().position(|section| section.code == "public").unwrap();
            assert_eq!(call.sections[public].questions[2].kind, QuestionKind::YesNo);
            let methode = call.sections.iter_mut().find(|section| section.code == "methode").unwrap();
            methode.show_if = Some(ShowIf { question: "eloigne".into(), any_of: vec!["oui".into()] });
        });
        let (who, id) = programme.complete(1, 3_000);
        let site = Site::over(&programme.db, open());
        let (cookie, dossier) = (site.cookie_of(&who), format!("/dossiers/{id}"));
        let methode = pen(&site, &cookie, &dossier, "methode", PAGE).await;
        let public = pen(&site, &cookie, &dossier, "public", PAGE).await;
        assert_eq!(public.writes(1, "eloigne", "oui", "non").await, "saved");
        let (status, answer) = methode.sends(2, "objectifs", "", &[("objectifs", "Trois objectifs.")]).await;
        assert_eq!((status, &answer["state"]), (200, &"not_asked".into()), "{answer}");
        // The page of another section still has a question that is here today.
        let stored = site.db.read(|conn| answers::of_application(conn, id)).unwrap();
        let (_, answer) = public.sends(3, "titre", &stored["titre"], &[("titre", "Un autre titre")]).await;
        assert_eq!(answer["state"], "saved", "{answer}");
        let stored = site.db.read(|conn| answers::of_application(conn, id)).unwrap();
        assert_eq!((stored["titre"].as_str(), stored["eloigne"].as_str()), ("Un autre titre", "non"));
    }
}

#[actix_web::test]
async fn a_text_written_away_from_the_network_outlives_the_removal_of_its_question() {
    let Some(browser) = Browser::open() else { return };
    let programme = Programme::on(sqlite());
    let (_, id) = programme.complete(1, 3_000);
    let site = Site::over(&programme.db, open());
    let (holder, officer) = ("porteuse.1@example.org", "lucie.hennebelle@example.org");
    give_password(&site, holder);
    give_password(&site, officer);
    let (dossier, left) = (format!("/dossiers/{id}"), "Le formulaire ne pose plus cette question");
    let mut steps = signed_in(holder);
    steps.extend([go(&format!("{dossier}/rubriques/sens")), Step::Offline(true)]);
    steps.extend([fill(ENVIRONMENT, "Écrit sans réseau."), word("environnement", KEPT)]);
    steps.extend([fill("css=#champ-droits", "Les droits, aussi."), word("droits", KEPT)]);
    // Meanwhile the form changes.
    steps.extend(signed_in(officer));
    steps.extend([go(FORM), press("css=form[action$='/question.environnement/retrait'] button")]);
    steps.extend([go(PUBLICATION), fill("css=#champ-motif", "Elle n’aidait personne.")]);
    steps.extend([press(&format!("css=form[action='{PUBLICATION}'] .buttons button")), see("est publiée")]);
    steps.extend([Step::Become(holder.into()), Step::Phone, Step::Offline(false)]);
    steps.extend([word("droits", SAVED), see(left), see("hors du dossier")]);
    steps.extend([holds("css=.left textarea", "Écrit sans réseau."), Step::Absent("Pas de connexion".into())]);
    steps.extend(looked_at("left"));
    // What comes after is saved as ever, and the button works.
    steps.extend([fill("css=#champ-droits", "Les droits de chacun·e."), word("droits", SAVED)]);
    steps.extend([press("css=button[name='suite'][value='dossier']:not(.sr)"), see("C’est enregistré.")]);
    steps.extend([see(left), holds("css=.left textarea", "Écrit sans réseau.")]);
    steps.extend(looked_at("left-home"));
    steps.extend([go(&format!("{dossier}/verification")), see(left), see("Les droits de chacun·e.")]);
    steps.extend([press("Déposer le dossier"), see("Votre dossier est déposé."), see(left)]);
    steps.push(press("css=.left button"));
    steps.extend([go(&dossier), see("Vos réponses et vos pièces"), Step::Absent("hors du dossier".into())]);
    browser.walk("revised", &site.base, &steps).unwrap();
}

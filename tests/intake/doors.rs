//! The ways in and the pages around a file: fit for everybody, in error too.

use super::{
    typing::{fill, go, looked_at, press, see, signed_in},
    walks::give_password,
};
use crate::support::{
    browser::{Browser, Step},
    databases::sqlite,
    programme::{Programme, open},
    site::Site,
};

#[actix_web::test]
async fn the_ways_in_are_fit_for_everybody_when_something_is_wrong_too() {
    let Some(browser) = Browser::open() else { return };
    let programme = Programme::on(sqlite());
    programme.complete(1, 3_000);
    let site = Site::over(&programme.db, open());
    give_password(&site, "porteuse.1@example.org");
    let wrong = "à corriger";
    let mut steps = vec![go("/connexion"), press("Recevoir un lien de connexion"), see(wrong), Step::Summary];
    steps.extend(looked_at("wrong-link-asked"));
    steps.extend([
        fill("css=#champ-email", "porteuse.1@example.org"),
        press("Recevoir un lien de connexion"),
        see("Regardez votre boîte aux lettres"),
    ]);
    steps.extend(looked_at("link-sent"));
    steps.extend([
        go("/connexion"),
        press("J’ai un mot de passe"),
        fill("css=#email-mot-de-passe", "porteuse.1@example.org"),
        fill("css=#champ-mot_de_passe", "pas le bon"),
        press("css=form[action='/connexion'] button"),
        see(wrong),
        Step::Summary,
    ]);
    steps.extend(looked_at("wrong-password"));
    steps.extend([go("/connexion/lien/0123456789abcdef"), see("Ce lien ne sert plus")]);
    steps.extend(looked_at("link-over"));
    steps.extend([go("/quel-fonds"), fill("css=#champ-montant", "beaucoup"), press("Voir la réponse"), see(wrong)]);
    steps.push(Step::Summary);
    steps.extend(looked_at("wrong-quiz"));
    steps.push(go("/quel-fonds?forme=association&code_postal=59000&montant=3000"));
    steps.push(see("Ce que nous pouvons vous dire"));
    steps.extend(looked_at("quiz-answered"));
    browser.walk("doors", &site.base, &steps).unwrap();
}

#[actix_web::test]
async fn the_pages_around_a_file_are_fit_for_everybody_when_something_is_wrong_too() {
    let Some(browser) = Browser::open() else { return };
    let programme = Programme::on(sqlite());
    let (_, draft) = programme.complete(1, 3_000);
    let site = Site::over(&programme.db, open());
    give_password(&site, "porteuse.1@example.org");
    let (card, wrong) = (format!("/organisations/{}", programme.application(draft).organisation_id), "à corriger");
    let mut steps = signed_in("porteuse.1@example.org");
    for (path, button, name) in [
        (card.as_str(), "css=form[action$='/invitations'] button", "wrong-invitation"),
        ("/compte", "css=form[action='/compte/mot-de-passe'] button", "wrong-own-password"),
    ] {
        steps.extend([go(path), press(button), see(wrong), Step::Summary]);
        steps.extend(looked_at(name));
    }
    steps.extend([go(&format!("{card}/compte")), fill("css=#champ-iban", "FR76 1234")]);
    steps.extend([press("Enregistrer ce compte"), see(wrong), Step::Summary]);
    steps.extend(looked_at("wrong-account"));
    steps.extend([go(&format!("/dossiers/{draft}/verification")), see("Déposer")]);
    steps.extend(looked_at("check-complete"));
    browser.walk("around", &site.base, &steps).unwrap();
}

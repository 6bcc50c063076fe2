//! The way of an applicant in a real browser, page by page, when something is wrong too: nothing keeps anybody out.

use super::{
    people::links,
    typing::{fill, go, looked_at, press, see, signed_in},
    walks::give_password,
};
use crate::support::{
    browser::{Browser, Step},
    databases::sqlite,
    programme::{Programme, closed, open},
    site::Site,
};
use tisserand::{
    domain::{definitions::FilingSignature, organisations::MemberSeat},
    store::Tx,
    usecases::{login_links, organisations, reference_data},
};

const WRONG: &str = "à corriger";
const WHO: &str = "porteuse.1@example.org";

#[actix_web::test]
async fn the_doors_of_the_site_are_fit_for_everybody() {
    let Some(browser) = Browser::open() else { return };
    let programme = Programme::on(sqlite());
    let (who, _) = programme.complete(1, 3_000);
    programme.organisation(&who, 9);
    programme.db.write(reference_data::load).unwrap();
    let site = Site::over(&programme.db, open());
    give_password(&site, WHO);
    programme.db.write(|tx| login_links::ask(tx, &WHO.parse().unwrap(), "/compte", open())).unwrap();
    let link = *links(&programme.db).last().unwrap();
    let door = programme.db.write(|tx| login_links::arm(tx, link, open())).unwrap();

    let mut steps = vec![go("/quel-fonds?forme=&code_postal=5900&montant=beaucoup"), see(WRONG), Step::Summary];
    steps.extend(looked_at("wrong-funds"));
    steps.extend([go("/quel-fonds?forme=association&code_postal=59000&montant=3000"), see("Ce que nous pouvons")]);
    steps.extend(looked_at("funds"));
    steps.extend([go("/connexion"), press("Recevoir un lien de connexion"), see(WRONG), Step::Summary]);
    steps.extend(looked_at("wrong-sign-in"));
    steps.extend([
        go("/connexion"),
        press("J’ai un mot de passe"),
        fill("css=#email-mot-de-passe", WHO),
        fill("css=#champ-mot_de_passe", "pas le bon"),
        press("css=form[action='/connexion'] button"),
        see("n’est pas le bon"),
        Step::Summary,
    ]);
    steps.extend(looked_at("wrong-password"));
    steps.extend([go(&door), see("Bonjour")]);
    steps.extend(looked_at("link"));
    steps.extend([press("Entrer"), see("Mon compte")]);
    steps.extend(looked_at("account"));
    steps.extend([
        fill("css=#champ-mot_de_passe", "court"),
        press("Enregistrer le mot de passe"),
        see(WRONG),
        Step::Summary,
    ]);
    steps.extend(looked_at("wrong-new-password"));
    steps.extend([go(&door), see("Ce lien ne sert plus")]);
    steps.extend(looked_at("used-link"));
    steps.extend([go("/connexion/lien/inconnu"), see("Ce lien ne sert plus")]);
    steps.extend(looked_at("unknown-link"));
    steps.extend([go("/appels/RECITAL-2027-1/dossier"), press("Commencer"), see(WRONG), Step::Summary]);
    steps.extend(looked_at("wrong-start"));
    browser.walk("doors", &site.base, &steps).unwrap();
}

#[actix_web::test]
async fn what_is_read_again_signed_and_completed_is_fit_for_everybody() {
    let Some(browser) = Browser::open() else { return };
    let programme = Programme::with(sqlite(), |call| call.filing_signature = Some(FilingSignature::Representative));
    let (who, id) = programme.complete(1, 3_000);
    let organisation = programme.application(id).organisation_id;
    let tao = "tao@example.org".parse().unwrap();
    let seat = |tx: &mut Tx| {
        organisations::invite(tx, &who, organisation, (&tao, "Tao Trésor"), MemberSeat::Treasurer, open())
    };
    programme.db.write(seat).unwrap();
    let site = Site::over(&programme.db, open());
    give_password(&site, WHO);
    give_password(&site, "tao@example.org");
    let home = format!("/dossiers/{id}");
    let mut steps = signed_in(WHO);
    steps.extend([go(&format!("{home}/verification")), see("brouillon, non déposé")]);
    steps.extend(looked_at("check-unsigned"));
    steps.extend([go(&format!("{home}/signature")), press("Signer le dossier"), see(WRONG), Step::Summary]);
    steps.extend(looked_at("wrong-signature"));
    steps.extend([Step::Tick("css=#champ-engagement".into()), press("css=form[action$='/signature'] button")]);
    steps.extend([see("C’est signé."), go(&format!("{home}/verification")), see("Tout est là")]);
    steps.extend(looked_at("check-complete"));
    steps.extend([go(&format!("/organisations/{organisation}")), press("Inviter"), see(WRONG), Step::Summary]);
    steps.extend(looked_at("wrong-invitation"));
    steps.extend(signed_in("tao@example.org"));
    steps.extend([go(&home), see("Vous tenez le budget de ce dossier")]);
    steps.extend(looked_at("treasurer"));
    browser.walk("signed", &site.base, &steps).unwrap();
}

#[actix_web::test]
async fn a_complement_on_its_way_is_fit_for_everybody() {
    let Some(browser) = Browser::open() else { return };
    let programme = Programme::on(sqlite());
    let (_, id) = programme.filed(1, 3_000);
    programme.ask_complement(id, "Un titre plus clair.", &["question-titre", "document-rib"], closed()).unwrap();
    let site = Site::over(&programme.db, closed());
    give_password(&site, WHO);
    let home = format!("/dossiers/{id}");
    let mut steps = signed_in(WHO);
    steps.extend([go(&home), see("Le complément demandé")]);
    steps.extend(looked_at("complement"));
    steps.extend([go(&format!("{home}/rubriques/projet")), see("Titre de l’action")]);
    steps.extend(looked_at("complement-section"));
    steps.push(go(&format!("{home}/rubriques/pieces")));
    steps.extend(looked_at("complement-papers"));
    steps.push(go(&format!("{home}/messages")));
    steps.extend(looked_at("messages"));
    browser.walk("complement", &site.base, &steps).unwrap();
}

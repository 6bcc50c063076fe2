//! The applicants' side in a real browser, at the width of a telephone and of a desk: fit for everybody, nothing sideways.

use super::{
    edits::draft_of_two,
    owed_documents::without_rib,
    pages::site,
    typing::{fill, go, looked_at, press, see, signed_in},
};
use crate::support::{
    browser::{Browser, Step},
    databases::sqlite,
    programme::{Programme, closed, open},
    site::Site,
};
use tisserand::{
    domain::{definitions::FilingSignature, identity::Email, time::Moment},
    store::{Tx, documents, organisations as rows},
    usecases::{passwords, people},
};

const PASSWORD: &str = "un-mot-de-passe-long";

/// Gives a password to somebody who is known.
pub(super) fn give_password(site: &Site, email: &str) {
    let (hash, now) = (passwords::hash(PASSWORD).unwrap(), site.clock.now());
    let email: Email = email.parse().unwrap();
    let set = |tx: &mut Tx| {
        let id = people::by_email(tx.conn(), &email)?;
        people::set_password(tx, id, &hash, now)
    };
    site.db.write(set).unwrap();
}

#[actix_web::test]
async fn an_earlier_file_the_team_and_the_vault_are_fit_for_everybody() {
    let Some(browser) = Browser::open() else { return };
    let site = site();
    let (dossier, author, _) = draft_of_two(&site).await;
    site.post(&author, &format!("{dossier}/rubriques/projet"), &[("titre", "Chants du canal")]).await;
    give_password(&site, "applicant@essai.example");
    let find = |conn: &mut tisserand::store::Conn| {
        let person = people::by_email(conn, &"applicant@essai.example".parse().unwrap())?;
        Ok::<_, tisserand::usecases::UseCaseError>(rows::of_person(conn, person)?[0].id)
    };
    let organisation = site.db.read(find).unwrap();
    let card = format!("/organisations/{organisation}");
    let mut steps = signed_in("applicant@essai.example");
    steps.push(go(&format!("/appels/TANDEMS-2027/dossier?copie={}", dossier.trim_start_matches("/dossiers/"))));
    steps.extend(looked_at("start"));
    steps.extend([press("Commencer"), see("Ce qui vient de votre ancien dossier")]);
    steps.extend(looked_at("copied"));
    steps.extend([press("J’ai lu, masquer cette liste"), Step::Absent("ancien dossier".into())]);
    steps.extend([go(&card), press("Changer ce que peut faire cette personne")]);
    steps.extend(looked_at("team"));
    steps.extend([go(&format!("{card}/coffre")), press("css=#papier-assurance summary")]);
    steps.extend(looked_at("vault"));
    browser.walk("holder", &site.base, &steps).unwrap();
}

#[actix_web::test]
async fn a_representative_signs_on_a_telephone() {
    let Some(browser) = Browser::open() else { return };
    let programme = Programme::with(sqlite(), |call| call.filing_signature = Some(FilingSignature::Representative));
    let (_, id) = programme.complete(1, 3_000);
    let site = Site::over(&programme.db, open());
    give_password(&site, "porteuse.1@example.org");
    let home = format!("/dossiers/{id}");
    let mut steps = signed_in("porteuse.1@example.org");
    steps.extend([go(&home), see("à signer par")]);
    steps.extend(looked_at("to-sign"));
    steps.push(press("relire et signer"));
    steps.extend(looked_at("signature"));
    steps.extend([press("Signer le dossier"), see("Cochez la case pour signer."), Step::Summary]);
    steps.extend(looked_at("wrong-signature"));
    steps.extend([
        Step::Tick("css=#champ-engagement".into()),
        press("css=form[action$='/signature'] button"),
        see("C’est signé."),
    ]);
    browser.walk("signature", &site.base, &steps).unwrap();
}

#[actix_web::test]
async fn a_filed_file_says_what_it_owes_and_the_team_sees_what_is_late() {
    let Some(browser) = Browser::open() else { return };
    let programme = Programme::on(sqlite());
    let (who, id) = without_rib(&programme);
    programme.submit(&who, id);
    let site = Site::over(&programme.db, Moment::start_of_day("2027-05-03".parse().unwrap()));
    give_password(&site, "porteuse.1@example.org");
    give_password(&site, "lucie.hennebelle@example.org");
    let mut steps = signed_in("porteuse.1@example.org");
    steps.extend([go(&format!("/dossiers/{id}")), see("Pièces à fournir")]);
    steps.extend(looked_at("owed"));
    steps.extend(signed_in("lucie.hennebelle@example.org"));
    steps.extend([go("/instruction"), press("Pièces en retard (1)"), see("Relevé d’identité bancaire")]);
    steps.extend(looked_at("overdue"));
    browser.walk("owed", &site.base, &steps).unwrap();
}

#[actix_web::test]
async fn the_pages_of_a_file_are_fit_for_everybody_when_something_is_wrong_too() {
    let Some(browser) = Browser::open() else { return };
    let site = site();
    let (dossier, _, _) = draft_of_two(&site).await;
    give_password(&site, "applicant@essai.example");
    let wrong = "à corriger";
    let mut steps = vec![go("/inscription"), press("Créer mon compte"), see(wrong), Step::Summary];
    steps.extend(looked_at("wrong-sign-up"));
    steps.extend(signed_in("applicant@essai.example"));
    steps.extend([go("/organisations/nouvelle"), press("css=form[action$='/nouvelle'] .buttons button"), see(wrong)]);
    steps.push(Step::Summary);
    steps.extend(looked_at("wrong-organisation"));
    steps.extend([go(&format!("{dossier}/verification")), see("Ce qui manque encore")]);
    steps.extend(looked_at("check-incomplete"));
    steps.extend([
        go(&format!("{dossier}/rubriques/projet")),
        fill("css=#champ-montant", "-5"),
        press("css=button[name='suite'][value='dossier']:not(.sr)"),
        Step::Summary,
        see("Un montant ne peut pas être négatif."),
    ]);
    steps.extend(looked_at("wrong-section"));
    steps.extend([
        go(&format!("{dossier}/rubriques/budget")),
        press("Coller depuis un tableur"),
        fill("css=#champ-tableur", "601\t1 250,50 €\nLicornes\t10\nTotal\t1 260,50"),
        press("Lire ce tableau"),
        see("Ce que nous avons lu dans votre tableau"),
    ]);
    steps.extend(looked_at("wrong-paste"));
    steps.extend([
        go(&format!("{dossier}/rubriques/partenaires")),
        fill("css=#champ-partenaire-0-role", "prête la salle"),
        press("css=button[name='suite'][value='dossier']:not(.sr)"),
        Step::Summary,
        see("Écrivez le nom de ce partenaire."),
    ]);
    steps.extend(looked_at("wrong-partners"));
    steps.extend([
        go("/appels/TANDEMS-2027/dossier"),
        Step::Tick("css=input[name='organisation']".into()),
        press("Commencer"),
        see("à apparier"),
        press("Demander un binôme"),
        Step::Summary,
        see("Dites en quelques mots qui vous cherchez."),
    ]);
    steps.extend(looked_at("wrong-wish"));
    browser.walk("wrong", &site.base, &steps).unwrap();
}

#[actix_web::test]
async fn the_other_pages_of_an_applicant_are_fit_for_everybody_when_something_is_wrong_too() {
    let Some(browser) = Browser::open() else { return };
    let programme = Programme::on(sqlite());
    let (_, draft) = programme.complete(1, 3_000);
    let (_, filed) = programme.filed(2, 3_000);
    programme.ask_complement(filed, "Un titre plus clair.", &["question-titre"], closed()).unwrap();
    let letters = programme.db.read(|conn| documents::of_subject(conn, filed.as_str())).unwrap();
    let site = Site::over(&programme.db, closed());
    give_password(&site, "porteuse.1@example.org");
    give_password(&site, "porteuse.2@example.org");
    let (card, wrong) = (format!("/organisations/{}", programme.application(draft).organisation_id), "à corriger");
    let mut steps = signed_in("porteuse.1@example.org");
    steps.extend([go(&format!("{card}/profil")), press("css=form[action$='/dirigeants'] button"), see(wrong)]);
    steps.push(Step::Summary);
    steps.extend(looked_at("wrong-profile"));
    // The proposals of the field close when it is left.
    let search = |name: &str| {
        let leave = Step::Press("Tab".into());
        [fill("css=#champ-ville", name), leave, press("Chercher la commune dans la liste")]
    };
    steps.push(go(&card));
    steps.extend(search("Tombouctou"));
    steps.push(see("Vérifiez son nom, ou gardez-le si elle est ailleurs."));
    steps.extend(looked_at("wrong-commune"));
    steps.extend(search("Lill"));
    steps.push(see("Communes trouvées"));
    steps.extend(looked_at("found-communes"));
    steps.extend([go(&format!("/dossiers/{draft}/liens")), Step::Tick("css=#champ-liens-oui".into())]);
    steps.extend([press("Enregistrer la déclaration"), see(wrong), Step::Summary]);
    steps.extend(looked_at("wrong-ties"));
    steps.extend([go(&format!("{card}/coffre")), press("css=#papier-assurance summary")]);
    steps.extend([press("css=#papier-assurance form .buttons button"), see(wrong), Step::Summary]);
    steps.extend(looked_at("wrong-vault"));
    steps.extend([go(&format!("/dossiers/{draft}/retrait")), see("Ce qui va se passer")]);
    steps.extend(looked_at("withdrawal"));
    steps.extend([go("/verifier?code=AAAA-AAAA"), see("Aucun document ne porte ce code.")]);
    steps.extend(looked_at("unknown-code"));
    steps.extend([go(&format!("/verifier/{}", letters[0].check_code)), see("Document authentique")]);
    steps.extend(looked_at("genuine-code"));
    steps.extend(signed_in("porteuse.2@example.org"));
    steps.extend([go(&format!("/dossiers/{filed}")), see("Un titre plus clair."), press("Envoyer le complément")]);
    steps.extend([see(wrong), Step::Summary]);
    steps.extend(looked_at("wrong-complement"));
    steps.extend([go(&format!("/dossiers/{filed}/messages")), press("Envoyer le message"), see(wrong), Step::Summary]);
    steps.extend(looked_at("wrong-message"));
    browser.walk("wrong-others", &site.base, &steps).unwrap();
}

#[actix_web::test]
async fn a_refused_form_gives_the_focus_to_what_is_wrong_and_the_keyboard_leads_to_the_field() {
    let Some(browser) = Browser::open() else { return };
    let site = site();
    let (dossier, _, _) = draft_of_two(&site).await;
    give_password(&site, "applicant@essai.example");
    let find = |conn: &mut tisserand::store::Conn| {
        let person = people::by_email(conn, &"applicant@essai.example".parse().unwrap())?;
        Ok::<_, tisserand::usecases::UseCaseError>(rows::of_person(conn, person)?[0].id)
    };
    let card = format!("/organisations/{}", site.db.read(find).unwrap());
    let saved = "css=button[name='suite'][value='dossier']:not(.sr)";
    let key = |name: &str| Step::Press(name.to_owned());
    let mut steps = vec![go("/connexion"), press("Recevoir un lien de connexion"), Step::Summary];
    steps.extend(signed_in("applicant@essai.example"));
    // From the sentence to the field, and what was typed is still in it.
    steps.extend([go(&format!("{dossier}/rubriques/projet")), fill("css=#champ-montant", "-5"), press(saved)]);
    steps.extend([
        Step::Summary,
        key("Tab"),
        Step::Focused("Un montant ne peut pas être négatif.".into()),
        key("Enter"),
    ]);
    steps.extend([
        Step::Focused("Montant demandé à Récital".into()),
        Step::Holds("css=#champ-montant".into(), "-5".into()),
    ]);
    // What is wrong with the whole budget has a place too.
    steps.extend([go(&format!("{dossier}/rubriques/budget")), fill("css=#champ-montant-60\\.1", "250"), press(saved)]);
    steps.push(Step::Summary);
    steps.extend([
        go(&card),
        fill("css=#champ-siret", "12"),
        press("css=form[action^='/organisations/'] .buttons button"),
    ]);
    steps.push(Step::Summary);
    steps.extend([go(&format!("{card}/compte")), press("Enregistrer ce compte"), Step::Summary]);
    steps.extend(looked_at("wrong-account"));
    browser.walk("focus", &site.base, &steps).unwrap();
}

//! The applicants' side in a real browser, at the width of a telephone and of a desk: fit for everybody, nothing sideways.

use super::{
    edits::draft_of_two,
    owed_documents::without_rib,
    pages::site,
    typing::{go, looked_at, press, see, signed_in},
};
use crate::support::{
    browser::{Browser, Step},
    databases::sqlite,
    programme::{Programme, open},
    site::Site,
};
use tisserand::{
    domain::{definitions::FilingSignature, identity::Email, time::Moment},
    store::{Tx, organisations as rows},
    usecases::{passwords, people},
};

const PASSWORD: &str = "un-mot-de-passe-long";

/// Gives a password to somebody who is known.
fn give_password(site: &Site, email: &str) {
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
    steps.extend([
        press("Signer le dossier"),
        see("Cochez la case pour signer."),
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

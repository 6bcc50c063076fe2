//! The dialogue between officer and applicant in a real browser, on a phone and a desk.

use crate::support::{
    browser::{Browser, Step},
    databases::sqlite,
    programme::{Programme, closed},
    site::Site,
};
use tisserand::{
    domain::exchanges::ExchangeSide,
    usecases::{Actor, complements, exchanges, passwords, people},
};

const PASSWORD: &str = "un-mot-de-passe-long";

fn signed_in(programme: &Programme, who: &Actor, address: &str, to: &str) -> Vec<Step> {
    let hash = passwords::hash(PASSWORD).unwrap();
    programme.db.write(|tx| people::set_password(tx, who.person.unwrap(), &hash, closed())).unwrap();
    vec![
        Step::Become(address.to_owned()),
        Step::Goto(format!("/connexion?suite={}", to.replace('/', "%2F"))),
        Step::Click("J’ai un mot de passe".into()),
        Step::Fill("css=#email-mot-de-passe".into(), address.to_owned()),
        Step::Fill("css=#champ-mot_de_passe".into(), PASSWORD.into()),
        Step::Click("css=form[action='/connexion'] button".into()),
        Step::Path(to.to_owned()),
    ]
}

fn look(words: &str, name: &str) -> [Step; 4] {
    [Step::Expect(words.to_owned()), Step::Reflow, Step::Audit, Step::Screenshot(name.to_owned())]
}

#[test]
fn what_both_sides_say_to_each_other_holds_on_a_phone_and_a_desk() {
    let Some(browser) = Browser::open() else { return };
    let programme = Programme::on(sqlite());
    let (who, id) = programme.filed(1, 3_000);
    let items = ["question-titre", "question-resume", "budget-expense", "document-rib"];
    programme.ask_complement(id, "Merci de préciser le titre et les charges.", &items, closed()).unwrap();
    let site = Site::over(&programme.db, closed());
    let dossier = format!("/dossiers/{id}");
    let mut steps = signed_in(&programme, &who, "porteuse.1@example.org", &dossier);
    steps.extend(look("Ce qui est à corriger", "dialogue-complement"));
    for (section, words) in [("projet", "Tel que déposé"), ("budget", "À corriger"), ("pieces", "Tel que déposé")]
    {
        steps.push(Step::Goto(format!("{dossier}/rubriques/{section}")));
        steps.extend(look(words, &format!("dialogue-section-{section}")));
    }
    steps.push(Step::Goto(format!("{dossier}/rubriques/projet")));
    steps.push(Step::Fill("Titre de l’action".into(), "Un océan, une classe".into()));
    steps.push(Step::Click("Enregistrer et continuer".into()));
    steps.push(Step::Path(format!("{dossier}/rubriques/budget")));
    browser.walk("dialogue-holder", &site.base, &steps).unwrap();
    let version = programme.application(id).version;
    let words = "Le titre est plus court\u{a0}; les charges étaient justes.";
    programme.db.write(|tx| complements::answer(tx, &who, id, version, words, closed())).unwrap();
    let post = |who: &Actor, side, words: &str| {
        programme.db.write(|tx| exchanges::post(tx, who, id, side, (words, &[]), closed())).unwrap();
    };
    post(&who, ExchangeSide::Applicant, "Bonjour,\n\nnous avons une question sur le calendrier.");
    post(&programme.officer, ExchangeSide::Team, "Bonjour, dites-nous.");
    let request = programme.db.read(|conn| complements::of_application(conn, id)).unwrap().pop().unwrap().row.id;
    let seen = format!("/instruction/{id}");
    let mut steps = signed_in(&programme, &programme.officer, "lucie.hennebelle@example.org", &seen);
    steps.extend(look("Comparer avant et après", "dialogue-dossier"));
    steps.push(Step::Goto(format!("{seen}/complements/{request}")));
    steps.extend(look("Ce qui n’a pas changé", "dialogue-compared"));
    steps.push(Step::Goto(format!("{seen}/messages")));
    steps.extend(look("Écrire un message", "dialogue-messages"));
    steps.push(Step::Click("Envoyer le message".into()));
    steps.extend(look("Écrivez votre message.", "dialogue-messages-refused"));
    steps.push(Step::Fill("Votre message".into(), "Le calendrier est sur la page de l’appel.".into()));
    steps.push(Step::Click("Envoyer le message".into()));
    steps.push(Step::Expect("Votre message est envoyé.".into()));
    browser.walk("dialogue-officer", &site.base, &steps).unwrap();
}

//! A draft from end to end: every page says that it is not filed yet, and everything is done without scripts.

use super::{
    pages::{site, start, text},
    typing::{fill, go, paper, press, see, signed_in},
    walks::give_password,
};
use crate::support::{
    browser::{Browser, Step},
    databases::sqlite,
    programme::{PDF, Programme, open},
    site::Site,
};
use tisserand::{
    domain::{definitions::FilingSignature, lifecycles::applications::ApplicationState, roles::Role},
    store::Tx,
    usecases::applications,
};

const DRAFT: &str = "rouillon, non déposé";

#[actix_web::test]
async fn every_page_of_a_draft_says_that_it_is_not_filed() {
    let programme = Programme::with(sqlite(), |call| call.filing_signature = Some(FilingSignature::Representative));
    let (who, id) = programme.complete(1, 3_000);
    let site = Site::over(&programme.db, open());
    let cookie = site.cookie_of(&who);
    let mut paths: Vec<String> =
        ["", "/verification", "/liens", "/signature", "/rubriques/projet/communes/commune?q=lill"]
            .map(|path| format!("/dossiers/{id}{path}"))
            .into();
    let sections = programme.definition.sections.iter();
    paths.extend(sections.map(|section| format!("/dossiers/{id}/rubriques/{}", section.code)));
    for path in paths {
        let page = text(site.get(&cookie, &path).await, 200).await;
        assert!(page.contains(DRAFT), "{path}: {page}");
    }
}

#[actix_web::test]
async fn every_page_of_a_file_says_what_comes_next_in_the_words_of_its_state() {
    let draft = Programme::with(sqlite(), |call| call.filing_signature = Some(FilingSignature::Representative));
    let (who, id) = draft.complete(1, 3_000);
    let filed = Programme::on(sqlite());
    let (holder, other) = filed.filed(1, 3_000);
    for (world, who, id, state, acts, paths) in [
        (&draft, who, id, ApplicationState::Draft, "Vous", vec!["", "/verification", "/liens", "/signature"]),
        (&filed, holder, other, ApplicationState::Submitted, "L’équipe du fonds", vec!["", "/messages"]),
    ] {
        let site = Site::over(&world.db, open());
        let cookie = site.cookie_of(&who);
        for path in paths {
            let page = text(site.get(&cookie, &format!("/dossiers/{id}{path}")).await, 200).await;
            assert!(page.contains(state.stage().sentence), "{path}: {page}");
            assert!(page.contains(&format!("Qui agit maintenant</dt><dd>{acts}</dd>")), "{path}: {page}");
        }
    }
}

/// The words that the counter of a field shows.
fn counts(said: &str) -> Step {
    Step::Reads("css=#mots-resume".into(), said.into())
}

#[actix_web::test]
async fn the_counter_of_words_counts_as_the_judge_does() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    site.post(&cookie, "/organisations/nouvelle", super::pages::ORGANISATION).await;
    let section = format!("{}/rubriques/projet", start(&site, &cookie, "RECITAL-2027-1").await);
    let long = format!("{} – « ! » –", "mot ".repeat(150));
    assert_eq!(site.post(&cookie, &section, &[("resume", &long)]).await.status(), 303, "signs alone are no words");
    let page = text(site.get(&cookie, &section).await, 200).await;
    assert!(page.contains("150 mots sur 150 au plus"), "{page}");
    let over = text(site.post(&cookie, &section, &[("resume", &"mot ".repeat(151))]).await, 422).await;
    assert!(over.replace('\u{a0}', " ").contains("150 mots au plus : votre réponse en compte 151."), "{over}");
    let Some(browser) = Browser::open() else { return };
    give_password(&site, "applicant@essai.example");
    let mut steps = signed_in("applicant@essai.example");
    let summary = "css=#champ-resume";
    steps.extend([go(&section), fill(summary, "Un – !"), counts("1 mot sur 150 au plus")]);
    steps.extend([fill(summary, "L’eau : un bien !"), counts("3 mots sur 150 au plus")]);
    browser.walk("words", &site.base, &steps).unwrap();
}

#[actix_web::test]
async fn a_draft_is_begun_filled_checked_and_filed_without_scripts() {
    let Some(browser) = Browser::open() else { return };
    let browser = browser.without_scripts();
    let programme = Programme::on(sqlite());
    // Another file of the same person lends its answers: what is typed here is what this walk is about.
    let (who, earlier) = programme.complete(1, 3_000);
    programme.submit(&who, earlier);
    let version = programme.application(earlier).version;
    let withdraw = |tx: &mut Tx| applications::withdraw(tx, &who, earlier, version, open()).map(drop);
    programme.db.write(withdraw).unwrap();
    let site = Site::over(&programme.db, open());
    give_password(&site, "porteuse.1@example.org");
    let save = press("css=button[name='suite'][value='dossier']:not(.sr)");
    let pdf = paper("sans-script.pdf", PDF);
    let mut steps = vec![Step::Become("plain".into()), go("/connexion"), press("css=summary")];
    steps.extend([fill("css=#email-mot-de-passe", "porteuse.1@example.org")]);
    steps.extend([
        fill("css=#champ-mot_de_passe", "un-mot-de-passe-long"),
        press("css=form[action='/connexion'] button"),
    ]);
    steps.extend([go(&format!("/appels/RECITAL-2027-1/dossier?copie={earlier}")), press("Commencer"), see(DRAFT)]);
    steps.extend([
        press("Le projet"),
        fill("css=#champ-titre", "Sans un seul script"),
        fill("css=#champ-debut", "2027-04-15"),
        fill("css=#champ-fin", "2027-10-15"),
        fill("css=#champ-montant", "3000"),
        save.clone(),
        see("C’est enregistré."),
    ]);
    steps.extend([press("Budget"), see(DRAFT), fill("css=#champ-montant-60\\.2", "douze"), save.clone()]);
    steps.extend([see("n’est pas un montant"), fill("css=#champ-montant-60\\.2", "6000"), save.clone()]);
    steps.push(see("C’est enregistré."));
    steps.extend([press("Pièces à joindre"), see(DRAFT)]);
    for document in ["statuts", "rib", "comptes"] {
        steps.push(Step::Attach(format!("css=#champ-{document}"), pdf.clone()));
        steps.push(press(&format!("css=#piece-{document} form[enctype] button")));
        steps.push(see("Relire sans-script.pdf"));
    }
    steps.extend([press("Revenir au dossier"), press("Engagements")]);
    steps.extend([Step::Tick("css=#champ-cer".into()), Step::Tick("css=#champ-honneur".into())]);
    steps.extend([save, see("C’est enregistré.")]);
    steps.extend([press("Dire si quelqu’un a un lien"), see(DRAFT), Step::Tick("css=#champ-liens-non".into())]);
    steps.extend([press("Enregistrer la déclaration"), press("Vérifier mes réponses")]);
    steps.extend([see(DRAFT), see("Sans un seul script"), see("Tout est là.")]);
    steps.extend([press("Déposer le dossier"), see("Votre dossier est déposé."), see("Sans un seul script")]);
    browser.walk("plain-draft", &site.base, &steps).unwrap();
}

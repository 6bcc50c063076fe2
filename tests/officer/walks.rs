//! The officer's pages in a real browser, on a phone and a desk.

use super::Office;
use crate::support::browser::{Browser, Step};
use crate::support::programme::closed;
use tisserand::usecases::{passwords, people};

const PASSWORD: &str = "un-mot-de-passe-long";

/// A few files at every step.
pub(super) fn lived_in() -> Office {
    let office = Office::open();
    let world = &office.programme;
    world.filed(1, 3_000);
    let (_, asked) = world.filed(2, 4_200);
    world.ask_complement(asked, "Le devis.", &["document-rib"], closed()).unwrap();
    let (_, alone) = world.filed(3, 2_500);
    world.eligible(alone);
    world.in_review(4, 5_000);
    let hash = passwords::hash(PASSWORD).unwrap();
    let officer = world.officer.person.unwrap();
    world.db.write(|tx| people::set_password(tx, officer, &hash, closed())).unwrap();
    office
}

/// The officer signs in on the way to the queue.
pub(super) fn signed_in() -> Vec<Step> {
    let text = String::from;
    vec![
        Step::Goto(text("/connexion?suite=%2Finstruction")),
        Step::Click(text("J’ai un mot de passe")),
        Step::Fill(text("css=#email-mot-de-passe"), text("lucie.hennebelle@example.org")),
        Step::Fill(text("css=#champ-mot_de_passe"), text(PASSWORD)),
        Step::Click(text("css=form[action='/connexion'] button")),
        Step::Path(text("/instruction")),
    ]
}

fn look(name: &str) -> [Step; 3] {
    [Step::Reflow, Step::Audit, Step::Screenshot(name.to_owned())]
}

#[test]
fn the_forms_of_a_call_are_fit_for_everybody_when_something_is_wrong_too() {
    let Some(browser) = Browser::open() else { return };
    let office = lived_in();
    let part = |part: &str| format!("/appels-a-projets/RECITAL-2027-1/preparation/{part}");
    let mut steps = signed_in();
    steps.push(Step::Goto("/appels-a-projets/creation".into()));
    steps.push(Step::Click("Ouvrir l’appel en préparation".into()));
    steps.push(Step::Expect("à corriger".into()));
    steps.extend(look("wrong-call-new"));
    for (page, field, typed, name) in [
        ("presentation", "title", "", "wrong-presentation"),
        ("argent", "amount\\.ceiling", "beaucoup", "wrong-money"),
        ("lettres", "letters\\.award_intro", "Bonjour {inconnu}.", "wrong-letters"),
        ("formulaire/rubrique", "title", "", "wrong-part"),
        ("formulaire/question?rubrique=sens", "label", "", "wrong-question"),
        ("grille/critere", "label", "", "wrong-criterion"),
        ("calendrier", "delays\\.appeal_days", "400", "wrong-calendar"),
        ("bilans", "reports\\.final\\.title", "", "wrong-reports"),
        ("bilans/final-question?rubrique=recit", "label", "", "wrong-report-question"),
        ("pieces/piece", "label", "", "wrong-piece"),
        ("eligibilite/regle?rule=annual_budget_between", "floor", "peu", "wrong-rule"),
    ] {
        steps.push(Step::Goto(part(page)));
        steps.push(Step::Fill(format!("css=#champ-{field}"), typed.into()));
        steps.push(Step::Click("Enregistrer".into()));
        steps.push(Step::Expect("à corriger".into()));
        steps.extend(look(name));
    }
    // The axes: none is left.
    steps.push(Step::Goto(part("axes")));
    let open = office.programme.definition.axes.len();
    steps.extend((0..open).map(|_| Step::Click("css=input[name='axes']:checked".into())));
    steps.extend([Step::Click("Enregistrer".into()), Step::Expect("à corriger".into())]);
    steps.extend(look("wrong-axes"));
    steps.push(Step::Goto("/instruction".into()));
    for name in ["Un océan, deux classes 1", "Demander un complément", "Demander ce complément"] {
        steps.push(Step::Click(name.into()));
    }
    steps.extend([Step::Expect("sont à corriger".into()), Step::Summary]);
    steps.extend(look("wrong-complement-asked"));
    for name in ["Un océan, deux classes 1", "css=.checks summary", "css=.checks details[open] button"] {
        if name.starts_with("Un") {
            steps.push(Step::Goto("/instruction".into()));
        }
        steps.push(Step::Click(name.into()));
    }
    steps.extend([Step::Expect("Dites si cette condition est respectée.".into()), Step::Summary]);
    steps.extend(look("wrong-judgement"));
    steps.push(Step::Goto("/rendez-vous".into()));
    steps.push(Step::Click("Ouvrir ces créneaux".into()));
    steps.extend([Step::Expect("Choisissez qui reçoit.".into()), Step::Summary]);
    steps.extend(look("wrong-slots"));
    browser.walk("wrong-officer", &office.site.base, &steps).unwrap();
}

#[test]
fn a_rehearsed_call_and_a_changed_one_are_fit_for_everybody() {
    let Some(browser) = Browser::open() else { return };
    let office = lived_in();
    let call = "/appels-a-projets/RECITAL-2027-1";
    let (press, see) = (|name: &str| Step::Click(name.to_owned()), |text: &str| Step::Expect(text.to_owned()));
    let mut steps = signed_in();
    steps.extend([
        Step::Goto(format!("{call}/repetition")),
        press("Répéter l’appel maintenant"),
        see("Ce que lisent les organisations"),
        press("css=details.panel summary"),
    ]);
    steps.extend(look("rehearsal-played"));
    steps.push(Step::Goto(format!("{call}/preparation/presentation")));
    steps.push(Step::Fill("css=#champ-summary".into(), "Un autre résumé.".into()));
    steps.push(press("Enregistrer"));
    for (page, name) in [("revision", "revision-changed"), ("revision/publication", "revision-publish")] {
        steps.push(Step::Goto(format!("{call}/{page}")));
        steps.extend(look(name));
    }
    browser.walk("rehearsed", &office.site.base, &steps).unwrap();
}

#[test]
fn the_officers_pages_hold_on_a_phone_and_a_desk() {
    let Some(browser) = Browser::open() else { return };
    let office = lived_in();
    let text = String::from;
    let mut steps = signed_in();
    steps.extend(look("officer-queue"));
    steps.push(Step::Click(text("Un océan, deux classes 1")));
    steps.push(Step::Expect(text("Où en est le dossier")));
    steps.extend(look("officer-dossier"));
    steps.extend([
        Step::Click(text("Demander un complément")),
        Step::Expect(text("Dernier jour pour répondre")),
        Step::Tick(text("css=#element-question-titre")),
        Step::Expect(text("Ce qui est à revoir")),
    ]);
    steps.extend(look("officer-complement"));
    for (path, words, name) in [
        ("/instruction?etape=tous", "Suivre", "officer-queue-all"),
        ("/instruction/effacements", "Ce qui a été effacé", "officer-erasures"),
        ("/rendez-vous", "Aucun créneau à venir", "officer-slots"),
        ("/appels-a-projets", "En cours", "officer-calls"),
        ("/appels-a-projets/RECITAL-2027-1", "Où en est l’appel", "officer-call"),
        ("/appels-a-projets/nouveau?modele=RECITAL-2027-1", "Définition de l’appel", "officer-definition"),
        ("/appels-a-projets/creation", "Premières dates", "officer-call-new"),
        ("/appels-a-projets/RECITAL-2027-1/preparation", "Les parties de l’appel", "officer-parts"),
        ("/appels-a-projets/RECITAL-2027-1/preparation/formulaire", "Ajouter une rubrique", "officer-form"),
        ("/appels-a-projets/RECITAL-2027-1/preparation/formulaire/question.publics", "Limites", "officer-ask"),
        ("/appels-a-projets/RECITAL-2027-1/preparation/formulaire/rubrique.sens/apercu", "Essayer", "officer-preview"),
        ("/appels-a-projets/RECITAL-2027-1/preparation/argent", "Une demande", "officer-money"),
        ("/appels-a-projets/RECITAL-2027-1/preparation/eligibilite", "Ajouter une règle", "officer-rules"),
        ("/appels-a-projets/RECITAL-2027-1/preparation/lettres", "Ce que dit aussi le courriel", "officer-letters"),
        ("/appels-a-projets/RECITAL-2027-1/repetition", "Ce qui est joué", "officer-rehearsal"),
        ("/appels-a-projets/RECITAL-2027-1/revision", "Rien n’a encore changé", "officer-revision"),
    ] {
        steps.push(Step::Goto(path.into()));
        if name != "officer-queue-all" {
            steps.push(Step::Expect(words.into()));
        }
        steps.extend(look(name));
    }
    browser.walk("officer", &office.site.base, &steps).unwrap();
}

#[test]
fn a_text_of_a_call_is_there_again_after_a_closed_tab_each_under_the_model_it_began_from() {
    let Some(browser) = Browser::open() else { return };
    let office = lived_in();
    let area = || "css=#champ-definition".to_owned();
    let blank = "/appels-a-projets/nouveau".to_owned();
    let model = format!("{blank}?modele=RECITAL-2027-1");
    let texts = [(blank, "# Un appel qui commence de rien"), (model.clone(), "# Un appel qui suit un modèle")];
    let mut steps = signed_in();
    for (page, words) in &texts {
        steps.extend([Step::Goto(page.clone()), Step::Fill(area(), (*words).into()), Step::CloseTab]);
    }
    for (page, words) in &texts {
        steps.extend([Step::Goto(page.clone()), Step::Holds(area(), (*words).into())]);
        steps.push(Step::Expect("Texte retrouvé sur cet appareil".into()));
    }
    // A text that was refused was not taken.
    steps.extend([Step::Click("Vérifier et enregistrer en préparation".into()), Step::Status(422), Step::CloseTab]);
    steps.extend([Step::Goto(model), Step::Holds(area(), texts[1].1.into())]);
    browser.walk("kept-definition", &office.site.base, &steps).unwrap();
}

/// The choice in a form changes what it is about, and the text stays with what it was written about.
fn kept_apart(home: &[Step], (field, texts): (&str, [(Step, &str); 2]), area: &str) -> Vec<Step> {
    let holds = |words: &str| Step::Holds(area.to_owned(), words.to_owned());
    let left = || Step::Press("Tab".into());
    let found = "Texte retrouvé sur cet appareil";
    let [(first, words), (second, others)] = texts;
    let mut steps = home.to_vec();
    steps.extend([first.clone(), Step::Fill(area.into(), words.into()), Step::CloseTab]);
    steps.extend_from_slice(home);
    steps.extend([
        holds(""),
        Step::Absent(found.into()),
        second.clone(),
        left(),
        holds(""),
        Step::Absent(found.into()),
    ]);
    steps.extend([Step::Fill(area.into(), others.into()), Step::CloseTab]);
    steps.extend_from_slice(home);
    steps.extend([first.clone(), left(), holds(words), Step::Expect(found.into()), second.clone(), left()]);
    steps.extend([holds(others), first, left(), holds(words)]);
    steps.extend([Step::Screenshot(format!("kept-apart-{field}")), Step::Audit]);
    steps
}

#[test]
fn a_kept_text_returns_for_the_file_and_the_person_it_was_written_about_and_for_no_other() {
    let Some(browser) = Browser::open() else { return };
    let office = lived_in();
    let number = |typed: &str| Step::Fill("css=#champ-numero".into(), typed.into());
    let name = |place: usize| {
        let member = office.programme.members[place].person.unwrap();
        office.programme.db.read(|conn| tisserand::store::people::find(conn, member)).unwrap().name
    };
    let member = |place: usize| Step::Choose("css=#champ-deport".into(), name(place));
    let mut steps = signed_in();
    let delays = [Step::Goto("/appels-a-projets/RECITAL-2027-1/delais".into())];
    let texts = [(number("R27-0001"), "Une panne chez l’hébergeur."), (number("R27-0002"), "Un deuil.")];
    steps.extend(kept_apart(&delays, ("numero", texts), "css=#champ-motif"));
    // The number is the same however it is typed.
    steps.extend([number(" r27-0002"), Step::Press("Tab".into())]);
    steps.push(Step::Holds("css=#champ-motif".into(), "Un deuil.".into()));
    let file = [
        Step::Goto("/instruction".into()),
        Step::Click("Un océan, deux classes 1".into()),
        Step::Click("Enregistrer un déport".into()),
    ];
    let texts = [(member(0), "Sa sœur préside la structure."), (member(1), "Il y a travaillé.")];
    steps.extend(kept_apart(&file, ("deport", texts), "css=#champ-lien"));
    browser.walk("kept-apart", &office.site.base, &steps).unwrap();
}

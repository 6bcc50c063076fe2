//! The pages of reading and deciding in a real browser: on a phone, on a desk, by keyboard alone.

use super::{PASSWORD, signed_in};
use crate::support::{
    browser::{Browser, Step},
    databases::sqlite,
    programme::{Programme, closed, id},
    site::Site,
};
use tisserand::{
    domain::{decisions::Verdict, ids::ReviewId, lifecycles::sessions::SessionEvent, money::Euros},
    store::{Tx, own_reviews},
    usecases::{
        Actor,
        decisions::{self, DecisionForm},
        minutes, passwords, people, recusals, reviews,
    },
};

/// Files at every step, read by two members.
pub fn lived_in() -> Programme {
    let world = Programme::with(sqlite(), |call| {
        call.envelope = Euros::whole(9_000);
        call.sources[0].amount = Euros::whole(9_000);
    });
    for (number, points) in [(1, "5"), (2, "4"), (3, "2"), (4, "3")] {
        let (_, file, first) = world.in_review(number, 3_000);
        let second = world.assign(file, &world.members[1]).unwrap();
        let hand_in = |tx: &mut Tx, reader: &Actor, review, points: &str, opinion: &str| {
            reviews::save_and_submit(tx, reader, review, &world.marks(points), opinion, closed())
        };
        let words = "Projet sincère, ancré dans son territoire. Le calendrier mérite d’être resserré.";
        world.db.write(|tx| hand_in(tx, &world.members[1], second, points, words)).unwrap();
        if number < 3 {
            world.db.write(|tx| hand_in(tx, &world.members[0], first, "3", "À soutenir.")).unwrap();
        }
        if number == 4 {
            let member = &world.members[2];
            let declare = |tx: &mut Tx| recusals::declare_conflict(tx, member, id(member), file, "J’y siège", closed());
            world.db.write(declare).unwrap();
        }
    }
    let hash = passwords::hash(PASSWORD).unwrap();
    for actor in [&world.officer, &world.director, &world.members[0]] {
        world.db.write(|tx| people::set_password(tx, id(actor), &hash, closed())).unwrap();
    }
    world
}

pub fn waiting(world: &Programme) -> ReviewId {
    let first = |conn: &mut tisserand::store::Conn| {
        Ok::<_, tisserand::usecases::UseCaseError>(own_reviews::first_waiting(
            conn,
            id(&world.members[0]),
            &world.definition.reference,
        )?)
    };
    world.db.read(first).unwrap().unwrap()
}

fn look(name: &str) -> [Step; 3] {
    [Step::Reflow, Step::Audit, Step::Screenshot(name.to_owned())]
}

#[test]
fn a_member_reads_and_scores_on_a_phone_and_a_desk() {
    let Some(browser) = Browser::open() else { return };
    let world = lived_in();
    let session = world.session();
    let site = Site::over(&world.db, closed());
    let mut steps = signed_in("claire.vanhoutte", "/comite");
    steps.extend(look("committee-list"));
    let sheet = format!("/comite/evaluations/{}", waiting(&world));
    steps.push(Step::Goto(sheet.clone()));
    steps.extend(look("committee-sheet"));
    let pressed = ".site-nav, .turn, .give-up, .buttons";
    steps.push(Step::Paper("committee-sheet".into(), ".criterion .scale".into(), pressed.into()));
    steps.push(Step::Click("Enregistrer et remettre".into()));
    steps.push(Step::Expect("points sont à corriger".into()));
    steps.extend(look("committee-sheet-refused"));
    steps.push(Step::Goto("/comite".into()));
    steps.push(Step::Click("Un océan, deux classes 1".into()));
    steps.push(Step::Expect("Les autres évaluations".into()));
    steps.extend(look("committee-sheet-handed-in"));
    steps.push(Step::Click("J’ai un lien avec ce projet : me déporter".into()));
    steps.push(Step::Expect("n’existe plus pour vous".into()));
    steps.extend(look("committee-conflict"));
    steps.push(Step::Goto(format!("/comite/seances/{session}")));
    steps.extend(look("committee-session"));
    steps.push(Step::Click("Voir les statistiques de l’appel".into()));
    steps.push(Step::Expect("Le parcours des dossiers".into()));
    steps.extend(look("committee-statistics"));
    browser.walk("committee", &site.base, &steps).unwrap();
}

#[test]
fn a_file_is_scored_by_keyboard_alone() {
    let Some(browser) = Browser::open() else { return };
    let world = lived_in();
    let site = Site::over(&world.db, closed());
    let mut steps = signed_in("claire.vanhoutte", "/comite");
    steps.push(Step::Goto(format!("/comite/evaluations/{}#grille", waiting(&world))));
    for criterion in &world.definition.grid.criteria {
        // The answers it looks at come first, each a link to the whole.
        steps.extend(criterion.answers.iter().map(|_| Step::Press("Tab".into())));
        steps.extend(
            ["Tab", "Space", "ArrowRight", "ArrowRight", "ArrowRight", "Tab"].map(|key| Step::Press(key.into())),
        );
    }
    // The opinion, and how sure one is of it.
    steps.extend(["Tab", "Tab", "Tab"].map(|key| Step::Press(key.into())));
    steps.push(Step::Focused("Enregistrer et remettre".into()));
    steps.push(Step::Press("Enter".into()));
    steps.push(Step::Expect("Votre évaluation est remise. Voici le dossier suivant.".into()));
    steps.push(Step::Expect("Un océan, deux classes 4".into()));
    steps.push(Step::Expect("touches ← et → du clavier".into()));
    steps.push(Step::Press("ArrowLeft".into()));
    steps.push(Step::Expect("Votre évaluation, remise".into()));
    steps.push(Step::Expect("60,00".into()));
    steps.push(Step::Press("ArrowRight".into()));
    steps.push(Step::Expect("Un océan, deux classes 4".into()));
    // Nobody leaves a sheet by an arrow while writing in it.
    let comment = "css=#champ-commentaire-pertinence".to_owned();
    steps.push(Step::Fill(comment.clone(), "À revoir".into()));
    steps.push(Step::Press("ArrowLeft".into()));
    steps.push(Step::Holds(comment, "À revoir".into()));
    steps.push(Step::Expect("Un océan, deux classes 4".into()));
    browser.walk("committee-keyboard", &site.base, &steps).unwrap();
}

#[test]
fn a_finger_leads_from_file_to_file_but_not_while_it_writes_or_scrolls() {
    let Some(browser) = Browser::open() else { return };
    let world = lived_in();
    let site = Site::over(&world.db, closed());
    let swipe = |name: &str, across, down| Step::Swipe(name.to_owned(), across, down);
    let (here, handed_in) = (|| Step::Expect("Enregistrer et remettre".into()), "Votre évaluation, remise");
    let mut steps = signed_in("claire.vanhoutte", "/comite");
    steps.extend([Step::Goto(format!("/comite/evaluations/{}", waiting(&world))), Step::Phone, here()]);
    // Had one of these gone on to the next file, the swipe back would not lead to one that is handed in.
    steps.push(swipe("css=h1", -90, 130));
    steps.push(swipe("css=#champ-commentaire-pertinence", -140, 0));
    steps.push(swipe("css=h1", -50, 0));
    steps.extend([swipe("css=h1", 150, 0), Step::Expect(handed_in.into()), Step::Phone]);
    steps.extend([swipe("css=h1", -150, 5), here(), swipe("css=h1", -150, -5)]);
    steps.push(Step::Expect("Un océan, deux classes 4".into()));
    browser.walk("committee-swipe", &site.base, &steps).unwrap();
}

#[test]
fn the_team_decides_on_a_phone_and_a_desk() {
    let Some(browser) = Browser::open() else { return };
    let world = lived_in();
    let site = Site::over(&world.db, closed());
    let session = world.session();
    let items = world.db.read(|conn| tisserand::store::sessions::items(conn, session, None)).unwrap();
    let base = format!("/appels-a-projets/{}", world.definition.reference);
    let mut steps = signed_in("lucie.hennebelle", "/seances");
    steps.extend(look("session-list"));
    for (path, name) in [
        (format!("{base}/classement"), "ranking"),
        (format!("{base}/classement/{}", items[0].application_id), "ranking-reviews"),
        (format!("{base}/statistiques"), "statistics"),
        (format!("/seances/{session}"), "session"),
        (format!("/seances/{session}/dossiers/{}", items[0].application_id), "decision"),
    ] {
        steps.push(Step::Goto(path));
        steps.extend(look(name));
    }
    browser.walk("deciding", &site.base, &steps).unwrap();
    for (at, item) in items.iter().enumerate() {
        let verdict = if at < 2 { Verdict::Award } else { Verdict::Reject };
        let motive = "Un partenariat construit avec les habitant·es, une action utile.".to_owned();
        let form = DecisionForm { verdict, amount: "3 000".into(), motive, conditions: String::new() };
        let decide =
            |tx: &mut Tx| decisions::decide(tx, &world.officer, item.application_id, &form, item.version, closed());
        world.db.write(decide).unwrap();
    }
    world.step(session, SessionEvent::Minute);
    world.db.write(|tx| minutes::sign_read(tx, session, closed())).unwrap();
    let mut steps = signed_in("nadia.belkacem", "/direction");
    steps.extend(look("director"));
    steps.push(Step::Goto(format!("/direction/seances/{session}")));
    steps.extend(look("director-session"));
    steps.push(Step::Click("Confirmer les décisions".into()));
    steps.push(Step::Expect("Les décisions sont confirmées".into()));
    // She is signed in since the first walk.
    steps.push(Step::Become("lucie.hennebelle".into()));
    steps.push(Step::Goto(format!("{base}/annonce")));
    steps.extend(look("announcement"));
    steps.push(Step::Goto(format!("{base}/classement")));
    steps.extend(look("ranking-decided"));
    browser.walk("announcing", &site.base, &steps).unwrap();
}

#[test]
fn the_forms_of_the_committee_are_fit_for_everybody_when_something_is_wrong_too() {
    let Some(browser) = Browser::open() else { return };
    let world = lived_in();
    let session = world.session();
    let site = Site::over(&world.db, closed());
    let (sheet, wrong) = (format!("/comite/evaluations/{}", waiting(&world)), || Step::Expect("à corriger".into()));
    let mut steps = signed_in("claire.vanhoutte", "/comite");
    for (pressed, name) in [
        (&["Enregistrer et remettre"][..], "wrong-sheet"),
        (&["J’ai un lien avec ce projet : me déporter", "Confirmer mon déport"][..], "wrong-conflict"),
        (&["Je ne peux pas évaluer ce dossier", "Rendre le dossier"][..], "wrong-refusal"),
    ] {
        steps.push(Step::Goto(sheet.clone()));
        steps.extend(pressed.iter().map(|name| Step::Click((*name).into())));
        steps.extend([wrong(), Step::Summary]);
        steps.extend(look(name));
    }
    steps.push(Step::Goto("/comite/declaration".into()));
    steps.push(Step::Tick("css=#champ-declaration-liens".into()));
    steps.push(Step::Click("Enregistrer ma déclaration".into()));
    steps.extend([wrong(), Step::Summary]);
    steps.extend(look("wrong-declaration"));
    browser.walk("wrong-committee", &site.base, &steps).unwrap();
    let items = world.db.read(|conn| tisserand::store::sessions::items(conn, session, None)).unwrap();
    let mut steps = signed_in("lucie.hennebelle", "/seances");
    steps.push(Step::Goto(format!("/seances/{session}/dossiers/{}", items[0].application_id)));
    steps.push(Step::Click("Enregistrer la décision".into()));
    steps.push(wrong());
    steps.extend(look("wrong-decision"));
    steps.push(Step::Goto(format!("/seances/{session}")));
    let presence = format!("css=#champ-presence-{}", id(&world.members[0]));
    steps.push(Step::Choose(presence, "absent·e".into()));
    steps.push(Step::Click("Noter les présences".into()));
    steps.extend([Step::Expect("ne peut pas présider".into()), Step::Summary]);
    steps.extend(look("wrong-attendance"));
    browser.walk("wrong-deciding", &site.base, &steps).unwrap();
}

#[test]
fn without_scripts_a_file_is_kept_scored_handed_in_and_given_up() {
    let Some(browser) = Browser::open() else { return };
    let world = lived_in();
    let site = Site::over(&world.db, closed());
    let sheet = format!("/comite/evaluations/{}", waiting(&world));
    let criteria: Vec<&str> = world.definition.grid.criteria.iter().map(|criterion| criterion.code.as_str()).collect();
    let comment = format!("css=textarea[name='commentaire-{}']", criteria[0]);
    let note = |code: &str| Step::Tick(format!("css=input[name='note-{code}'][value='3']"));
    let mut steps = signed_in("claire.vanhoutte", "/comite");
    steps.extend([Step::Goto(sheet.clone()), note(criteria[0]), Step::Fill(comment.clone(), "À préciser.".into())]);
    steps.extend([Step::Click("Enregistrer le brouillon".into()), Step::Expect("ne compte qu’une fois remise".into())]);
    steps.push(Step::Holds(comment.clone(), "À préciser.".into()));
    steps.extend([Step::Click("Enregistrer et remettre".into()), Step::Expect("à corriger".into()), Step::Status(422)]);
    steps.push(Step::Holds(comment, "À préciser.".into()));
    steps.extend(criteria.iter().map(|code| note(code)));
    steps.extend([Step::Click("Enregistrer et remettre".into()), Step::Expect("Voici le dossier suivant.".into())]);
    steps.extend([Step::Goto(sheet), Step::Expect("Votre évaluation, remise".into())]);
    steps.extend([Step::Expect("60,00".into()), Step::Expect("Les autres évaluations".into()), Step::Reflow]);
    steps.push(Step::Screenshot("committee-plain".into()));
    steps.extend([Step::Click("Suivant ›".into()), Step::Expect("Un océan, deux classes 4".into())]);
    steps.push(Step::Click("J’ai un lien avec ce projet : me déporter".into()));
    steps.push(Step::Fill("css=#champ-motif".into(), "J’y ai travaillé.".into()));
    steps.push(Step::Click("Confirmer mon déport".into()));
    steps.extend([Step::Path("/comite".into()), Step::Absent("Un océan, deux classes 4".into())]);
    browser.without_scripts().walk("committee-plain", &site.base, &steps).unwrap();
}

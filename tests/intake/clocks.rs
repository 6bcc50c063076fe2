//! What a page says while something is on its way or time runs: in a real browser, on a device whose clock may be wrong.

use super::typing::{AUTHOR, Desk, SAVED, TITLE, fill, go, holds, looked_at, paper, press, see, signed_in, word};
use crate::support::browser::Step;
use tisserand::{domain::time::Moment, usecases::calls};

const COUNTDOWN: &str = "css=.deadline [role=timer]";

fn reads(field: &str, text: &str) -> Step {
    Step::Reads(field.to_owned(), text.to_owned())
}

#[actix_web::test]
async fn a_save_on_its_way_says_so_and_only_then_that_it_is_done() {
    let Some(desk) = Desk::open().await else { return };
    let mut steps = signed_in(AUTHOR);
    steps.extend([go(&desk.section()), Step::Hold("/champs".into()), fill(TITLE, "Le tour des lacs")]);
    steps.extend([word("titre", "enregistrement…"), Step::Release, word("titre", SAVED)]);
    desk.walk("saving", steps);
}

#[actix_web::test]
async fn the_rest_before_the_deadline_is_right_on_a_device_whose_clock_is_wrong() {
    for (name, hours) in [("fast", 7), ("slow", -30)] {
        let Some(desk) = Desk::open().await else { return };
        let closes = desk.site.db.read(|conn| calls::by_reference(conn, "RECITAL-2027-1")).unwrap().closes_at;
        desk.site.clock.set(closes.plus_minutes(-5 * 60 - 30));
        let mut steps = vec![Step::Become(AUTHOR.into()), Step::WrongClock(hours)];
        steps.extend(signed_in(AUTHOR));
        steps.extend([go(&desk.dossier), reads(COUNTDOWN, "Il reste 5 h 29 min.")]);
        steps.extend([go(&desk.section()), reads(COUNTDOWN, "Il reste 5 h 29 min."), see("heure de Paris")]);
        desk.walk(&format!("clock-{name}"), steps);
    }
}

#[actix_web::test]
async fn the_end_of_a_sign_in_is_told_before_it_comes_and_put_off_by_one_button() {
    let Some(desk) = Desk::open().await else { return };
    let mut steps = signed_in(AUTHOR);
    // Fourteen days without a visit end it; the device slept with its page open until five minutes before.
    steps.extend([go(&desk.section()), Step::Hold("/champs".into()), Step::Sleep(14 * 24 * 60 - 5)]);
    steps.extend([fill(TITLE, "Écrit au réveil"), see("Votre session se termine dans 5 min. Rien ne sera perdu.")]);
    steps.extend(looked_at("session-ends"));
    steps.extend([press("Rester connecté·e"), reads("css=.save-banner", ""), Step::Release, word("titre", SAVED)]);
    steps.extend([go(&desk.section()), holds(TITLE, "Écrit au réveil")]);
    desk.walk("session-ends", steps);
}

#[actix_web::test]
async fn a_file_beside_its_question_shows_its_way_and_comes_again_after_a_cut() {
    let Some(desk) = Desk::open().await else { return };
    let section = format!("{}/rubriques/methode", desk.dossier);
    let (field, lien) = ("css=#champ-support", "css=#champ-lien");
    let state = "css=#piece-support .upload-state p";
    let good = paper("affiche.pdf", b"%PDF-1.7\n%%EOF\n");
    let mut steps = signed_in(AUTHOR);
    steps.extend([go(&section), fill(lien, "Le port relie tout."), word("lien", SAVED)]);
    steps.extend(looked_at("file-empty"));
    steps.extend([Step::Offline(true), Step::Attach(field.into(), good.clone()), press("Joindre ce fichier")]);
    steps.push(reads(state, "L’envoi s’est interrompu : la connexion a été perdue. Le fichier est toujours choisi."));
    steps.extend([Step::Offline(false), Step::Hold("/pieces/".into()), press("Réessayer")]);
    steps.extend([reads(state, "Envoi de affiche.pdf…"), reads("css=#piece-support progress", ""), Step::Release]);
    steps.extend([
        reads(state, "Le document est joint."),
        see("Relire affiche.pdf"),
        holds(lien, "Le port relie tout."),
    ]);
    steps.extend(looked_at("file-there"));
    // Chosen and sent with the whole page, it comes too.
    steps.extend([press("Retirer affiche.pdf"), see("Le fichier est retiré"), Step::Attach(field.into(), good)]);
    steps.extend([press("Enregistrer"), see("C’est enregistré."), go(&section), see("Relire affiche.pdf")]);
    desk.walk("file-answer", steps);
}

#[test]
fn the_last_minute_is_that_of_paris() {
    let end = Moment::end_of_day("2027-01-31".parse().unwrap());
    assert!(end.plus_minutes(-1).french().contains("31\u{a0}janvier 2027"), "{}", end.plus_minutes(-1).french());
}

//! Letters read one by one before they leave, and one of them written anew: what stays computed, what is kept, what blocks.

use super::{decided::Decided, field, text};
use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, assert_whole, closed, person},
    site::Site,
};
use diesel::connection::SimpleConnection;
use tisserand::{
    domain::{
        correspondence::wordings::Wording, ids::ApplicationId, letters::Letter, lifecycles::calls::CallState,
        money::Euros, roles::Role,
    },
    store::{StoreError, Tx, documents},
    usecases::{
        Actor, Outcome, UseCaseError,
        releases::{self, Place, Preview},
    },
};

fn seen(world: &Programme, who: &Actor, id: ApplicationId) -> Outcome<Preview> {
    let reference = &world.definition.reference;
    world.db.read(|conn| releases::preview(conn, who, reference, id, closed()))
}

fn said(letter: &Letter) -> String {
    format!("{} {}", letter.subject, serde_json::to_string(&letter.blocks).unwrap())
}

fn other_words() -> Wording {
    Wording {
        subject: "votre projet {projet} et ses {montant}".into(),
        opening: "Quelle belle idée.\n\n{organisation} peut compter sur nous : {montant}.".into(),
        ending: "À bientôt, avant le {date_reponse}.".into(),
    }
}

fn rewrite(world: &Programme, id: ApplicationId, last: i32, words: &Wording) -> Outcome<()> {
    let place = Place { reference: &world.definition.reference, id, seen: last };
    world.db.write(|tx| releases::rewrite(tx, &world.officer, &place, words, closed()))
}

/// Changes what was decided for a file, as nothing on screen can.
fn change_amount(world: &Programme, id: ApplicationId) {
    let sql = format!("UPDATE grants SET amount_cents = 240000 WHERE application_id = '{id}'");
    world.db.write(|tx: &mut Tx| tx.conn().batch_execute(&sql).map_err(StoreError::from)).unwrap();
}

#[test]
fn what_leaves_is_the_letter_that_was_written_and_read_with_its_amounts_computed() {
    for db in each_database() {
        let decided = Decided::on(db).confirmed();
        let (world, file) = (&decided.world, decided.files[0]);
        rewrite(world, file, 0, &other_words()).unwrap();
        let preview = seen(world, &world.officer, file).unwrap();
        let letter = preview.letter.as_ref().unwrap();
        let words = said(letter);
        let amount = Euros::whole(2_500).to_string();
        for expected in ["Quelle belle idée.", "Passerelles 1 peut compter sur nous", "À bientôt, avant le", &amount]
        {
            assert!(words.contains(expected), "{expected}: {words}");
        }
        assert!(letter.subject.contains(&amount), "{}", letter.subject);
        assert!(words.contains("Échéancier") && words.contains("L’avis du comité"), "what is computed stays: {words}");
        assert!(!words.contains("Nous sommes heureux"), "the model gave way: {words}");
        let version = &preview.versions[0];
        assert_eq!((version.number, version.by.as_str(), version.at), (1, "Lucie Hennebelle", closed()));
        decided.announce();
        let row = world.db.read(|conn| documents::of_subject(conn, file.as_str())).unwrap().pop().unwrap();
        let sent: Letter = serde_json::from_str(&row.facts).unwrap();
        assert_eq!(said(&sent), words);
        tisserand::documents::render(&sent).unwrap();
        let others = world.db.read(|conn| documents::of_subject(conn, decided.files[2].as_str())).unwrap();
        assert!(!others.last().unwrap().facts.contains("Quelle belle idée"), "one letter alone is written anew");
        assert!(matches!(rewrite(world, file, 1, &other_words()), Err(UseCaseError::Store(StoreError::NotFound))));
        assert_whole(&world.db);
    }
}

#[test]
fn a_letter_goes_back_to_the_model_and_every_version_is_kept() {
    for db in each_database() {
        let decided = Decided::on(db).confirmed();
        let (world, file) = (&decided.world, decided.files[2]);
        let model = said(&seen(world, &world.officer, file).unwrap().letter.unwrap());
        let words = Wording { subject: "suite".into(), opening: "Merci.".into(), ending: "Revenez nous voir.".into() };
        rewrite(world, file, 0, &words).unwrap();
        assert_ne!(said(&seen(world, &world.officer, file).unwrap().letter.unwrap()), model);
        let place = |seen| Place { reference: &world.definition.reference, id: file, seen };
        let back = |last| world.db.write(|tx| releases::back_to_model(tx, &world.officer, &place(last), closed()));
        assert!(matches!(back(0), Err(UseCaseError::Store(StoreError::Stale))), "the page was from before");
        back(1).unwrap();
        let preview = seen(world, &world.officer, file).unwrap();
        assert_eq!(said(preview.letter.as_ref().unwrap()), model);
        let kept: Vec<_> = preview.versions.iter().map(|known| (known.number, known.is_model)).collect();
        assert_eq!((kept, preview.versions[1].wording.clone()), (vec![(2, true), (1, false)], words));
        assert!(back(2).unwrap_err().to_string().contains("déjà celle du modèle"));
        let gone =
            world.db.write(|tx: &mut Tx| tx.conn().batch_execute("DELETE FROM letter_edits").map_err(StoreError::from));
        assert!(gone.is_err(), "no version goes away");
    }
}

#[test]
fn a_letter_written_before_its_decision_changed_blocks_everything_until_it_is_read_again() {
    for db in each_database() {
        let decided = Decided::on(db).confirmed();
        let (world, file) = (&decided.world, decided.files[0]);
        rewrite(world, file, 0, &other_words()).unwrap();
        assert!(!seen(world, &world.officer, file).unwrap().is_stale);
        change_amount(world, file);
        let preview = seen(world, &world.officer, file).unwrap();
        assert!(preview.is_stale && preview.outgoing.lacks[0].contains("à relire"), "{:?}", preview.outgoing.lacks);
        let amount = Euros::whole(2_400).to_string();
        assert!(said(preview.letter.as_ref().unwrap()).contains(&amount), "amounts follow the decision by themselves");
        assert!(decided.try_announce().unwrap_err().to_string().contains("rien n’est parti"));
        assert_eq!((decided.state(), decided.letters()), (CallState::Deliberated, 0));
        let place = Place { reference: &world.definition.reference, id: file, seen: 1 };
        world.db.write(|tx| releases::read_again(tx, &world.officer, &place, closed())).unwrap();
        let preview = seen(world, &world.officer, file).unwrap();
        assert!(!preview.is_stale && preview.outgoing.lacks.is_empty() && preview.versions.len() == 2);
        decided.announce();
        assert_eq!(decided.state(), CallState::Announced);
    }
}

#[actix_web::test]
async fn decisions_are_read_one_by_one_and_the_second_of_two_officers_loses_nothing() {
    let decided = Decided::on(sqlite()).confirmed();
    let (world, files) = (&decided.world, &decided.files);
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.officer);
    let base = format!("/appels-a-projets/{}/annonce", world.definition.reference);
    let page = |at: usize| format!("{base}/{}", files[at]);
    let first = text(site.get(&cookie, &page(0)).await, 200).await;
    assert!(first.contains("1 sur 4") && first.contains(&page(1)) && !first.contains("rel=\"prev\""), "{first}");
    assert!(first.contains("Accord\u{a0}: à confirmer avant le") && first.contains("{montant}"), "{first}");
    let second = text(site.get(&cookie, &page(1)).await, 200).await;
    assert!(second.contains("Liste d’attente\u{a0}: rien à faire") && second.contains("sans lettre"), "{second}");
    assert!(second.contains(&page(0)) && second.contains(&page(2)), "{second}");
    let pdf = site.get(&cookie, &format!("{}/pdf", page(0))).await.bytes().await.unwrap();
    assert!(pdf.starts_with(b"%PDF"));
    let send = async |html: &str, opening: &str| {
        let (version, token) = (field(html, "version"), field(html, "token"));
        let fields = [("version", version.as_str()), ("token", &token), ("objet", "bravo")];
        let fields = [&fields[..], &[("debut", opening), ("suite", "À bientôt.")]].concat();
        site.post(&cookie, &format!("{}/lettre", page(0)), &fields).await
    };
    let other = text(site.get(&cookie, &page(0)).await, 200).await;
    let wrong = text(send(&first, "Pour {montan} et {projet").await, 422).await;
    assert!(wrong.contains("Pour {montan} et {projet"), "what was typed stays: {wrong}");
    assert!(wrong.contains("{montan} n’existe pas dans cette lettre"), "{wrong}");
    assert_eq!(send(&wrong, "La première.").await.status().as_u16(), 303);
    let late = text(send(&other, "La seconde.").await, 409).await;
    assert!(late.contains("La première.") && late.contains("La seconde."), "{late}");
    assert_eq!(send(&late, "Les deux.").await.status().as_u16(), 303);
    let shown = text(site.get(&cookie, &page(0)).await, 200).await;
    assert!(shown.contains("Les deux.") && shown.contains("Version 2, Lucie Hennebelle"), "{shown}");
    let list = text(site.get(&cookie, &base).await, 200).await;
    assert!(list.contains("retouchée"), "{list}");
    decided.announce();
    assert_eq!(site.get(&cookie, &page(0)).await.status().as_u16(), 404, "what has left is read as it left");
}

#[test]
fn whoever_is_recused_or_no_officer_finds_no_letter_and_the_place_counts_without_it() {
    let decided = Decided::on(sqlite()).confirmed();
    let (world, files) = (&decided.world, &decided.files);
    let colleague = person(&world.db, "Paul Lemaire", Role::Officer);
    decided.recuse(&colleague, files[1]);
    let hidden = seen(world, &colleague, files[1]);
    assert!(matches!(hidden, Err(UseCaseError::Store(StoreError::NotFound))), "{hidden:?}");
    let first = seen(world, &colleague, files[0]).unwrap();
    assert_eq!((first.place, first.after), ((1, 3), Some(files[2])));
    for other in [&world.director, &world.members[0], &decided.applicants[0]] {
        assert!(matches!(seen(world, other, files[0]), Err(UseCaseError::Store(StoreError::NotFound))));
    }
    let place = Place { reference: &world.definition.reference, id: files[1], seen: 0 };
    let words = other_words();
    let blind = world.db.write(|tx| releases::rewrite(tx, &colleague, &place, &words, closed()));
    assert!(matches!(blind, Err(UseCaseError::Store(StoreError::NotFound))));
}

//! The mirror of a reader: how they mark beside the others, once there is enough to say so and nobody is recognised.

use super::{
    rankings::{hand_in, marked},
    text,
};
use crate::support::{
    databases::sqlite,
    programme::{Programme, closed, id},
    site::Site,
};
use tisserand::{store::Tx, usecases::recusals};

/// The first member gives a mark more than the others, on five files.
const GENEROUS: &[&[&str]] = &[&["4", "3"], &["4", "3"], &["4", "3"], &["4", "", "3"], &["4", "", "3"]];

fn path(world: &Programme) -> String {
    format!("/comite/miroir/{}", world.definition.reference)
}

#[actix_web::test]
async fn a_reader_sees_how_they_mark_beside_the_others_and_nobodys_name() {
    let world = Programme::on(sqlite());
    marked(&world, GENEROUS);
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.members[0]);
    let list = text(site.get(&cookie, "/comite").await, 200).await;
    assert!(list.contains(&format!("href=\"{}\"", path(&world))), "{list}");
    let page = text(site.get(&cookie, &path(&world)).await, 200).await;
    for said in ["en moyenne 20,00\u{a0}points au-dessus", "80,00 sur 100", "60,00 sur 100", "4,00 sur 5"] {
        assert!(page.contains(said), "{said} in {page}");
    }
    assert!(page.contains("Vous notez en moyenne 1,00\u{a0}point au-dessus."), "{page}");
    assert!(page.contains(&world.definition.grid.criteria[0].label) && page.contains("5\u{a0}autres évaluations"));
    for name in ["Mamadou Sarr", "Elodie Mercier", "Avis de"] {
        assert!(!page.contains(name), "{name} in {page}");
    }
    assert_eq!(site.get(&site.cookie_of(&world.members[3]), &path(&world)).await.status(), 404, "who reads nothing");
}

#[actix_web::test]
async fn before_five_reviews_or_with_one_other_reader_it_says_what_it_waits_for() {
    let world = Programme::on(sqlite());
    marked(&world, &[&["4", "3"], &["4", "3"], &["4", "3"], &["4", "3"]]);
    let (_, _, last) = world.in_review(5, 3_000);
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.members[0]);
    let page = text(site.get(&cookie, &path(&world)).await, 200).await;
    assert!(page.contains("Encore 1\u{a0}évaluation.") && !page.contains("au-dessus"), "{page}");
    assert!(!text(site.get(&cookie, "/comite").await, 200).await.contains("/comite/miroir/"));
    hand_in(&world, last, 0, "4");
    let page = text(site.get(&cookie, &path(&world)).await, 200).await;
    assert!(page.contains("Il faut encore un peu de patience") && !page.contains("60,00"), "{page}");
}

#[actix_web::test]
async fn a_file_one_is_recused_from_is_not_in_the_mirror() {
    let world = Programme::on(sqlite());
    let given: Vec<&[&str]> = GENEROUS.iter().copied().chain([&["0", "5", "5"][..]]).collect();
    let files = marked(&world, &given);
    let member = &world.members[0];
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(member);
    let before = text(site.get(&cookie, &path(&world)).await, 200).await;
    assert!(before.contains("D’après 6\u{a0}dossiers"), "{before}");
    let declare = |tx: &mut Tx| recusals::declare_conflict(tx, member, id(member), files[5], "J’y siège", closed());
    world.db.write(declare).unwrap();
    let after = text(site.get(&cookie, &path(&world)).await, 200).await;
    assert!(after.contains("D’après 5\u{a0}dossiers") && after.contains("en moyenne 20,00\u{a0}points au-dessus"));
}

#[actix_web::test]
async fn a_file_seen_otherwise_than_usual_is_pointed_out_to_its_reader_alone() {
    let world = Programme::on(sqlite());
    let given: Vec<&[&str]> = GENEROUS.iter().copied().chain([&["1", "5"][..], &["5", "0"]]).collect();
    let files = marked(&world, &given);
    let site = Site::over(&world.db, closed());
    let read =
        async |member: usize| text(site.get(&site.cookie_of(&world.members[member]), &path(&world)).await, 200).await;
    let (page, title) = (read(0).await, |number: usize| format!("deux classes {number}</a>"));
    let (sixth, seventh) = (page.find(&title(6)).unwrap(), page.find(&title(7)).unwrap());
    assert!(sixth < seventh, "the furthest first: {page}");
    assert!(!page.contains(&title(1)), "a mark more than the others is the usual one: {page}");
    assert!(page.contains("votre note est de 100,00 sur 100, celle des autres de 0,00 en moyenne"), "{page}");
    let member = &world.members[0];
    let declare = |tx: &mut Tx| recusals::declare_conflict(tx, member, id(member), files[6], "J’y siège", closed());
    world.db.write(declare).unwrap();
    let page = read(0).await;
    assert!(!page.contains(&title(7)) && page.contains(&title(6)), "{page}");
}

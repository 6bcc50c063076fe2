//! The ranking of a call: figures side by side, in any order, on screen and as a file, and as many questions for many
//! files as for a few.

use super::text;
use crate::support::{
    databases::{counter, each_database, sqlite},
    programme::{Programme, closed},
    site::Site,
};
use diesel::connection::SimpleConnection;
use std::sync::atomic::Ordering;
use tisserand::{
    domain::{
        ids::{ApplicationId, ReviewId},
        rankings::Order,
        severity::Lack,
    },
    store::{Conn, Db, StoreError, Tx},
    usecases::{Outcome, exports, mirrors, rankings, reviews},
};

/// Hands the review of a member in, every criterion marked alike.
pub fn hand_in(world: &Programme, review: ReviewId, member: usize, points: &str) {
    let marks = world.marks(points);
    let submit = |tx: &mut Tx| {
        reviews::save_and_submit(tx, &world.members[member], review, &marks, &format!("Avis de {member}"), closed())
    };
    world.db.write(submit).unwrap();
}

/// Files with what the first members gave them; `""` where there is no review.
pub fn marked(world: &Programme, files: &[&[&str]]) -> Vec<ApplicationId> {
    let mut found = Vec::new();
    for (number, points) in (1..).zip(files) {
        let (_, file, first) = world.in_review(number, 3_000);
        for (member, points) in points.iter().enumerate().filter(|(_, points)| !points.is_empty()) {
            let review = if member == 0 { first } else { world.assign(file, &world.members[member]).unwrap() };
            hand_in(world, review, member, points);
        }
        found.push(file);
    }
    found
}

/// The first reader gives a mark less than the second, everywhere; the fourth file has the first alone, the fifth the
/// second alone.
const SEVERE: &[&[&str]] = &[&["2", "3"], &["3", "4"], &["1", "2"], &["4"], &["", "5"]];

/// The numbers of the files, in the order of the page.
fn order_of(page: &str, files: usize) -> Vec<usize> {
    let mut found: Vec<(usize, usize)> =
        (1..=files).filter_map(|number| Some((page.find(&format!("deux classes {number}</a>"))?, number))).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, number)| number).collect()
}

fn base(world: &Programme) -> String {
    format!("/appels-a-projets/{}/classement", world.definition.reference)
}

#[actix_web::test]
async fn the_figures_stand_side_by_side_and_each_puts_the_page_in_order() {
    let world = Programme::on(sqlite());
    marked(&world, SEVERE);
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.officer);
    let page = text(site.get(&cookie, &base(&world)).await, 200).await;
    assert_eq!(order_of(&page, 5), [5, 4, 2, 1, 3], "by the mean");
    for (label, figures) in [
        ("Moyenne", ["100,00", "80,00", "70,00", "50,00", "30,00"]),
        ("Médiane", ["100,00", "80,00", "70,00", "50,00", "30,00"]),
        ("Note ajustée", ["90,00", "90,00", "70,00", "50,00", "30,00"]),
    ] {
        let before = format!("data-label=\"{label}\">");
        let cells = page.split(&before).skip(1);
        let shown: Vec<_> = cells.map(|cell| cell.split(['<', ' ']).next().unwrap()).collect();
        assert_eq!(shown, figures, "{label}");
    }
    assert!(page.contains("data-label=\"Écart\">20,00") && page.contains("data-label=\"Écart\"></td>"), "{page}");
    assert!(page.contains("sous le seuil") && page.contains("note éliminatoire"), "of the third file");
    assert!(page.contains("moindres carrés") && page.contains("10,00 au-dessous"), "the method and the readers");
    for (tri, order) in [
        ("mediane", [5, 4, 2, 1, 3]),
        ("ecart", [1, 2, 3, 4, 5]),
        ("ajustee", [4, 5, 2, 1, 3]),
        ("inconnu", [5, 4, 2, 1, 3]),
    ] {
        let page = text(site.get(&cookie, &format!("{}?tri={tri}", base(&world))).await, 200).await;
        assert_eq!(order_of(&page, 5), order, "{tri}");
        let ranks: Vec<_> =
            page.split("data-label=\"Rang\">").skip(1).map(|cell| cell.split('<').next().unwrap()).collect();
        let rank = |number: &usize| ["4", "3", "5", "2", "1"][number - 1];
        assert_eq!(ranks, order.iter().map(rank).collect::<Vec<_>>(), "the rank stays by the mean");
    }
    let sorted = text(site.get(&cookie, &format!("{}?tri=ecart", base(&world))).await, 200).await;
    assert!(sorted.contains("<strong aria-current=\"true\">Écart</strong>") && !sorted.contains("Ligne de coupe"));
}

#[actix_web::test]
async fn readers_far_apart_are_pointed_out_and_too_few_common_files_are_said() {
    let world = Programme::on(sqlite());
    let files = marked(&world, &[&["5", "2"], &["3", "3"]]);
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.officer);
    let page = text(site.get(&cookie, &base(&world)).await, 200).await;
    assert!(page.contains("60,00 <span class=\"badge warning\">à discuter</span>"), "{page}");
    assert_eq!(page.matches("à discuter").count(), 1);
    assert!(page.contains("trop peu de dossiers sont lus par plusieurs personnes"), "{page}");
    assert_eq!(page.matches("small muted\">pas assez de lectures croisées").count(), 2);
    let one = text(site.get(&cookie, &format!("{}/{}", base(&world), files[0])).await, 200).await;
    assert!(one.contains("Les notes sont très éloignées"), "{one}");
}

#[test]
fn a_reader_who_shares_too_little_leaves_out_their_files_alone() {
    for db in each_database() {
        let world = Programme::on(db);
        let files = marked(&world, &[&["2", "3"], &["3", "4"], &["1", "2"], &["4", "", "1"]]);
        let table = world.db.read(|conn| table(conn, &world, Order::Adjusted)).unwrap();
        let adjusted: Vec<_> = table.files.iter().map(|file| file.ranked.figures.adjusted.is_some()).collect();
        assert_eq!((adjusted, table.lack), (vec![true, true, true, false], None));
        assert_eq!(table.files[3].ranked.id, files[3], "what has no figure comes last");
        let compared = |name: &str| {
            let (_, leaning) = table.readers.iter().find(|(known, _)| known == name).unwrap();
            (leaning.files, leaning.shared, leaning.above.map(|above| above.hundredths()))
        };
        assert_eq!(compared("Claire Vanhoutte"), (4, 3, Some(-1_000)));
        assert_eq!(compared("Mamadou Sarr"), (3, 3, Some(1_000)));
        assert_eq!(compared("Elodie Mercier"), (1, 0, None));
    }
}

#[test]
fn groups_of_readers_without_a_common_file_are_not_compared() {
    let world = Programme::on(sqlite());
    marked(
        &world,
        &[&["2", "3"], &["3", "4"], &["1", "2"], &["", "", "3", "4"], &["", "", "3", "4"], &["", "", "3", "4"]],
    );
    let found = world.db.read(|conn| table(conn, &world, Order::Mean)).unwrap();
    assert_eq!(found.lack, Some(Lack::Link));
    assert!(found.files.iter().all(|file| file.ranked.figures.adjusted.is_none()));
}

fn table(conn: &mut Conn, world: &Programme, order: Order) -> Outcome<rankings::Table> {
    rankings::table(conn, &world.officer, &world.definition.reference, order, None)
}

#[actix_web::test]
async fn the_ranking_leaves_as_a_file_in_the_order_of_the_page() {
    let world = Programme::on(sqlite());
    let files = marked(&world, SEVERE);
    let rename = format!("UPDATE applications SET title = '=SUM(A1)' WHERE id = '{}'", files[3]);
    world.db.read(|conn| conn.batch_execute(&rename).map_err(StoreError::from)).unwrap();
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.officer);
    let reply = site.get(&cookie, &format!("{}/fichier?format=csv&tri=ajustee", base(&world))).await;
    // As bytes: the mark at its beginning is no part of a text.
    let csv = String::from_utf8(reply.bytes().await.unwrap().to_vec()).unwrap();
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(';').collect()).collect();
    assert!(csv.starts_with('\u{feff}') && csv.contains("\r\n"), "{csv}");
    let column =
        |heading: &str| lines[0].iter().position(|head| head.trim_start_matches('\u{feff}') == heading).unwrap();
    let cells = |heading: &str| lines[1..6].iter().map(|line| line[column(heading)]).collect::<Vec<_>>();
    assert_eq!(cells("Rang"), ["2", "1", "3", "4", "5"]);
    assert_eq!(cells("Projet")[0], "'=SUM(A1)", "no spreadsheet computes a title");
    assert_eq!(cells("Note ajustée (%)").len(), 5);
    assert!(cells("Écart (%)")[0].is_empty() && !cells("Médiane (%)")[0].is_empty());
    assert!(cells("Remarques")[4].contains("sous le seuil") && cells("Remarques")[4].contains("note éliminatoire"));
    assert!(lines[6][0] == "Total" && cells("Attribué (€)").iter().all(|cell| cell.is_empty()), "{csv}");
    let book = site.get(&cookie, &format!("{}/fichier?format=xlsx", base(&world))).await;
    assert!(book.status() == 200 && book.bytes().await.unwrap().starts_with(b"PK"));
    for path in [format!("{}/fichier", base(&world)), "/appels-a-projets/RIEN/classement/fichier?format=csv".into()] {
        assert_eq!(site.get(&cookie, &path).await.status(), 404, "{path}");
    }
}

/// How many questions the team's ranking, its file and a reader's mirror ask, and how many files they are of.
fn asked(db: &Db, world: &Programme, questions: &tisserand::store::connection::QueryCounter) -> (Vec<u64>, usize) {
    let mut counts = Vec::new();
    let mut count = || counts.push(questions.swap(0, Ordering::Relaxed));
    questions.swap(0, Ordering::Relaxed);
    let reference = world.definition.reference.as_str();
    db.read(|conn| table(conn, world, Order::Adjusted)).unwrap();
    count();
    let reading = db.read(|conn| exports::ranking(conn, &world.officer, reference, Order::Mean)).unwrap();
    let rows = reading.rows(|next| db.read(next)).collect::<Outcome<Vec<_>>>().unwrap();
    count();
    let mirror = db.read(|conn| mirrors::find(conn, &world.members[0], reference)).unwrap();
    assert!(mirror.total.is_some());
    count();
    (counts, rows.len())
}

#[test]
fn as_many_questions_are_asked_about_two_hundred_files_as_about_ten() {
    let world = Programme::on(sqlite());
    let given: Vec<&[&str]> = (0..10).map(|_| &["3", "4", "2"][..]).collect();
    marked(&world, &given);
    let questions = counter();
    let db = Db::open_counting(world.db.url(), questions.clone()).unwrap();
    asked(&db, &world, &questions);
    let few = asked(&db, &world, &questions);
    db.read(crate::queries::copy_reviewed_files).unwrap();
    let many = asked(&db, &world, &questions);
    assert_eq!((few.1, few.0), (10, many.0));
    assert_eq!(many.1, 300);
}

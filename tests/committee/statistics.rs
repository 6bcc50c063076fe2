//! Statistics of a round: the numbers of a known call, who reads which of them, and that nobody reads a file out of them.

use super::{bare, text};
use crate::support::{
    databases::{self, each_database, sqlite},
    programme::{Programme, closed, declare_interests, id, open, person},
    site::Site,
};
use std::sync::atomic::Ordering;
use tisserand::{
    domain::{
        decisions::Verdict,
        eligibility::Rule,
        ids::{ApplicationId, ReviewId},
        lifecycles::{calls::CallEvent, sessions::SessionEvent},
        money::Euros,
        references::axis,
        roles::Role,
        statistics::Theme,
    },
    store::{Db, StoreError, Tx},
    usecases::{
        Actor, UseCaseError,
        committees::{self, Vote},
        decisions::{self, DecisionForm},
        recusals, releases, reviews,
        statistics::{self, Gaps, Statistics},
    },
};

fn for_team(world: &Programme) -> Statistics {
    world.db.read(|conn| statistics::for_team(conn, &world.officer, &world.definition.reference)).unwrap()
}

fn for_member(world: &Programme, member: usize) -> Statistics {
    let member = &world.members[member];
    world.db.read(|conn| statistics::for_member(conn, member, &world.definition.reference)).unwrap()
}

/// The groups of a theme with their files.
fn files(found: &Statistics, theme: Theme) -> Vec<(&str, i64)> {
    let of = found.breakdowns.iter().filter(|part| part.theme == theme).flat_map(|part| &part.slices);
    of.map(|slice| (slice.label.as_str(), slice.files)).collect()
}

fn score(world: &Programme, member: usize, review: ReviewId, points: &str) {
    let (reader, marks) = (&world.members[member], world.marks(points));
    world.db.write(|tx| reviews::save_and_submit(tx, reader, review, &marks, "Solide.", closed())).unwrap();
}

/// A file scored by two members.
fn scored(world: &Programme, number: u32, asked: i64, points: [&str; 2]) -> ApplicationId {
    let (_, file, first) = world.in_review(number, asked);
    let second = world.assign(file, &world.members[1]).unwrap();
    score(world, 0, first, points[0]);
    score(world, 1, second, points[1]);
    file
}

fn decide(world: &Programme, file: ApplicationId, verdict: Verdict) {
    let motive = "Un projet construit avec les habitant·es.".to_owned();
    let form = DecisionForm { verdict, amount: "1 500".into(), motive, conditions: String::new() };
    let version = world.application(file).version;
    world.db.write(|tx| decisions::decide(tx, &world.officer, file, &form, version, closed())).unwrap();
}

fn member_page(world: &Programme) -> String {
    format!("/comite/appels/{}/statistiques", world.definition.reference)
}

fn is_hidden(found: Result<Statistics, UseCaseError>) -> bool {
    matches!(found, Err(UseCaseError::Store(StoreError::NotFound)))
}

#[test]
fn the_numbers_of_a_known_call_are_right() {
    for db in each_database() {
        let world = Programme::on(db);
        world.complete(1, 1_000);
        world.filed(2, 3_000);
        let best = scored(&world, 3, 2_000, ["5", "5"]);
        scored(&world, 4, 2_500, ["5", "1"]);
        let (_, unread, _) = world.in_review(5, 1_500);
        world.session();
        decide(&world, best, Verdict::Award);
        decide(&world, unread, Verdict::Reject);
        let found = for_team(&world);
        let way = [("Commencés", 5), ("Déposés", 4), ("Recevables", 3), ("Notés", 2), ("Retenus", 1)];
        assert_eq!(files(&found, Theme::Course), way);
        assert_eq!(files(&found, Theme::Outcomes)[..2], [("Sur liste d’attente", 0), ("Non retenus", 1)]);
        assert_eq!((found.whole.asked, found.whole.awarded), (Some(Euros::whole(9_000)), Some(Euros::whole(1_500))));
        assert_eq!(found.whole.mean_asked(), Some(Euros::whole(2_250)));
        assert_eq!(found.left, Some(found.call.envelope_cents - Euros::whole(1_500)));
        let chosen = &world.definition.axes[0];
        let axes = files(&found, Theme::Axes);
        assert_eq!(axes[0], (axis(chosen).unwrap().label.as_str(), 4));
        assert_eq!(axes.len(), world.definition.axes.len(), "an axis nobody chose is shown too");
        assert_eq!(files(&found, Theme::Goals).iter().map(|(_, files)| *files).collect::<Vec<_>>(), [4, 4]);
        assert_eq!(files(&found, Theme::Markers), [("Égalité de genre – objectif important", 4)]);
        assert_eq!(files(&found, Theme::Seats), [("Nord (59)", 4)]);
        assert_eq!(files(&found, Theme::Places), [("Nord (59)", 4)]);
        assert_eq!(files(&found, Theme::Firsts), [("Première demande", 4), ("Structures déjà venues", 0)]);
        assert_eq!(files(&found, Theme::Members), [("Membres du réseau", 0), ("Non membres", 4)]);
        assert_eq!(files(&found, Theme::Communes), []);
        let gaps = files(&found, Theme::Spread);
        assert_eq!((gaps[0].1, gaps[3].1), (1, 1), "one file on which both agree, one on which they are far apart");
        let readers: Vec<_> = found.readers.iter().map(|reader| (reader.name.as_str(), reader.files)).collect();
        assert_eq!(readers, [("Claire Vanhoutte", 2), ("Mamadou Sarr", 2)]);
    }
}

#[test]
fn a_call_for_a_coast_counts_by_commune() {
    for db in each_database() {
        let world = Programme::with(db, |call| {
            let communes = vec!["59350".to_owned(), "59183".to_owned()];
            call.eligibility.push(Rule::ProjectInCommunes { area: "le littoral".into(), communes });
        });
        world.filed(1, 3_000);
        assert_eq!(files(&for_team(&world), Theme::Communes), [("Lille", 1)]);
    }
}

#[actix_web::test]
async fn a_member_recused_from_a_file_reads_the_numbers_of_a_call_without_it() {
    async fn pages(is_there: bool) -> Vec<String> {
        let world = Programme::on(sqlite());
        for (number, points) in [(1, ["5", "4"]), (2, ["3", "3"]), (3, ["2", "5"])] {
            scored(&world, number, 2_000, points);
        }
        if is_there {
            let file = scored(&world, 4, 3_000, ["5", "1"]);
            let member = &world.members[2];
            let declare = |tx: &mut Tx| recusals::declare_conflict(tx, member, id(member), file, "J’y siège", closed());
            world.db.write(declare).unwrap();
        }
        let site = Site::over(&world.db, closed());
        let cookie = site.cookie_of(&world.members[2]);
        let (here, mut seen) = (member_page(&world), Vec::new());
        for path in [here.clone(), format!("{here}/tableau?format=csv-programme")] {
            seen.push(bare(&text(site.get(&cookie, &path).await, 200).await));
        }
        seen
    }
    let with = pages(true).await;
    assert!(with[0].contains("Commencés\u{a0}: 3") && with[1].contains("course,Déposés,3,6000.00"), "{with:?}");
    assert_eq!(with, pages(false).await);
}

#[actix_web::test]
async fn decisions_are_in_no_number_of_a_member_before_they_are_announced() {
    let world = Programme::on(sqlite());
    let all: Vec<_> = (1..=5).map(|number| scored(&world, number, 2_000, ["4", "4"])).collect();
    let session = world.session();
    let site = Site::over(&world.db, closed());
    let (cookie, path) = (site.cookie_of(&world.members[0]), member_page(&world));
    let before = text(site.get(&cookie, &path).await, 200).await;
    assert!(before.contains("tenues secrètes") && !before.contains("Retenus"), "{before}");
    for (at, file) in all.iter().enumerate() {
        decide(&world, *file, if at < 3 { Verdict::Award } else { Verdict::Reject });
    }
    assert_eq!(bare(&text(site.get(&cookie, &path).await, 200).await), bare(&before));
    world.step(session, SessionEvent::Minute);
    world.try_step(&world.director, session, SessionEvent::Confirm).unwrap();
    for event in [CallEvent::StartReview, CallEvent::Deliberate] {
        world.advance_call(event).unwrap();
    }
    let version = world.call_row().version;
    world.db.write(|tx| releases::announce(tx, &world.officer, world.call, version, closed())).unwrap();
    let after = text(site.get(&cookie, &path).await, 200).await;
    assert!(after.contains("Retenus\u{a0}: 3") && after.contains(&Euros::whole(4_500).to_string()), "{after}");
}

#[test]
fn sums_over_one_or_two_files_are_kept_from_members_alone() {
    let world = Programme::on(sqlite());
    for number in 1..=2 {
        world.filed(number, 2_000);
    }
    let found = for_member(&world, 0);
    assert!(found.whole.asked.is_none() && found.whole.mean_asked().is_none() && found.left.is_none());
    let sums = |found: &Statistics| {
        found.breakdowns.iter().flat_map(|part| &part.slices).any(|s| s.asked.is_some_and(Euros::is_positive))
    };
    assert!(!sums(&found) && sums(&for_team(&world)));
    world.filed(3, 2_000);
    assert_eq!(for_member(&world, 0).whole.mean_asked(), Some(Euros::whole(2_000)));
}

#[actix_web::test]
async fn gaps_are_told_to_members_after_their_own_notes_and_name_nobody() {
    let world = Programme::on(sqlite());
    for number in 1..=3 {
        scored(&world, number, 2_000, ["4", "2"]);
    }
    let (_, _, waits) = world.in_review(4, 2_000);
    assert_eq!(for_member(&world, 0).gaps, Gaps::OwnFirst);
    assert_eq!(for_member(&world, 1).gaps, Gaps::Shown, "hers are all in");
    score(&world, 0, waits, "3");
    let found = for_member(&world, 0);
    assert!(found.gaps == Gaps::Shown && found.readers.is_empty());
    assert_eq!(files(&found, Theme::Spread)[3], ("20 points et plus", 3));
    let site = Site::over(&world.db, closed());
    let page = text(site.get(&site.cookie_of(&world.members[0]), &member_page(&world)).await, 200).await;
    assert!(page.contains("20 points et plus\u{a0}: 3") && !page.contains("Mamadou Sarr"), "{page}");
    let (officer, path) = (site.cookie_of(&world.officer), format!("/appels-a-projets/{}", found.call.reference));
    assert!(text(site.get(&officer, &path).await, 200).await.contains(&format!("{path}/statistiques")));
    let page = text(site.get(&officer, &format!("{path}/statistiques")).await, 200).await;
    assert!(page.contains("Mamadou Sarr") && page.contains("Notes par lecteur·rice"), "{page}");
}

#[test]
fn two_files_scored_twice_would_tell_of_each() {
    let world = Programme::on(sqlite());
    for number in 1..=2 {
        scored(&world, number, 2_000, ["4", "2"]);
    }
    assert_eq!(for_member(&world, 1).gaps, Gaps::TooFew);
    assert_eq!(files(&for_member(&world, 1), Theme::Spread), []);
    assert_eq!(for_team(&world).gaps, Gaps::Shown);
}

#[test]
fn the_statistics_exist_for_the_team_and_for_its_committee_alone() {
    let world = Programme::on(sqlite());
    let reference = world.definition.reference.as_str();
    let team = |who: &Actor| world.db.read(|conn| statistics::for_team(conn, who, reference));
    let member = |who: &Actor| world.db.read(|conn| statistics::for_member(conn, who, reference));
    team(&world.director).unwrap();
    for role in [Role::Finance, Role::Admin, Role::Reviewer, Role::Applicant] {
        assert!(is_hidden(team(&person(&world.db, &format!("Quelqu un {role}"), role))), "{role}");
    }
    let stranger = person(&world.db, "Noe Ailleurs", Role::Reviewer);
    assert!(is_hidden(member(&stranger)) && is_hidden(member(&world.officer)));
    let seat =
        |tx: &mut Tx| committees::appoint(tx, &world.officer, world.call, id(&stranger), "Région", Vote::Guest, open());
    world.db.write(seat).unwrap();
    declare_interests(&world.db, &stranger, &[]);
    assert_eq!(member(&stranger).unwrap().gaps, Gaps::OwnFirst, "a guest scores nothing");
}

/// As a page writes it.
fn escaped(text: &str) -> String {
    text.replace('&', "&#38;").replace('\'', "&#39;")
}

#[actix_web::test]
async fn the_tables_say_what_the_charts_draw_and_the_files_say_the_same() {
    let world = Programme::on(sqlite());
    for number in 1..=4 {
        scored(&world, number, 2_000, ["4", "2"]);
    }
    let site = Site::over(&world.db, closed());
    let (cookie, path) =
        (site.cookie_of(&world.officer), format!("/appels-a-projets/{}/statistiques", world.definition.reference));
    let page = text(site.get(&cookie, &path).await, 200).await;
    let table = text(site.get(&cookie, &format!("{path}/tableau?format=csv")).await, 200).await;
    assert!(
        table.starts_with("\u{feff}Thème;Groupe;Dossiers;Demandé (€);Dossiers retenus;Attribué (€)\r\n"),
        "{table}"
    );
    let found = for_team(&world);
    assert_eq!(table.lines().count(), 1 + found.breakdowns.iter().map(|part| part.slices.len()).sum::<usize>());
    for part in &found.breakdowns {
        let after = |mark: String| page.split(&mark).nth(1).unwrap_or_else(|| panic!("no {mark} in {page}"));
        let chart = after(format!("<desc id=\"{}-mots\">", part.theme)).split("</desc>").next().unwrap();
        let numbers = after(format!("<details id=\"nombres-{}\">", part.theme)).split("</details>").next().unwrap();
        for slice in &part.slices {
            let label = escaped(&slice.label);
            assert!(chart.contains(&format!("{label}\u{a0}: {}", slice.files)), "{label}: {chart}");
            let cell = format!("{label}</th><td class=\"number\" data-label=\"Dossiers\">{}</td>", slice.files);
            assert!(numbers.contains(&cell), "{cell}: {numbers}");
            let line = format!("{};{};{};", part.theme.label(), slice.label, slice.files);
            assert!(table.contains(&line), "{line}: {table}");
        }
    }
    assert_eq!(page.matches("<svg role=\"img\" aria-labelledby=\"").count(), page.matches("<desc").count());
    assert!(!page.contains("style=\""), "{page}");
    let book = site.get(&cookie, &format!("{path}/tableau")).await;
    assert!(book.headers()["content-disposition"].to_str().unwrap().ends_with(".xlsx\""));
    assert!(book.bytes().await.unwrap().starts_with(b"PK"));
}

#[test]
fn as_many_questions_are_asked_about_three_hundred_files_as_about_ten() {
    let world = Programme::on(sqlite());
    for number in 1..=10 {
        world.filed(number, 2_000);
    }
    let questions = databases::counter();
    let db = Db::open_counting(world.db.url(), questions.clone()).unwrap();
    let reference = world.definition.reference.as_str();
    let walk = || {
        questions.swap(0, Ordering::Relaxed);
        let of_team = db.read(|conn| statistics::for_team(conn, &world.officer, reference)).unwrap();
        let of_member = db.read(|conn| statistics::for_member(conn, &world.members[0], reference)).unwrap();
        assert_eq!(of_team.whole.files, of_member.whole.files);
        (questions.swap(0, Ordering::Relaxed), of_team.whole.files)
    };
    walk();
    let few = walk();
    db.read(crate::queries::copy_files).unwrap();
    let many = walk();
    assert_eq!((few.1, many.1), (10, 300));
    assert_eq!(few.0, many.0);
}

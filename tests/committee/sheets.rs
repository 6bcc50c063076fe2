//! A member's pages: their files, one file to score, what a conflict takes away.

use super::{bare, field, text};
use crate::support::{
    databases::sqlite,
    programme::{PDF, Programme, closed, id},
    site::Site,
};
use tisserand::{
    domain::{decisions::Verdict, ids::ReviewId, lifecycles::reviews::ReviewState},
    store::{Tx, attachments, reviews as rows},
    usecases::{
        recusals, reviews,
        rooms::{self, ProposalForm},
    },
};

/// The member's form, every criterion marked alike.
fn form(world: &Programme, stamp: &str, points: &str, wish: &str) -> Vec<(String, String)> {
    let mut fields = vec![
        ("empreinte".to_owned(), stamp.to_owned()),
        ("avis".to_owned(), "Un projet sincère.".to_owned()),
        ("suite".to_owned(), wish.to_owned()),
    ];
    for criterion in &world.definition.grid.criteria {
        fields.push((format!("note-{}", criterion.code), points.to_owned()));
        fields.push((format!("commentaire-{}", criterion.code), format!("Sur {}", criterion.code)));
    }
    fields
}

fn sent(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn state(world: &Programme, review: ReviewId) -> ReviewState {
    world.db.read(|conn| rows::find(conn, review)).unwrap().state
}

#[actix_web::test]
async fn a_member_finds_their_files_and_scores_one_on_one_screen() {
    let world = Programme::on(sqlite());
    let (_, _, review) = world.in_review(1, 3_000);
    let (_, other, second) = world.in_review(2, 2_000);
    world.assign(other, &world.members[1]).unwrap();
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.members[0]);
    let list = text(site.get(&cookie, "/comite").await, 200).await;
    assert!(list.contains("<strong>0 sur 2</strong>") && list.contains("Commencer"), "{list}");
    let begin = site.get(&cookie, &format!("/comite/suivant/{}", world.definition.reference)).await;
    assert_eq!(begin.headers()["location"], format!("/comite/evaluations/{review}"));
    let path = format!("/comite/evaluations/{review}");
    let page = text(site.get(&cookie, &path).await, 200).await;
    assert!(page.contains("Un océan, deux classes 1") && page.contains("Des ateliers, une restitution"), "{page}");
    assert!(page.contains("5 – Remarquable") && page.contains("coefficient 3"));
    assert!(page.contains(&format!("href=\"/comite/evaluations/{second}\" rel=\"next\"")));
    let stamp = field(&page, "empreinte");
    let done = site.post(&cookie, &path, &sent(&form(&world, &stamp, "4", "remettre"))).await;
    assert_eq!(done.status(), 303);
    assert_eq!(done.headers()["location"], format!("/comite/evaluations/{second}"), "the next one opens");
    assert_eq!(state(&world, review), ReviewState::Submitted);
    let again = site.post(&cookie, &path, &sent(&form(&world, &stamp, "4", "remettre"))).await;
    assert_eq!(again.status(), 303, "a second click finds what the first one did");
    let page = text(site.get(&cookie, &path).await, 200).await;
    assert!(page.contains("80,00</strong> sur 100") && page.contains("Passer au dossier suivant"), "{page}");
    let list = text(site.get(&cookie, "/comite").await, 200).await;
    assert!(list.contains("<strong>1 sur 2</strong>") && list.contains("Reprendre"), "{list}");
}

#[actix_web::test]
async fn nothing_typed_is_lost_by_a_wrong_mark_a_missing_one_or_another_page() {
    let world = Programme::on(sqlite());
    let (_, _, review) = world.in_review(1, 3_000);
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.members[0]);
    let path = format!("/comite/evaluations/{review}");
    let stamp = field(&text(site.get(&cookie, &path).await, 200).await, "empreinte");
    let mut wrong = form(&world, &stamp, "4", "remettre");
    wrong[3].1 = "7".into();
    let page = text(site.post(&cookie, &path, &sent(&wrong)).await, 422).await;
    assert!(
        page.contains("La note va de 0 à 5") && page.contains("Sur education") && page.contains("Un projet sincère.")
    );
    assert_eq!(state(&world, review), ReviewState::Assigned);
    let mut lacking = form(&world, &stamp, "3", "remettre");
    lacking[3].1 = String::new();
    let page = text(site.post(&cookie, &path, &sent(&lacking)).await, 422).await;
    assert!(page.contains("Donnez une note") && page.contains("Sur pertinence"), "{page}");
    assert_eq!(
        state(&world, review),
        ReviewState::InProgress,
        "what can be kept is kept, a comment without a mark too"
    );
    let page = text(site.get(&cookie, &path).await, 200).await;
    assert!(page.contains("Sur pertinence") && page.contains("Un projet sincère."), "{page}");
    let late = text(site.post(&cookie, &path, &sent(&form(&world, &stamp, "1", "garder"))).await, 409).await;
    assert!(late.contains("rien n’est perdu") && late.contains("Un projet sincère."), "{late}");
    let stamp = field(&late, "empreinte");
    assert_eq!(site.post(&cookie, &path, &sent(&form(&world, &stamp, "1", "garder"))).await.status(), 303);
}

#[actix_web::test]
async fn the_marks_of_the_others_appear_once_ones_own_is_in() {
    let world = Programme::on(sqlite());
    let (_, file, mine) = world.in_review(1, 3_000);
    let theirs = world.assign(file, &world.members[1]).unwrap();
    let submit = |tx: &mut Tx| {
        reviews::save_and_submit(tx, &world.members[1], theirs, &world.marks("2"), "Un avis d’Amadou", closed())
    };
    world.db.write(submit).unwrap();
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.members[0]);
    let path = format!("/comite/evaluations/{mine}");
    let before = text(site.get(&cookie, &path).await, 200).await;
    for secret in ["Mamadou Sarr", "Un avis d’Amadou", "40,00", "Moyenne"] {
        assert!(!before.contains(secret), "{secret}");
    }
    site.post(&cookie, &path, &sent(&form(&world, &field(&before, "empreinte"), "4", "remettre"))).await;
    let after = text(site.get(&cookie, &path).await, 200).await;
    for known in ["Mamadou Sarr", "Un avis d’Amadou", "40,00 / 100", "60,00 / 100"] {
        assert!(after.contains(known), "{known} in {after}");
    }
    let version = world.db.read(|conn| rows::find(conn, mine)).unwrap().version;
    world.db.write(|tx| reviews::reopen(tx, &world.officer, mine, version, "Revoyez le budget", closed())).unwrap();
    let again = text(site.get(&cookie, &path).await, 200).await;
    assert!(!again.contains("Mamadou Sarr") && again.contains("Revoyez le budget"), "{again}");
}

#[actix_web::test]
async fn somebody_elses_sheet_and_a_file_given_back_are_pages_that_do_not_exist() {
    let world = Programme::on(sqlite());
    let (_, _, review) = world.in_review(1, 3_000);
    let site = Site::over(&world.db, closed());
    let (mine, other) = (site.cookie_of(&world.members[0]), site.cookie_of(&world.members[1]));
    let path = format!("/comite/evaluations/{review}");
    assert_eq!(site.get(&other, &path).await.status(), 404);
    let ask = text(site.get(&mine, &format!("{path}/decliner")).await, 200).await;
    let token = field(&ask, "token");
    let empty = site.post(&mine, &format!("{path}/decliner"), &[("token", &token), ("motif", " ")]).await;
    assert!(text(empty, 422).await.contains("Dites en quelques mots pourquoi."));
    let done = site.post(&mine, &format!("{path}/decliner"), &[("token", &token), ("motif", "En congé")]).await;
    assert_eq!((done.status().as_u16(), state(&world, review)), (303, ReviewState::Declined));
    assert_eq!(site.get(&mine, &path).await.status(), 404);
}

#[actix_web::test]
async fn after_a_conflict_is_declared_the_file_and_its_papers_do_not_exist() {
    let world = Programme::on(sqlite());
    let (_, file, review) = world.in_review(1, 3_000);
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.members[0]);
    let paper = world.db.read(|conn| attachments::of_owner(conn, file.as_str())).unwrap().remove(0);
    let paper = format!("/pieces/{}", paper.id);
    site.files.put(PDF.to_vec()).await.unwrap();
    assert_eq!(site.get(&cookie, &paper).await.status(), 200);
    let ask_path = format!("/comite/dossiers/{file}/deport");
    let ask = text(site.get(&cookie, &ask_path).await, 200).await;
    assert!(ask.contains("n’existe plus pour vous"), "asking changes nothing");
    assert_eq!(state(&world, review), ReviewState::Assigned);
    let token = field(&ask, "token");
    let empty = text(site.post(&cookie, &ask_path, &[("token", &token), ("motif", "")]).await, 422).await;
    assert!(empty.contains("quel est le lien"), "{empty}");
    let fields = [("token", token.as_str()), ("motif", "Ma sœur y travaille")];
    assert_eq!(site.post(&cookie, &ask_path, &fields).await.status(), 303);
    assert_eq!(site.post(&cookie, &ask_path, &fields).await.status(), 303, "a second click");
    assert_eq!(state(&world, review), ReviewState::Recused);
    for path in
        [&format!("/comite/evaluations/{review}"), &ask_path, &paper, &format!("/comite/evaluations/{review}/decliner")]
    {
        assert_eq!(site.get(&cookie, path).await.status(), 404, "{path}");
    }
    assert!(!text(site.get(&cookie, "/comite").await, 200).await.contains("Un océan"));
    let reasons = world.db.read(|conn| tisserand::store::recusals::of_application(conn, file)).unwrap();
    assert_eq!((reasons.len(), reasons[0].0), (1, id(&world.members[0])));
}

/// Every page of a member of the committee, with or without a third file that they declared a conflict with.
async fn pages_of_a_member(has_conflict: bool) -> Vec<(String, String)> {
    let world = Programme::on(sqlite());
    let (_, first, review) = world.in_review(1, 3_000);
    let (_, _, second) = world.in_review(2, 2_000);
    world.assign(first, &world.members[1]).unwrap();
    let member = &world.members[0];
    let mut gone = vec!["/comite/evaluations/0198c0a1-7b5c-7def-8123-456789abcdef".to_owned()];
    let mut hidden = None;
    if has_conflict {
        let (_, file, its_review) = world.in_review(3, 4_000);
        hidden = Some(file);
        let theirs = world.assign(file, &world.members[1]).unwrap();
        let submit =
            |tx: &mut Tx| reviews::save_and_submit(tx, &world.members[1], theirs, &world.marks("5"), "", closed());
        world.db.write(submit).unwrap();
        let declare = |tx: &mut Tx| recusals::declare_conflict(tx, member, id(member), file, "J’y siège", closed());
        world.db.write(declare).unwrap();
        gone.push(format!("/comite/evaluations/{its_review}"));
        gone.push(format!("/comite/evaluations/{its_review}/decliner"));
        gone.push(format!("/comite/dossiers/{file}/deport"));
        let paper = world.db.read(|conn| attachments::of_owner(conn, file.as_str())).unwrap().remove(0);
        gone.push(format!("/pieces/{}", paper.id));
    }
    let session = world.session();
    if let Some(hidden) = hidden {
        let proposal = ProposalForm { verdict: Some(Verdict::Award), amount: "4 000".into() };
        world.db.write(|tx| rooms::propose(tx, &world.officer, session, hidden, None, &proposal)).unwrap();
    }
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(member);
    let mut pages = Vec::new();
    for (name, path) in [
        ("list", "/comite".to_owned()),
        ("past", "/comite?liste=passees".to_owned()),
        ("first", format!("/comite/evaluations/{review}")),
        ("last", format!("/comite/evaluations/{second}")),
        ("conflict", format!("/comite/dossiers/{first}/deport")),
        ("session", format!("/comite/seances/{session}")),
        ("room", format!("/comite/seances/{session}/salle")),
        ("home", "/".to_owned()),
        ("projects", "/projets".to_owned()),
    ] {
        pages.push((name.to_owned(), bare(&text(site.get(&cookie, &path).await, 200).await)));
    }
    let nowhere = bare(&text(site.get(&cookie, &gone[0]).await, 404).await);
    for path in &gone {
        assert_eq!(bare(&text(site.get(&cookie, path).await, 404).await), nowhere, "{path}");
    }
    pages.push(("nowhere".into(), nowhere));
    pages
}

#[actix_web::test]
async fn for_a_recused_member_every_page_is_as_if_the_file_did_not_exist() {
    let (without, with) = (pages_of_a_member(false).await, pages_of_a_member(true).await);
    for ((name, expected), (_, page)) in without.iter().zip(&with) {
        assert_eq!(page, expected, "{name}");
    }
    assert!(without[0].1.contains("Un océan") && without[5].1.contains("Un océan"), "the pages show something");
}

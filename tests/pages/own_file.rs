//! A holder reads again what they filed; a member finds their sessions.

use super::text;
use crate::support::{
    databases::{each_database, sqlite},
    programme::{PDF, Programme, closed, open},
    site::Site,
};
use tisserand::domain::lifecycles::{reviews::ReviewState, sessions::SessionEvent};
use tisserand::{
    store::reviews as rows,
    usecases::{attachments, reviews, sessions},
};

#[actix_web::test]
async fn a_holder_reads_their_own_answers_and_pieces_once_the_file_is_in() {
    for db in each_database() {
        let world = Programme::on(db);
        let (holder, filed) = world.filed(1, 3_000);
        let (_, draft) = world.complete(2, 3_000);
        let site = Site::over(&world.db, open());
        let cookie = site.cookie_of(&holder);
        let page = text(site.get(&cookie, &format!("/dossiers/{filed}")).await, 200).await;
        for said in [
            "Vos réponses et vos pièces",
            "Des ateliers, une restitution, un carnet de bord.",
            "Subvention demandée ici",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        let piece = page.split("href=\"/pieces/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let bytes = attachments::judge("f", "piece.pdf", PDF).unwrap();
        site.files.put(PDF.to_vec()).await.unwrap();
        assert!(!bytes.sha256.is_empty());
        assert_eq!(site.get(&cookie, &format!("/pieces/{piece}")).await.bytes().await.unwrap(), PDF);
        let other = site.person(tisserand::domain::roles::Role::Applicant);
        assert_eq!(site.get(&other, &format!("/pieces/{piece}")).await.status(), 404);
        let page = text(site.get(&cookie, &format!("/dossiers/{draft}")).await, 404).await;
        assert!(!page.contains("Vos réponses"), "{page}");
    }
}

#[actix_web::test]
async fn a_member_finds_the_sessions_they_are_invited_to_and_only_those() {
    for db in each_database() {
        let world = Programme::on(db);
        let (_, _, _) = world.in_review(1, 3_000);
        let form = sessions::SessionForm {
            title: "Jury de mars".into(),
            date: "2027-03-11".into(),
            time: "14:00".into(),
            place: "Lille".into(),
        };
        let plan = |tx: &mut tisserand::store::Tx| {
            let id = sessions::plan(tx, &world.officer, world.call, &form, closed())?;
            sessions::fill_agenda(tx, &world.officer, id)?;
            Ok::<_, tisserand::usecases::UseCaseError>(id)
        };
        let session = world.db.write(plan).unwrap();
        let site = Site::over(&world.db, closed());
        let member = site.cookie_of(&world.members[1]);
        let list = text(site.get(&member, "/comite").await, 200).await;
        assert!(!list.contains("Jury de mars"), "nobody is invited yet");
        world.step(session, SessionEvent::Convene);
        let list = text(site.get(&member, "/comite").await, 200).await;
        assert!(list.contains(&format!("/comite/seances/{session}")) && list.contains("14 h 00, Lille"), "{list}");
        let outsider = site.person(tisserand::domain::roles::Role::Reviewer);
        assert!(!text(site.get(&outsider, "/comite").await, 200).await.contains("Jury de mars"));
    }
}

#[actix_web::test]
async fn a_review_that_is_in_cannot_be_given_back_and_the_page_says_so() {
    let world = Programme::on(sqlite());
    let (_, _, review) = world.in_review(1, 3_000);
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&world.members[0]);
    let path = format!("/comite/evaluations/{review}/decliner");
    assert!(text(site.get(&cookie, &path).await, 200).await.contains("Rendre ce dossier"));
    let hand_in = |tx: &mut tisserand::store::Tx| {
        reviews::save_scores(tx, &world.members[0], review, &world.marks("4"), "Bien.", closed())?;
        let version = rows::find(tx.conn(), review)?.version;
        reviews::submit(tx, &world.members[0], review, version, closed()).map(drop)
    };
    world.db.write(hand_in).unwrap();
    assert_eq!(world.db.read(|conn| rows::find(conn, review)).unwrap().state, ReviewState::Submitted);
    let refused = text(site.get(&cookie, &path).await, 409).await;
    assert!(refused.contains("Ce n’est plus possible") && refused.contains("remise"), "{refused}");
}

//! One's own review first: whatever else somebody is, nothing of what others think of a file reaches them before theirs is in.

use super::{rankings::marked, text};
use crate::support::{
    databases::sqlite,
    programme::{Programme, closed, declare_interests, id, person},
    site::Site,
};
use tisserand::{
    domain::{
        ids::{ApplicationId, ReviewId, SessionId},
        rankings::Order,
        roles::Role,
    },
    store::Tx,
    usecases::{
        Actor,
        committees::{self, Vote},
        rankings::{Table, table},
        reviews, rooms,
    },
};

/// Somebody of the team who sits in the committee, and a file that waits for their review.
struct Desk {
    world: Programme,
    /// Officer, director and reader.
    both: Actor,
    file: ApplicationId,
    review: ReviewId,
    session: SessionId,
}

/// Two others gave 40 and 100 to the file: a mean and a median of 70, a gap of 60.
fn desk() -> Desk {
    let world = Programme::on(sqlite());
    let both = Actor::person(id(&world.officer), vec![Role::Officer, Role::Director, Role::Reviewer]);
    let appoint =
        |tx: &mut Tx| committees::appoint(tx, &world.officer, world.call, id(&both), "", Vote::Advisory, closed());
    world.db.write(appoint).unwrap();
    person(&world.db, "Lucie Hennebelle", Role::Director);
    declare_interests(&world.db, &both, &[]);
    let file = marked(&world, &[&["2", "5"]]).remove(0);
    let review = world.assign(file, &both).unwrap();
    let session = world.session();
    world.confirm_interests(&both, session);
    Desk { world, both, file, review, session }
}

impl Desk {
    /// Every page, file and stream of theirs on which something of the file may stand.
    fn addresses(&self) -> Vec<String> {
        let (call, file, session) = (&self.world.definition.reference, self.file, self.session);
        let ranking = format!("/appels-a-projets/{call}/classement");
        vec![
            "/comite".into(),
            format!("/comite/evaluations/{}", self.review),
            format!("/comite/miroir/{call}"),
            format!("/comite/hors-ligne/{call}"),
            format!("/comite/appels/{call}/statistiques"),
            format!("/comite/appels/{call}/statistiques/tableau?format=csv"),
            format!("/comite/seances/{session}"),
            format!("/comite/seances/{session}/salle"),
            ranking.clone(),
            format!("{ranking}?tri=mediane"),
            format!("{ranking}?tri=ecart"),
            format!("{ranking}?tri=ajustee"),
            format!("{ranking}/fichier?format=csv"),
            format!("{ranking}/{file}"),
            format!("/appels-a-projets/{call}"),
            format!("/appels-a-projets/{call}/repartition"),
            format!("/appels-a-projets/{call}/statistiques"),
            format!("/appels-a-projets/{call}/statistiques/tableau?format=csv"),
            format!("/seances/{session}/scenarios"),
            format!("/appels-a-projets/{call}/reserve"),
            format!("/instruction/{file}"),
            format!("/instruction/{file}/pdf"),
            format!("/seances/{session}"),
            format!("/seances/{session}/salle"),
            format!("/seances/{session}/ecran"),
            format!("/seances/{session}/dossiers/{file}"),
            "/finances/exports/fichier?table=dossiers&format=csv".into(),
        ]
    }

    /// What of the others' opinion stands on each page that exists.
    async fn told(&self, site: &Site, cookie: &str) -> Vec<(String, Vec<&'static str>)> {
        const SECRETS: [&str; 5] = ["Avis de 0", "Avis de 1", "40,00", "70,00", "60,00 <span"];
        let mut told = Vec::new();
        for address in self.addresses() {
            let reply = site.get(cookie, &address).await;
            let status = reply.status().as_u16();
            assert!(matches!(status, 200 | 404), "{address}: {status}");
            let page = String::from_utf8_lossy(&reply.bytes().await.unwrap()).into_owned();
            told.push((address, SECRETS.into_iter().filter(|secret| page.contains(secret)).collect()));
        }
        told
    }
}

#[actix_web::test]
async fn nothing_of_the_others_is_told_before_ones_own_review_is_in() {
    let desk = desk();
    let site = Site::over(&desk.world.db, closed());
    let cookie = site.cookie_of(&desk.both);
    for (address, secrets) in desk.told(&site, &cookie).await {
        assert_eq!(secrets, Vec::<&str>::new(), "{address}");
    }
    let ranking = format!("/appels-a-projets/{}/classement", desk.world.definition.reference);
    let page = text(site.get(&cookie, &ranking).await, 200).await;
    assert!(page.contains("à évaluer par vous d’abord") && !page.contains("à discuter"), "{page}");
    let numbers = format!("/appels-a-projets/{}/statistiques", desk.world.definition.reference);
    let page = text(site.get(&cookie, &numbers).await, 200).await;
    assert!(!page.contains("Notes par lecteur"), "no reader's least and most: {page}");
    let marks = desk.world.marks("3");
    let submit = |tx: &mut Tx| reviews::save_and_submit(tx, &desk.both, desk.review, &marks, "Le mien", closed());
    desk.world.db.write(submit).unwrap();
    assert!(text(site.get(&cookie, &numbers).await, 200).await.contains("Notes par lecteur"));
    let told = desk.told(&site, &cookie).await;
    let silent = |part: &str| told.iter().find(|(address, _)| address.contains(part)).unwrap().1.is_empty();
    for part in ["/comite/evaluations/", &format!("/classement/{}", desk.file), "/instruction/", "/dossiers/"] {
        assert!(!silent(part), "{part} tells nothing once the review is in");
    }
    let page = text(site.get(&cookie, &ranking).await, 200).await;
    // 40, 60 and 100.
    for figure in ["66,67", "data-label=\"Médiane\">60,00", "data-label=\"Écart\">60,00", "à discuter"] {
        assert!(page.contains(figure), "{figure} in {page}");
    }
}

#[test]
fn a_file_that_waits_for_ones_review_weighs_nothing_on_the_others() {
    let desk = desk();
    let see = |actor: &Actor| -> Table {
        let reference = &desk.world.definition.reference;
        desk.world.db.read(|conn| table(conn, actor, reference, Order::Mean, None)).unwrap()
    };
    let own = see(&desk.both);
    assert!(own.readers.is_empty() && own.files[0].is_unread && own.files[0].ranked.rank.is_none());
    let room = desk.world.db.read(|conn| rooms::for_team(conn, &desk.both, desk.session)).unwrap();
    assert_eq!(room.cut.lines.iter().map(|line| line.rank).collect::<Vec<_>>(), [None]);
    let colleague = see(&person(&desk.world.db, "Autre Collegue", Role::Officer));
    assert_eq!((colleague.readers.len(), colleague.files[0].ranked.rank), (2, Some(1)), "a colleague reads on");
}

#[actix_web::test]
async fn the_order_of_an_agenda_does_not_tell_which_file_is_thought_best() {
    let world = Programme::on(sqlite());
    marked(&world, &[&["", "2"], &["", "5"]]);
    let session = world.session();
    let site = Site::over(&world.db, closed());
    for address in [format!("/comite/seances/{session}"), format!("/comite/seances/{session}/salle")] {
        let mut first = Vec::new();
        for member in &world.members[..2] {
            let page = text(site.get(&site.cookie_of(member), &address).await, 200).await;
            let place = |number: u8| page.find(&format!("deux classes {number}")).unwrap();
            first.push(if place(1) < place(2) { 1 } else { 2 });
        }
        assert_eq!(first, [1, 2], "{address}: by reference, and for whoever has reviewed both the best first");
    }
}

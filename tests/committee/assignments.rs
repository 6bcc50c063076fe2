//! Who is proposed to read what, with the reason of each; and who reads without scoring.

use super::text;
use crate::support::{
    databases::{each_database, sqlite},
    forms,
    programme::{Programme, assert_whole, closed, id, person, siret},
    site::Site,
};
use tisserand::{
    domain::{
        definitions::College,
        ids::{ApplicationId, PersonId},
        lifecycles::reviews::ReviewState,
        messages::MessageKind,
        reviews::Why,
        roles::Role,
    },
    store::{Tx, messages, reviews as rows},
    usecases::{
        Actor, Outcome, UseCaseError,
        assignments::{self, Plan},
        committees::{self, Vote},
        conflicts, recusals, review_notices, reviews,
        seat_origins::{self, OriginForm},
        skills::{self, SkillsForm},
    },
};

fn plan(world: &Programme) -> Plan {
    let reference = &world.definition.reference;
    world.db.read(|conn| assignments::plan(conn, &world.officer, reference)).unwrap()
}

fn proposed(plan: &Plan, file: ApplicationId) -> Vec<PersonId> {
    let planned = plan.files.iter().find(|planned| planned.row.id == file);
    planned.map(|planned| planned.proposed.iter().map(|(person, _)| *person).collect()).unwrap_or_default()
}

fn know(world: &Programme, member: &Actor, axes: &[&str], departments: &[&str], apart: &[PersonId]) {
    let all = |codes: &[&str]| codes.iter().map(|code| code.to_string()).collect();
    let apart = apart.iter().map(ToString::to_string).collect();
    let form = SkillsForm { axes: all(axes), departments: all(departments), apart };
    let reference = &world.definition.reference;
    world.db.write(|tx| skills::save(tx, &world.officer, reference, id(member), &form, closed())).unwrap();
}

fn guest(world: &Programme, name: &str) -> Actor {
    let guest = person(&world.db, name, Role::Reviewer);
    let appoint =
        |tx: &mut Tx| committees::appoint(tx, &world.officer, world.call, id(&guest), "", Vote::Guest, closed());
    world.db.write(appoint).unwrap();
    crate::support::programme::declare_interests(&world.db, &guest, &[]);
    guest
}

fn sentences<T: std::fmt::Debug>(outcome: Outcome<T>) -> Vec<String> {
    match outcome {
        Err(UseCaseError::Invalid(fields)) => fields.into_iter().map(|field| field.message).collect(),
        other => panic!("{other:?} is no refused form"),
    }
}

#[test]
fn readers_are_proposed_by_what_they_know_and_nothing_is_applied_before_it_is_seen() {
    for db in each_database() {
        let world = Programme::on(db);
        let (_, file) = world.filed(1, 3_000);
        world.eligible(file);
        let axis = world.definition.axes[0].clone();
        know(&world, &world.members[3], &[&axis], &["59"], &[]);
        let seen = plan(&world);
        assert_eq!(seen.files[0].lacks, 2);
        let (first, why) = &seen.files[0].proposed[0];
        assert_eq!(*first, id(&world.members[3]));
        assert_eq!(why[..2], [Why::Axis(axis), Why::Department("59".into())]);
        assert_eq!(proposed(&plan(&world), file), proposed(&seen, file), "the same facts, the same proposal");
        assert_eq!(world.db.read(|conn| rows::of_application(conn, file)).unwrap().len(), 0, "looking changes nothing");
        let chosen = |members: &[usize]| -> Vec<_> {
            let choice =
                |(place, member): (usize, &usize)| (assignments::field(file, place), file, id(&world.members[*member]));
            members.iter().enumerate().map(choice).collect()
        };
        let reference = &world.definition.reference;
        let apply = |members: &[usize]| {
            let chosen = chosen(members);
            world.db.write(|tx| assignments::apply(tx, &world.officer, reference, &chosen, None, closed()))
        };
        assert!(sentences(apply(&[1, 1]))[0].contains("déjà confié"));
        assert_eq!(world.db.read(|conn| rows::of_application(conn, file)).unwrap().len(), 0, "all or nothing");
        assert_eq!(apply(&[1, 2]).unwrap(), 2, "as the officer changed it");
        assert!(plan(&world).files.is_empty());
        assert_whole(&world.db);
    }
}

#[test]
fn a_reading_that_is_given_up_is_proposed_to_somebody_else() {
    for db in each_database() {
        let world = Programme::on(db);
        let (_, file, review) = world.in_review(1, 3_000);
        let (first, second) = (&world.members[0], &world.members[1]);
        let other = world.assign(file, second).unwrap();
        assert!(plan(&world).files.is_empty());
        let declare = |tx: &mut Tx| recusals::declare_conflict(tx, first, id(first), file, "Ma sœur", closed());
        world.db.write(declare).unwrap();
        assert_eq!(world.db.read(|conn| rows::find(conn, review)).unwrap().state, ReviewState::Recused);
        let next = proposed(&plan(&world), file);
        assert!(next.len() == 1 && ![id(first), id(second)].contains(&next[0]), "{next:?}");
        let mails = world.db.read(|conn| messages::page(conn, None, None, 200)).unwrap();
        let told = mails.iter().find(|mail| mail.kind == MessageKind::ReviewGivenUp).unwrap();
        let name = plan(&world).name(next[0]).to_owned();
        assert!(!told.facts.contains(&name), "the outbox names nobody: {}", told.facts);
        let mail = world.db.read(|conn| review_notices::composed(conn, told)).unwrap().unwrap();
        assert!(mail.paragraphs[1].contains(&format!("Nous proposons {name}")), "{mail:?}");
        let version = world.db.read(|conn| rows::find(conn, other)).unwrap().version;
        world.db.write(|tx| reviews::decline(tx, second, other, version, "Pas le temps", closed())).unwrap();
        let next = proposed(&plan(&world), file);
        assert!(next.len() == 2 && !next.contains(&id(second)), "who declined is not asked again");
        assert!(sentences(world.assign(file, second))[0].contains("a décliné"));
    }
}

#[test]
fn two_members_kept_apart_read_no_file_together() {
    let world = Programme::on(sqlite());
    for number in 1..=6 {
        let (_, file) = world.filed(number, 1_000);
        world.eligible(file);
    }
    know(&world, &world.members[0], &[], &[], &[id(&world.members[1])]);
    let seen = plan(&world);
    let pair = [id(&world.members[0]), id(&world.members[1])];
    for file in &seen.files {
        let readers = proposed(&seen, file.row.id);
        assert!(readers.len() == 2 && !pair.iter().all(|one| readers.contains(one)), "{readers:?}");
    }
    let file = seen.files[0].row.id;
    world.assign(file, &world.members[1]).unwrap();
    assert!(sentences(world.assign(file, &world.members[0]))[0].contains("ne lise pas les mêmes dossiers"));
    let strange = SkillsForm { axes: vec!["INCONNU".into()], ..SkillsForm::default() };
    let reference = &world.definition.reference;
    let refused =
        world.db.write(|tx| skills::save(tx, &world.officer, reference, id(&world.members[0]), &strange, closed()));
    assert_eq!(sentences(refused).len(), 1);
}

#[actix_web::test]
async fn the_proposal_is_shown_with_its_reasons_changed_by_hand_and_applied_once() {
    let world = Programme::on(sqlite());
    let (_, file) = world.filed(1, 3_000);
    world.eligible(file);
    let site = Site::over(&world.db, closed());
    let officer = site.cookie_of(&world.officer);
    let call = format!("/appels-a-projets/{}", world.definition.reference);
    let seat = format!("{call}/comite/{}", id(&world.members[3]));
    let page = text(site.get(&officer, &seat).await, 200).await;
    assert!(page.contains("Rachid Hamdi") && page.contains("Pas-de-Calais"), "{page}");
    assert_eq!(site.post(&officer, &seat, &[("departements", "59")]).await.status(), 303);
    let wrong = text(site.post(&officer, &seat, &[("departements", "75")]).await, 422).await;
    assert!(wrong.contains("Choisissez parmi les réponses."), "{wrong}");
    let path = format!("{call}/repartition");
    let page = text(site.get(&officer, &path).await, 200).await;
    assert!(page.contains("Rachid Hamdi\u{a0}: connaît le territoire\u{a0}: Nord"), "{page}");
    let mut form = forms::fields(&page, &path);
    let send = async |form: &[(String, String)]| {
        let fields: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        site.post(&officer, &path, &fields).await
    };
    let (one, other) = (assignments::field(file, 0), assignments::field(file, 1));
    let mut set = |name: &str, value: String| {
        form.iter_mut().filter(|(field, _)| field == name).for_each(|(_, known)| *known = value.clone());
        form.clone()
    };
    set("echeance", "2027-03-01".into());
    set(&one, id(&world.members[2]).to_string());
    let twice = set(&other, id(&world.members[2]).to_string());
    let page = text(send(&twice).await, 422).await;
    assert!(page.contains("déjà confié") && page.contains("value=\"2027-03-01\""), "{page}");
    let good = set(&other, String::new());
    assert_eq!(send(&good).await.status(), 303);
    assert_eq!(send(&good).await.status(), 303, "a second click");
    let readers = world.db.read(|conn| rows::of_application(conn, file)).unwrap();
    assert_eq!(readers.iter().map(|review| review.person_id).collect::<Vec<_>>(), [id(&world.members[2])]);
    let mails = world.db.read(|conn| messages::page(conn, None, None, 500)).unwrap();
    let told = mails.iter().filter(|mail| mail.kind == MessageKind::ReviewAssigned).count();
    assert_eq!(told, 1, "the second click tells nobody");
    let page = text(site.get(&officer, &path).await, 200).await;
    assert!(page.contains("déjà confié à Elodie Mercier"), "one reader is still missing: {page}");
}

#[test]
fn each_file_gets_a_reader_of_each_college_and_none_of_a_partner_or_of_its_own_house() {
    for db in each_database() {
        let college = |code: &str, label: &str| College { code: code.into(), label: label.into(), readers: 1 };
        let world = Programme::with_definition(db, |definition| {
            definition.fund.committee.colleges = vec![college("asso", "Associations"), college("etat", "État")];
        });
        let reference = &world.definition.reference;
        let from = |member: usize, college: &str, employer: &str, number: &str| {
            let form = OriginForm {
                college: college.into(),
                employer: employer.into(),
                number: number.into(),
                domain: String::new(),
            };
            let who = id(&world.members[member]);
            world.db.write(|tx| seat_origins::save(tx, &world.officer, reference, who, &form))
        };
        from(0, "asso", "", "").unwrap();
        from(1, "asso", "Médiathèque", "").unwrap();
        from(2, "asso", "", &siret(1)).unwrap();
        from(3, "etat", "", "").unwrap();
        assert_eq!(sentences(from(0, "elus", "", "12")).len(), 2);
        let files: Vec<_> = (1..=2).map(|number| world.filed(number, 1_000).1).collect();
        files.iter().for_each(|file| world.eligible(*file));
        let seen = plan(&world);
        let state = id(&world.members[3]);
        for (place, file) in files.iter().enumerate() {
            let readers = proposed(&seen, *file);
            assert!(readers.len() == 2 && readers.contains(&state), "{readers:?}");
            assert!(!readers.contains(&id(&world.members[1])), "a partner's own");
            assert!(place == 1 || !readers.contains(&id(&world.members[2])), "by its number");
        }
        let why = &seen.files[0].proposed[0].1;
        assert!(why.iter().any(|why| matches!(why, Why::College(_))), "{why:?}");
        assert!(sentences(world.assign(files[0], &world.members[1]))[0].contains("partenaire du projet"));
        assert!(sentences(world.assign(files[0], &world.members[2]))[0].contains("lien possible"));
        let board = world.db.read(|conn| conflicts::board(conn, &world.officer, reference)).unwrap();
        let (_, found) = board.members.iter().find(|(member, _)| member.person_id == id(&world.members[2])).unwrap();
        assert!(found[0].open[0].1.contains("même numéro"), "{:?}", found[0].open);
    }
}

#[actix_web::test]
async fn the_seat_of_a_member_says_their_college_and_their_employer() {
    let college = College { code: "asso".into(), label: "Associations".into(), readers: 1 };
    let world = Programme::with_definition(sqlite(), |definition| definition.fund.committee.colleges = vec![college]);
    world.eligible(world.filed(1, 1_000).1);
    let site = Site::over(&world.db, closed());
    let officer = site.cookie_of(&world.officer);
    let call = format!("/appels-a-projets/{}", world.definition.reference);
    let seat = format!("{call}/comite/{}", id(&world.members[0]));
    let typed = [("college", "asso"), ("employeur", "Ville de Roubaix"), ("employeur_domaine", "roubaix")];
    let wrong = text(site.post(&officer, &seat, &typed).await, 422).await;
    assert!(wrong.contains("après l’arobase") || wrong.contains("suit l’arobase"), "{wrong}");
    assert!(wrong.contains("Ville de Roubaix"), "nothing typed is lost: {wrong}");
    let typed = [("college", "asso"), ("employeur", "Ville de Roubaix"), ("employeur_domaine", "x@ville-roubaix.fr")];
    assert_eq!(site.post(&officer, &seat, &typed).await.status(), 303);
    let page = text(site.get(&officer, &seat).await, 200).await;
    assert!(page.contains("value=\"ville-roubaix.fr\"") && page.contains("Associations"), "{page}");
    let page = text(site.get(&officer, &format!("{call}/repartition")).await, 200).await;
    assert!(page.contains("siège au collège «\u{a0}Associations\u{a0}»"), "{page}");
    assert!(page.contains("Associations\u{a0}: 1"), "{page}");
}

#[actix_web::test]
async fn a_guest_reads_the_files_of_the_committee_and_neither_scores_nor_votes() {
    let world = Programme::on(sqlite());
    let (_, file, _) = world.in_review(1, 3_000);
    world.in_review(2, 3_000);
    let (_, unchecked) = world.filed(3, 3_000);
    let guest = guest(&world, "Zoe Leroy");
    assert!(sentences(world.assign(file, &guest))[0].contains("lit sans noter"));
    let seen = plan(&world);
    assert!(seen.files.iter().all(|planned| !proposed(&seen, planned.row.id).contains(&id(&guest))));
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&guest);
    assert!(text(site.get(&cookie, "/comite").await, 200).await.contains("Voir les dossiers à lire"));
    let list = text(site.get(&cookie, "/comite/lectures").await, 200).await;
    assert!(list.contains("classes 1") && list.contains("classes 2") && !list.contains("classes 3"), "{list}");
    let path = |file: ApplicationId| format!("/comite/lectures/{file}");
    let page = text(site.get(&cookie, &path(file)).await, 200).await;
    assert!(page.contains("Des ateliers, une restitution") && !page.contains("Votre évaluation"), "{page}");
    assert_eq!(site.get(&cookie, &path(unchecked)).await.status(), 404, "not before the committee yet");
    let member = site.cookie_of(&world.members[1]);
    assert_eq!(site.get(&member, &path(file)).await.status(), 404, "a member who scores has a sheet");
    assert!(!text(site.get(&member, "/comite").await, 200).await.contains("dossiers à lire"));
    let declare = |tx: &mut Tx| recusals::declare_conflict(tx, &guest, id(&guest), file, "Ma sœur", closed());
    world.db.write(declare).unwrap();
    assert_eq!(site.get(&cookie, &path(file)).await.status(), 404);
    let list = text(site.get(&cookie, "/comite/lectures").await, 200).await;
    assert!(!list.contains("classes 1") && list.contains("classes 2"), "{list}");
    let session = world.session();
    world.confirm_interests(&guest, session);
    let room = text(site.get(&cookie, &format!("/comite/seances/{session}/salle")).await, 200).await;
    assert!(!room.contains("classes 1") && room.contains("classes 2"), "{room}");
    let again = |tx: &mut Tx| {
        committees::appoint(tx, &world.officer, world.call, id(&world.members[0]), "", Vote::Guest, closed())
    };
    assert!(sentences(world.db.write(again))[0].contains("Des évaluations attendent"));
}

#[test]
fn everybody_who_attends_is_convened_as_what_they_are_and_once() {
    let world = Programme::on(sqlite());
    let (_, file, _) = world.in_review(1, 3_000);
    let guest = guest(&world, "Zoe Leroy");
    let advisory = |tx: &mut Tx| {
        committees::appoint(tx, &world.officer, world.call, id(&world.members[3]), "", Vote::Advisory, closed())
    };
    world.db.write(advisory).unwrap();
    let session = world.session();
    let mails = world.db.read(|conn| messages::page(conn, None, None, 500)).unwrap();
    let convened: Vec<_> = mails.iter().filter(|mail| mail.kind == MessageKind::Convocation).collect();
    let of = |actor: &Actor| {
        let own: Vec<_> = convened.iter().filter(|mail| mail.recipient_id == actor.person).collect();
        assert_eq!(own.len(), 1, "one mail each");
        own[0].facts.clone()
    };
    let page = format!("/comite/seances/{session}");
    assert!(of(&world.members[0]).contains("un quorum est nécessaire") && of(&world.members[0]).contains(&page));
    assert!(of(&world.members[3]).contains("voix consultative") && !of(&world.members[3]).contains("quorum"));
    assert!(of(&guest).contains("sans y voter") && of(&guest).contains(&page));
    assert!(of(&world.officer).contains(&format!("\"/seances/{session}\"")), "{}", of(&world.officer));
    assert!(of(&world.director).contains("est convoquée"));
    assert_eq!(convened.len(), world.members.len() + 3);
    let file = world.application(file);
    assert!(convened.iter().all(|mail| !mail.facts.contains(&file.reference) && !mail.facts.contains(&file.title)));
}

/// Every page of a guest, with or without a file they are recused from.
async fn pages_of_a_guest(has_file: bool) -> Vec<(String, String)> {
    let world = Programme::on(sqlite());
    let (_, first, _) = world.in_review(1, 3_000);
    let guest = guest(&world, "Zoe Leroy");
    if has_file {
        let (_, file, _) = world.in_review(2, 3_000);
        let declare = |tx: &mut Tx| recusals::declare_conflict(tx, &guest, id(&guest), file, "Ma sœur", closed());
        world.db.write(declare).unwrap();
    }
    let session = world.session();
    world.confirm_interests(&guest, session);
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&guest);
    let mut pages = Vec::new();
    for path in [
        "/comite".to_owned(),
        "/comite/lectures".to_owned(),
        format!("/comite/lectures/{first}"),
        format!("/comite/seances/{session}"),
        format!("/comite/seances/{session}/salle"),
    ] {
        pages.push((path.clone(), super::bare(&text(site.get(&cookie, &path).await, 200).await)));
    }
    pages
}

#[actix_web::test]
async fn for_a_recused_guest_every_page_is_as_if_the_file_did_not_exist() {
    let (without, with) = (pages_of_a_guest(false).await, pages_of_a_guest(true).await);
    for ((path, expected), (_, page)) in without.iter().zip(&with) {
        assert_eq!(page, expected, "{path}");
    }
    assert!(without[1].1.contains("Un océan"), "the pages show something");
}

//! What the vault of organisations points at: shown to the officer alone, accepted or dismissed for a reason.

use super::text;
use crate::support::{
    databases::{self, each_database, sqlite},
    forms,
    programme::{Programme, assert_whole, closed, declare_interests, id, open},
    site::Site,
};
use std::sync::atomic::Ordering;
use tisserand::{
    domain::{
        conflicts::Clue,
        ids::{ApplicationId, OrganisationId},
    },
    store::{Db, StoreError, Tx, recusals as recusal_rows},
    usecases::{
        Actor, Outcome, UseCaseError, admissions, applications, assignments,
        conflicts::{self, Judged, Suggestion},
        interests,
        profiles::{self, MandateForm},
        recusals,
    },
};

fn lead(world: &Programme, applicant: &Actor, organisation: OrganisationId, name: &str) {
    let form = MandateForm { nom: name.into(), fonction: "treasurer".into(), ..MandateForm::default() };
    world.db.write(|tx| profiles::add_mandate(tx, applicant, organisation, &form, open())).unwrap();
}

fn found(world: &Programme, member: &Actor) -> Vec<Suggestion> {
    let reference = &world.definition.reference;
    let board = world.db.read(|conn| conflicts::board(conn, &world.officer, reference)).unwrap();
    let own = board.members.into_iter().find(|(known, _)| known.person_id == id(member));
    own.unwrap().1
}

fn answer(world: &Programme, found: &Suggestion, judged: Judged, reason: &str) -> Outcome<()> {
    let (about, mark) = ((found.person, found.organisation), found.mark());
    let reference = &world.definition.reference;
    world.db.write(|tx| {
        let about = (about.0, about.1, mark.as_str());
        conflicts::answer(tx, &world.officer, reference, about, (judged, reason), closed())
    })
}

fn sentence<T: std::fmt::Debug>(outcome: Outcome<T>) -> String {
    match outcome {
        Err(UseCaseError::Invalid(fields)) => fields[0].message.clone(),
        other => panic!("{other:?} is no refused form"),
    }
}

#[test]
fn nobody_is_given_a_file_that_a_fact_ties_them_to_until_the_fact_is_answered() {
    for db in each_database() {
        let world = Programme::on(db);
        let (applicant, file) = world.filed(1, 3_000);
        let organisation = world.application(file).organisation_id;
        let member = &world.members[0];
        lead(&world, &applicant, organisation, "VANHOUTTE Claire");
        world.eligible(file);
        let clues = found(&world, member);
        assert_eq!(clues.len(), 1);
        let fact = (Clue::Officer, "Porte le même nom que VANHOUTTE Claire (trésorerie).".to_owned());
        assert_eq!(clues[0].open, [fact]);
        assert!(found(&world, &world.members[1]).is_empty());
        assert!(sentence(world.assign(file, member)).contains("Un lien possible"));
        let reference = &world.definition.reference;
        let plan = world.db.read(|conn| assignments::plan(conn, &world.officer, reference)).unwrap();
        assert!(plan.files[0].proposed.iter().all(|(person, _)| *person != id(member)));
        assert!(sentence(answer(&world, &clues[0], Judged::Nothing, " ")).contains("Dites pourquoi"));
        answer(&world, &clues[0], Judged::Nothing, "Une homonyme, vérifié au téléphone.").unwrap();
        let again = answer(&world, &clues[0], Judged::Nothing, "Encore");
        assert!(matches!(again, Err(UseCaseError::Store(StoreError::Stale))), "{again:?}");
        let kept = found(&world, member);
        assert!(!kept[0].is_open() && kept[0].answered[0].reason.contains("homonyme"), "the reason is kept");
        world.assign(file, member).unwrap();
        lead(&world, &applicant, organisation, "Claire Vanhoutte-Roy");
        let anew = found(&world, member);
        assert!(anew[0].is_open() && anew[0].open.len() == 1, "another fact is another question");
        assert_whole(&world.db);
    }
}

#[test]
fn a_conflict_that_is_found_keeps_the_member_from_the_organisations_files_to_come() {
    for db in each_database() {
        let world = Programme::on(db);
        let (applicant, file) = world.filed(1, 3_000);
        let organisation = world.application(file).organisation_id;
        let member = &world.members[0];
        declare_interests(&world.db, member, &["Passerelles"]);
        let clues = found(&world, member);
        assert_eq!(clues[0].open[0].0, Clue::Declared, "a name that is only like it is a question");
        assert!(sentence(answer(&world, &clues[0], Judged::Conflict, "")).contains("procès-verbal"));
        answer(&world, &clues[0], Judged::Conflict, "Elle y travaille.").unwrap();
        let reason = |file: ApplicationId| {
            let rows = world.db.read(|conn| recusal_rows::of_application(conn, file)).unwrap();
            rows.into_iter().find(|(person, ..)| *person == id(member)).map(|(_, _, reason)| reason)
        };
        assert!(reason(file).unwrap().starts_with("Elle y travaille. A déclaré un lien avec"));
        assert!(found(&world, member).iter().all(|found| !found.is_open()));
        let version = world.application(file).version;
        world.db.write(|tx| applications::withdraw(tx, &applicant, file, version, open())).unwrap();
        let next = world.complete_for(&applicant, organisation, 1, 2_000);
        world.submit(&applicant, next);
        assert!(reason(next).is_some(), "and the file to come");
        assert_whole(&world.db);
    }
}

#[actix_web::test]
async fn what_facts_point_at_is_for_the_officer_alone() {
    let world = Programme::on(sqlite());
    let (applicant, file) = world.filed(1, 3_000);
    let organisation = world.application(file).organisation_id;
    lead(&world, &applicant, organisation, "Mamadou Sarr");
    let site = Site::over(&world.db, closed());
    let path = format!("/appels-a-projets/{}/conflits", world.definition.reference);
    for other in [&world.members[1], &applicant, &world.director] {
        assert_eq!(site.get(&site.cookie_of(other), &path).await.status(), 404);
    }
    let officer = site.cookie_of(&world.officer);
    let page = text(site.get(&officer, &path).await, 200).await;
    assert!(page.contains("Porte le même nom que Mamadou Sarr") && page.contains("1\u{a0}lien possible"), "{page}");
    let action = format!("{path}/{}/{organisation}", id(&world.members[1]));
    let mut form = forms::fields(&page, &action);
    form.push(("suite".into(), "sans-suite".into()));
    let send = async |form: &[(String, String)]| {
        let fields: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        site.post(&officer, &action, &fields).await
    };
    let page = text(send(&form).await, 422).await;
    assert!(page.contains("Dites pourquoi ce n’est pas un conflit"), "{page}");
    let field = format!("motif-{}-{organisation}", id(&world.members[1]));
    form.iter_mut().filter(|(name, _)| *name == field).for_each(|(_, value)| *value = "Un homonyme.".into());
    assert_eq!(send(&form).await.status(), 303);
    assert_eq!(send(&form).await.status(), 303, "a second click");
    let page = text(site.get(&officer, &path).await, 200).await;
    assert!(page.contains("Rien n’attend votre réponse") && page.contains("Un homonyme."), "{page}");
    let member = site.cookie_of(&world.members[1]);
    for path in ["/comite", "/comite/declaration", "/"] {
        assert!(!text(site.get(&member, path).await, 200).await.contains("Un homonyme"));
    }
    let hide = |tx: &mut Tx| {
        recusals::declare_conflict(tx, &world.officer, id(&world.officer), file, "Ma sœur y travaille", closed())
    };
    world.db.write(hide).unwrap();
    let page = text(site.get(&officer, &path).await, 200).await;
    assert!(!page.contains("Passerelles"), "an officer who is recused reads nothing of it: {page}");
}

#[test]
fn as_many_questions_are_asked_about_a_thousand_files_as_about_a_few() {
    let world = Programme::on(sqlite());
    for number in 0..34 {
        let (_, file) = world.filed(number, 2_000);
        if number % 2 == 0 {
            world.eligible(file);
        }
    }
    let questions = databases::counter();
    let db = Db::open_counting(world.db.url(), questions.clone()).unwrap();
    let (officer, reference) = (&world.officer, world.definition.reference.as_str());
    let walk = || {
        let mut counts = Vec::new();
        let mut count = |seen: usize| counts.push((questions.swap(0, Ordering::Relaxed), seen));
        questions.swap(0, Ordering::Relaxed);
        let board = db.read(|conn| conflicts::board(conn, officer, reference)).unwrap();
        count(board.members.len());
        count(db.read(|conn| assignments::plan(conn, officer, reference)).unwrap().files.len());
        count(db.read(|conn| admissions::waiting(conn, officer, Some(reference), closed())).unwrap().len());
        count(db.read(|conn| interests::board(conn, officer, reference, closed())).unwrap().members.len());
        counts
    };
    walk();
    let few = walk();
    db.read(crate::queries::copy_files).unwrap();
    let many = walk();
    assert!(many[1].1 > 400 && many[2].1 == admissions::MOST, "{many:?}");
    let asked = |counts: &[(u64, usize)]| counts.iter().map(|(asked, _)| *asked).collect::<Vec<_>>();
    assert_eq!(asked(&few), asked(&many));
}

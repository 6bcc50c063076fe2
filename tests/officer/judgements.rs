//! Conditions that only a person can settle: judged on the file, kept, and asked again when the file changes.

use super::{Office, content, dossiers::hidden};
use crate::support::{
    databases::each_database,
    forms,
    programme::{Programme, assert_whole, closed},
};
use tisserand::{
    domain::{ids::ApplicationId, lifecycles::applications::ApplicationState},
    store::{Tx, judgements as rows},
    usecases::{
        Outcome, UseCaseError,
        admissions::{self, Checked},
        answers, applications, complements,
        dossiers::{self, Dossier},
        judgements::{self, Judging},
    },
};

const CONDITION: &str = "ecm";

fn read(world: &Programme, id: ApplicationId) -> Dossier {
    world.db.read(|conn| dossiers::find(conn, &world.officer, id, closed())).unwrap()
}

/// What a page opened now carries about the condition.
fn mark(world: &Programme, id: ApplicationId) -> String {
    let dossier = read(world, id);
    let line = dossier.checklist.iter().find(|line| line.rule.code() == CONDITION).unwrap();
    line.question.as_ref().unwrap().mark()
}

fn judge(world: &Programme, id: ApplicationId, verdict: &str, note: &str, mark: &str) -> Outcome<()> {
    let judging = Judging { rule: CONDITION, verdict, note, mark };
    world.db.write(|tx| judgements::record(tx, &world.officer, id, &judging, closed()))
}

fn waiting(world: &Programme) -> Vec<Checked> {
    world.db.read(|conn| admissions::waiting(conn, &world.officer, None, closed())).unwrap()
}

#[test]
fn a_file_judged_in_full_is_green_with_the_others() {
    for db in each_database() {
        let world = Programme::on(db);
        let files: Vec<_> = (1..=2).map(|number| world.filed(number, 2_000).1).collect();
        assert!(waiting(&world).iter().all(|checked| !checked.is_green()));
        judge(&world, files[0], "met", "", &mark(&world, files[0])).unwrap();
        let green: Vec<_> = waiting(&world).iter().map(Checked::is_green).collect();
        assert_eq!(green.iter().filter(|green| **green).count(), 1, "{green:?}");
        let wanted: Vec<_> = files.iter().map(|id| (*id, world.application(*id).version)).collect();
        let done = world.db.write(|tx| admissions::admit(tx, &world.officer, None, &wanted, closed())).unwrap();
        assert_eq!((done.done, done.refused.len()), (1, 1), "{done:?}");
        let states: Vec<_> = files.iter().map(|id| world.application(*id).state).collect();
        assert_eq!(states, [ApplicationState::Eligible, ApplicationState::Submitted]);
        // Once decided, what was judged stays as it was and is judged no more.
        assert!(read(&world, files[0]).checklist.iter().any(|line| line.question.as_ref().is_some_and(|q| q.stands)));
        let late = judge(&world, files[0], "not_met", "Trop tard.", &mark(&world, files[0]));
        assert!(matches!(late, Err(UseCaseError::Refused(_))), "{late:?}");
        assert_whole(&world.db);
    }
}

#[test]
fn a_condition_judged_not_met_keeps_the_file_from_being_admitted_until_it_is_judged_again() {
    for db in each_database() {
        let world = Programme::on(db);
        let (_, id) = world.filed(1, 2_000);
        let first = mark(&world, id);
        judge(&world, id, "not_met", "C’est une fête de village.", &first).unwrap();
        let version = world.application(id).version;
        let admit = |tx: &mut Tx| applications::declare_eligible(tx, &world.officer, id, version, closed()).map(drop);
        let refused = world.db.write(admit);
        let said =
            matches!(&refused, Err(UseCaseError::Refused(why)) if why.to_string().contains("citoyenneté mondiale"));
        assert!(said, "{refused:?}");
        // Whoever still reads the page of before judges nothing.
        assert!(matches!(judge(&world, id, "met", "", &first), Err(UseCaseError::Store(_))));
        judge(&world, id, "met", "Relu à deux.", &mark(&world, id)).unwrap();
        world.db.write(admit).unwrap();
        let kept = world.db.read(|conn| rows::of_applications(conn, &[id])).unwrap();
        assert_eq!(kept.iter().map(|row| (row.number, row.is_met)).collect::<Vec<_>>(), [(1, false), (2, true)]);
    }
}

#[test]
fn what_changes_after_the_judgement_asks_it_again() {
    for db in each_database() {
        let world = Programme::on(db);
        let (who, id) = world.filed(1, 2_000);
        judge(&world, id, "met", "", &mark(&world, id)).unwrap();
        assert!(waiting(&world)[0].is_green());
        world.ask_complement(id, "Le titre.", &["question-titre"], closed()).unwrap();
        let typed = [("titre".to_owned(), "Un tout autre projet".to_owned())].into();
        let save = |tx: &mut Tx| answers::save_section(tx, &who, id, "projet", &typed, closed());
        assert_eq!(world.db.write(save).unwrap(), []);
        let version = world.application(id).version;
        world.db.write(|tx| complements::answer(tx, &who, id, version, "Voilà.", closed())).unwrap();
        assert!(!waiting(&world)[0].is_green(), "another project was judged");
        judge(&world, id, "met", "", &mark(&world, id)).unwrap();
        assert!(waiting(&world)[0].is_green());
    }
}

#[actix_web::test]
async fn the_page_says_who_judged_and_asks_why_not() {
    let office = Office::open();
    let world = &office.programme;
    let officer = &world.officer;
    let (_, id) = world.filed(1, 3_000);
    let (home, path) = (format!("/instruction/{id}"), format!("/instruction/{id}/appreciation"));
    let page = office.read(officer, &home).await;
    assert!(content(&page).contains("Apprécier") && page.contains("name=\"avis-ecm\""), "{page}");
    assert!(page.contains("data-keep=\"note-ecm\""), "a sent form forgets its own kept text alone: {page}");
    let sent = forms::fields(&page, &path);
    let with = |verdict: &'static str, note: &'static str| {
        let typed = sent.iter().filter(|(name, _)| !name.starts_with("avis") && !name.starts_with("note"));
        let typed = typed.map(|(name, value)| (name.as_str(), value.as_str()));
        typed.chain([("avis-ecm", verdict), ("note-ecm", note)]).collect::<Vec<_>>()
    };
    let (status, page) = office.send(officer, &path, &with("not_met", " ")).await;
    assert!(status == 422 && page.contains("pourquoi elle n’est pas respectée") && page.contains("details open"));
    let (status, page) = office.send(officer, &path, &with("", "Bien mené.")).await;
    assert!(status == 422 && page.contains("Dites si cette condition") && page.contains("Bien mené."), "{page}");
    for _ in 0..2 {
        assert_eq!(office.send(officer, &path, &with("met", "Bien <mené>.")).await.0, 303, "and a second click");
    }
    let page = office.read(officer, &home).await;
    assert!(page.contains("Jugée respectée par Lucie Hennebelle le 15"), "{page}");
    assert!(page.contains("Bien &#60;mené&#62;.") && page.contains("Condition jugée respectée"), "{page}");
    // The rest of the team reads it and judges nothing.
    let page = office.read(&world.director, &home).await;
    assert!(page.contains("Jugée respectée") && !page.contains("name=\"avis-ecm\""), "{page}");
    assert_eq!(office.send(&world.director, &path, &[("token", hidden(&page, "token").as_str())]).await.0, 404);
}

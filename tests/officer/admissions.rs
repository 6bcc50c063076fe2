//! Files whose whole checklist is met, declared admissible together.

use super::{Office, content};
use crate::support::{
    databases::{each_database, sqlite},
    forms,
    programme::{Programme, assert_whole, closed, open, person},
    site::Site,
};
use tisserand::{
    domain::{
        definitions::{ApplicationsPerHolder, CallDefinition},
        eligibility::{Rule, Verdict},
        ids::ApplicationId,
        lifecycles::applications::ApplicationState,
        roles::Role,
    },
    store::{
        Tx,
        calls::{self as call_rows, CallRow},
    },
    usecases::{
        UseCaseError,
        admissions::{self, Checked},
        applications, calls, eligibility, recusals,
    },
};

/// Nothing is left to a person.
fn plain(call: &mut CallDefinition) {
    call.eligibility.retain(|rule| !matches!(rule, Rule::Judgement { .. }));
}

/// Publishes the next revision of the call as if an officer had.
fn revise(world: &Programme, change: impl Fn(&mut CallDefinition)) {
    let write = |tx: &mut Tx| {
        let known = call_rows::find(tx.conn(), world.call)?;
        let mut call = (*calls::parse(&known)?).clone();
        change(&mut call);
        let settings = serde_json::to_string(&call)?;
        let row = CallRow { revision: known.revision + 1, settings: settings.into(), ..known };
        call_rows::redefine(tx, &row)?;
        call_rows::insert_revision(tx, row.id, row.revision, &row.settings, open())?;
        Ok::<_, UseCaseError>(())
    };
    world.db.write(write).unwrap();
}

/// The checklists of all files that wait, each compared with that of the file alone.
fn compared(world: &Programme) -> Vec<Checked> {
    let found = world.db.read(|conn| admissions::waiting(conn, &world.officer, None, closed())).unwrap();
    for checked in &found {
        let id = checked.row.id;
        let one = world.db.read(|conn| eligibility::checklist(conn, &world.officer, id, closed())).unwrap();
        let one: Vec<_> = one.into_iter().map(|(_, finding)| finding).collect();
        assert_eq!(checked.findings, one);
        assert!(checked.findings.iter().any(|finding| finding.verdict == Verdict::ToJudge) && !checked.is_green());
    }
    found
}

#[test]
fn the_checklist_of_many_says_what_that_of_one_says() {
    for db in each_database() {
        let world = Programme::with(db, |call| {
            call.applications = ApplicationsPerHolder::Several;
            call.eligibility.push(Rule::FilesPerCall { most: 3 });
        });
        let filed: Vec<_> = (1..=3).map(|number| world.filed(number, 2_000)).collect();
        let (who, first) = &filed[0];
        let second = world.complete_for(who, world.application(*first).organisation_id, 4, 2_000);
        world.submit(who, second);
        assert_eq!(compared(&world).len(), 4);
        // The next revision counts no files and has a statement under another name: these files are of the one before.
        revise(&world, |call| {
            call.eligibility.retain(|rule| !matches!(rule, Rule::FilesPerCall { .. }));
            let questions = call.sections.iter_mut().flat_map(|section| &mut section.questions);
            questions
                .filter(|question| question.statement.is_some())
                .for_each(|question| question.code.push_str("_bis"));
        });
        let found = compared(&world);
        let says = |words: &str| {
            let said = |checked: &&Checked| checked.findings.iter().any(|finding| finding.sentence.contains(words));
            found.iter().filter(said).count()
        };
        assert_eq!((found.len(), says("a déjà déposé 1")), (4, 1), "{found:?}");
    }
}

#[test]
fn one_that_is_refused_leaves_the_others_done_and_says_why() {
    for db in each_database() {
        let world = Programme::with(db, plain);
        let files: Vec<(_, ApplicationId)> = (1..=3).map(|number| world.filed(number, 2_000)).collect();
        let wanted: Vec<_> = files.iter().map(|(_, id)| (*id, world.application(*id).version)).collect();
        let (applicant, gone) = &files[1];
        let version = world.application(*gone).version;
        world.db.write(|tx| applications::withdraw(tx, applicant, *gone, version, open())).unwrap();
        let stale = [(wanted[0].0, wanted[0].1 - 1), wanted[1], wanted[2]];
        let admit = |wanted: &[admissions::Wanted]| {
            world.db.write(|tx| admissions::admit(tx, &world.officer, None, wanted, closed())).unwrap()
        };
        let done = admit(&stale);
        let state = |place: usize| world.application(files[place].1).state;
        assert_eq!((done.done, state(2)), (1, ApplicationState::Eligible));
        assert_eq!(done.refused.len(), 2, "{done:?}");
        assert!(
            done.refused[0].1.contains("a changé depuis") && done.refused[1].1.contains("n’attend plus"),
            "{done:?}"
        );
        assert_eq!(state(0), ApplicationState::Submitted);
        assert_eq!(admit(&wanted[..1]).done, 1);
        assert_whole(&world.db);
    }
}

#[test]
fn a_file_the_officer_is_recused_from_meanwhile_keeps_no_other_waiting_and_is_not_named() {
    let world = Programme::with(sqlite(), plain);
    let files: Vec<ApplicationId> = (1..=2).map(|number| world.filed(number, 2_000).1).collect();
    let wanted: Vec<_> = files.iter().map(|file| (*file, world.application(*file).version)).collect();
    let colleague = person(&world.db, "Odile Autre", Role::Officer);
    let (away, why) = (colleague.person.unwrap(), "Ma sœur y travaille");
    let recuse = |tx: &mut Tx| recusals::declare_conflict(tx, &world.officer, away, files[0], why, closed());
    world.db.write(recuse).unwrap();
    let admit = |tx: &mut Tx| admissions::admit(tx, &colleague, None, &wanted, closed());
    let done = world.db.write(admit).unwrap();
    assert_eq!(done.done, 1, "{done:?}");
    assert_eq!(done.refused, [("Un dossier".to_owned(), "il ne vous est plus accessible.".to_owned())]);
    assert_eq!(world.application(files[0]).state, ApplicationState::Submitted);
}

#[actix_web::test]
async fn the_green_files_are_listed_once_and_admitted_by_one_button() {
    let programme = Programme::with(sqlite(), plain);
    let site = Site::over(&programme.db, closed());
    let office = Office { programme, site };
    let world = &office.programme;
    let officer = &world.officer;
    let files: Vec<_> = (1..=2).map(|number| world.filed(number, 2_000).1).collect();
    let queue = office.read(officer, "/instruction?etape=a-verifier&appel=RECITAL-2027-1").await;
    let path = "/instruction/recevabilite";
    assert!(queue.contains(&format!("{path}?appel=RECITAL-2027-1")), "{queue}");
    assert!(!office.read(&world.director, "/instruction?etape=a-verifier").await.contains(path));
    assert_eq!(office.status(&world.director, path).await, 404);
    let page = office.read(officer, &format!("{path}?appel=RECITAL-2027-1")).await;
    let shown = content(&page);
    assert!(shown.contains("2\u{a0}dossiers") && shown.contains("conditions respectées"), "{page}");
    let form = forms::fields(&page, path);
    assert_eq!(form.iter().filter(|(name, _)| name == "dossier").count(), 2, "ticked beforehand");
    let sent: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(office.send(officer, path, &sent).await.0, 303);
    assert_eq!(office.send(officer, path, &sent).await.0, 303, "a second click");
    for file in &files {
        assert_eq!(world.application(*file).state, ApplicationState::Eligible);
    }
    let page = office.read(officer, path).await;
    assert!(page.contains("Aucun dossier n’est entièrement conforme"), "{page}");
}

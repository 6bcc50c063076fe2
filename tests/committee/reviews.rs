//! Who reads what, how scores add up, and what a recusal takes away.

use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, assert_whole, closed, id},
};
use tisserand::{
    domain::{
        lifecycle::Refusal,
        lifecycles::{
            applications::ApplicationState,
            reviews::{Review, ReviewState},
            sessions::SessionEvent,
        },
        messages::MessageKind,
        roles::Role,
    },
    store::{
        StoreError, Tx, messages, rankings as ranking_rows, recusals as recusal_rows, reviews as rows,
        sessions as session_rows,
    },
    usecases::{
        Outcome, UseCaseError,
        advance::Object,
        applications, assignments, recusals,
        reviews::{self, TypedMark},
    },
};

fn fields<T: std::fmt::Debug>(outcome: Outcome<T>) -> Vec<(String, String)> {
    match outcome {
        Err(UseCaseError::Invalid(fields)) => fields.into_iter().map(|f| (f.field, f.message)).collect(),
        other => panic!("{other:?} is no refused form"),
    }
}

fn is_hidden<T: std::fmt::Debug>(outcome: Outcome<T>) -> bool {
    matches!(outcome, Err(UseCaseError::Store(StoreError::NotFound)))
}

#[test]
fn a_score_outside_its_scale_is_refused_beside_its_field() {
    let world = Programme::on(sqlite());
    let (_, _, review) = world.in_review(1, 3_000);
    let reader = &world.members[0];
    for points in ["6", "-1", "4,5", "cinq"] {
        let mut marks = world.marks("3");
        marks[1].points = points.into();
        let refused = world.db.write(|tx| reviews::save_scores(tx, reader, review, &marks, "", closed()));
        let code = &world.definition.grid.criteria[1].code;
        assert_eq!(fields(refused), [(format!("note-{code}"), "La note va de 0 à 5, sans décimale.".into())]);
    }
    let row = world.db.read(|conn| rows::find(conn, review)).unwrap();
    assert_eq!(row.state, ReviewState::Assigned, "a refused form begins nothing");
}

#[test]
fn a_review_lacking_a_score_is_kept_and_not_handed_in() {
    let world = Programme::on(sqlite());
    let (_, _, review) = world.in_review(1, 3_000);
    let mut marks = world.marks("4");
    marks[0].points = String::new();
    let reader = &world.members[0];
    world.db.write(|tx| reviews::save_scores(tx, reader, review, &marks, "À discuter", closed())).unwrap();
    let version = world.db.read(|conn| rows::find(conn, review)).unwrap().version;
    let refused = world.db.write(|tx| reviews::submit(tx, reader, review, version, closed())).unwrap_err();
    let label = &world.definition.grid.criteria[0].label;
    assert_eq!(refused.to_string(), format!("Il manque une note pour\u{a0}: {label}."));
    let row = world.db.read(|conn| rows::find(conn, review)).unwrap();
    assert_eq!((row.state, row.opinion.as_str()), (ReviewState::InProgress, "À discuter"));
}

#[test]
fn somebody_elses_review_does_not_exist() {
    let world = Programme::on(sqlite());
    let (applicant, application, review) = world.in_review(1, 3_000);
    for other in [&world.members[1], &applicant, &world.director] {
        let saved = world.db.write(|tx| reviews::save_scores(tx, other, review, &world.marks("5"), "", closed()));
        assert!(is_hidden(saved), "{other:?}");
    }
    assert!(is_hidden(world.db.read(|conn| applications::find(conn, &world.members[1], application))));
    world.db.read(|conn| applications::find(conn, &world.members[0], application)).unwrap();
}

#[test]
fn the_mean_follows_hand_ins_reopenings_and_recusals() {
    for db in each_database() {
        let world = Programme::on(db);
        let (_, application, first) = world.in_review(1, 3_000);
        let second = world.assign(application, &world.members[1]).unwrap();
        let submit = |member: usize, review, points: &str| {
            let marks = world.marks(points);
            let act = |tx: &mut Tx| reviews::save_and_submit(tx, &world.members[member], review, &marks, "", closed());
            world.db.write(act).unwrap();
        };
        let score = || {
            let row = world.application(application);
            (row.score_sum, row.score_count, row.score_mean)
        };
        submit(0, first, "5");
        assert_eq!(score(), (10_000, 1, 10_000));
        submit(1, second, "2");
        assert_eq!(score(), (14_000, 2, 7_000));
        let version = world.db.read(|conn| rows::find(conn, second)).unwrap().version;
        let reopen = |tx: &mut Tx| reviews::reopen(tx, &world.officer, second, version, "Relisez le budget", closed());
        world.db.write(reopen).unwrap();
        assert_eq!(score(), (10_000, 1, 10_000));
        submit(1, second, "3");
        assert_eq!(score(), (16_000, 2, 8_000));
        let recuse = |tx: &mut Tx| {
            recusals::declare_conflict(tx, &world.members[0], id(&world.members[0]), application, "Ma sœur", closed())
        };
        world.db.write(recuse).unwrap();
        assert_eq!(score(), (6_000, 1, 6_000));
        assert_eq!(world.db.read(|conn| rows::scores(conn, first)).unwrap(), []);
        assert_whole(&world.db);
    }
}

#[test]
fn after_the_minutes_no_score_changes() {
    let world = Programme::on(sqlite());
    let (_, application, review) = world.in_review(1, 3_000);
    let session = world.session();
    super::decisions::reject(&world, application);
    world.step(session, SessionEvent::Minute);
    let reader = &world.members[0];
    let saved = world.db.write(|tx| reviews::save_scores(tx, reader, review, &world.marks("5"), "", closed()));
    let Err(UseCaseError::Refused(Refusal::Unmet(reason))) = saved else { panic!("{saved:?}") };
    assert_eq!(reason, "La séance est terminée\u{a0}: les évaluations ne changent plus.");
}

#[test]
fn a_recused_member_finds_the_file_nowhere() {
    for db in each_database() {
        let world = Programme::on(db);
        let (_, hidden, review) = world.in_review(1, 3_000);
        let (_, other, _) = world.in_review(2, 3_000);
        let member = &world.members[0];
        let declare = |tx: &mut Tx| recusals::declare_conflict(tx, member, id(member), hidden, "J’y siège", closed());
        world.db.write(declare).unwrap();
        let session = world.session();
        // Every way to the file: the review, the dossier, the lists, the counts, the ranking, the agenda.
        assert!(is_hidden(world.db.read(|conn| Review::look(conn, review, member, closed()))));
        assert!(is_hidden(world.db.read(|conn| applications::find(conn, member, hidden))));
        let own = world.db.read(|conn| rows::of_person(conn, id(member))).unwrap();
        assert_eq!(own.iter().map(|line| line.application_id).collect::<Vec<_>>(), [other]);
        let ranking = world.db.read(|conn| ranking_rows::candidates(conn, world.call, id(member))).unwrap();
        assert_eq!(ranking.iter().map(|row| row.id).collect::<Vec<_>>(), [other]);
        let items = world.db.read(|conn| session_rows::items(conn, session, Some(id(member)))).unwrap();
        assert_eq!(items.iter().map(|item| item.application_id).collect::<Vec<_>>(), [other]);
        assert_eq!(world.db.read(|conn| session_rows::items(conn, session, None)).unwrap().len(), 2);
        let mails = world.db.read(|conn| messages::page(conn, None, None, 200)).unwrap();
        let mut convoked = mails.iter().filter(|m| m.kind == MessageKind::Convocation).peekable();
        assert!(convoked.peek().is_some());
        assert!(convoked.all(|m| !m.facts.contains("2 dossiers")), "no count for whoever reads the mails of others");
        // What they hear of afterwards is not about this file.
        let again = |tx: &mut Tx| assignments::assign(tx, &world.officer, hidden, id(member), None, closed());
        assert_eq!(fields(world.db.write(again))[0].1, "Cette personne s’est déportée de ce dossier.");
    }
}

#[test]
fn a_conflict_may_be_declared_before_anybody_reads_the_file() {
    let world = Programme::on(sqlite());
    let (_, application) = world.filed(1, 3_000);
    let member = &world.members[2];
    let declare = |why: &'static str| {
        world.db.write(|tx| recusals::declare_conflict(tx, member, id(member), application, why, closed()))
    };
    assert_eq!(fields(declare(" "))[0].0, "motif");
    declare("Administratrice de l’association").unwrap();
    assert!(world.db.read(|conn| recusal_rows::is_recused(conn, id(member), application)).unwrap());
    world.eligible(application);
    let added = world.db.write(|tx| assignments::assign_proposed(tx, &world.officer, world.call, None, closed()));
    assert_eq!(added.unwrap(), 2);
    let readers = world.db.read(|conn| rows::of_application(conn, application)).unwrap();
    assert!(readers.iter().all(|reader| Some(reader.person_id) != member.person));
    let stranger = crate::support::programme::person(&world.db, "Jean Untel", Role::Reviewer);
    let outsider = world
        .db
        .write(|tx| recusals::declare_conflict(tx, &stranger, id(&stranger), application, "Aucun siège", closed()));
    assert!(is_hidden(outsider), "without a seat there is no file to recuse oneself from");
}

#[test]
fn a_member_of_the_applicant_is_not_entrusted_with_its_file() {
    let world = Programme::on(sqlite());
    let (applicant, application) = world.filed(1, 3_000);
    world.eligible(application);
    let vote = tisserand::usecases::committees::Vote::Deliberative;
    world
        .db
        .write(|tx| {
            let who = id(&applicant);
            tisserand::usecases::committees::appoint(tx, &world.officer, world.call, who, "", vote, closed())
        })
        .unwrap();
    assert!(fields(world.assign(application, &applicant))[0].1.contains("s’est déportée"), "by the seat itself");
}

#[test]
fn a_file_given_up_is_told_to_the_team_without_the_reason() {
    let world = Programme::on(sqlite());
    let (_, application, review) = world.in_review(1, 3_000);
    let version = world.db.read(|conn| rows::find(conn, review)).unwrap().version;
    let reader = &world.members[0];
    let refused = world.db.write(|tx| reviews::decline(tx, reader, review, version, "", closed())).unwrap_err();
    assert_eq!(refused.to_string(), "Dites en quelques mots pourquoi.");
    world.db.write(|tx| reviews::decline(tx, reader, review, version, "Je suis souffrante", closed())).unwrap();
    let mails = world.db.read(|conn| messages::page(conn, None, None, 200)).unwrap();
    let told = mails.iter().find(|mail| mail.kind == MessageKind::ReviewGivenUp).unwrap();
    assert_eq!(told.recipient_id, world.officer.person);
    assert!(!told.facts.contains("souffrante"));
    assert_eq!(world.application(application).state, ApplicationState::InReview);
    let saved = TypedMark { criterion: "pertinence".into(), points: "1".into(), comment: String::new() };
    let late =
        world.db.write(|tx| reviews::save_scores(tx, reader, review, std::slice::from_ref(&saved), "", closed()));
    assert!(matches!(late, Err(UseCaseError::Refused(_))));
}

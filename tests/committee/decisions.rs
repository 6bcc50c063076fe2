//! What the committee decides, what may be spent, and who hears of it when.

use crate::support::{
    databases::{TestDb, each_database, sqlite},
    programme::{Programme, assert_whole, closed, id},
};
use std::{sync::Barrier, thread};
use tisserand::{
    domain::{
        decisions::{Verdict, shown_to_applicants},
        definitions::{self, CallDefinition, Definition, Earmark, EarmarkLimit, FundingSourceDefinition},
        ids::ApplicationId,
        journal::Stage,
        letters::{Letter, LetterKind},
        lifecycles::{
            applications::{Application, ApplicationState},
            calls::CallEvent,
            sessions::SessionEvent,
        },
        messages::MessageKind,
        money::Euros,
        roles::Role,
        time::french_date,
    },
    store::{Db, Entropy, StoreError, Tx, documents, funding_sources, grants, journal, messages},
    usecases::{
        Actor, Outcome, UseCaseError,
        advance::Object,
        calls,
        decisions::{self, DecisionForm},
        integrity, recusals, releases,
    },
};

fn form(verdict: Verdict, amount: &str) -> DecisionForm {
    let motive = "Un partenariat construit avec les habitant·es.".to_owned();
    DecisionForm { verdict, amount: amount.into(), motive, conditions: String::new() }
}

fn decide(world: &Programme, id: ApplicationId, verdict: Verdict, amount: &str) -> Outcome<()> {
    let version = world.application(id).version;
    world.db.write(|tx| decisions::decide(tx, &world.officer, id, &form(verdict, amount), version, closed()))
}

/// Decides against an application.
pub fn reject(world: &Programme, id: ApplicationId) {
    decide(world, id, Verdict::Reject, "").unwrap();
}

fn kinds(db: &Db, person: &Actor) -> Vec<MessageKind> {
    let mails = db.read(|conn| messages::page(conn, None, None, 500)).unwrap();
    let mut kinds: Vec<_> =
        mails.into_iter().filter(|mail| mail.recipient_id == person.person).map(|mail| mail.kind).collect();
    kinds.sort();
    kinds
}

fn small(call: &mut CallDefinition) {
    call.envelope = Euros::whole(4_000);
    call.sources[0].amount = Euros::whole(4_000);
}

#[test]
fn a_decision_needs_a_session_a_motive_and_an_amount() {
    let world = Programme::on(sqlite());
    let (_, file, _) = world.in_review(1, 3_000);
    let early = decide(&world, file, Verdict::Award, "3000").unwrap_err();
    assert_eq!(early.to_string(), "Le dossier n’est à l’ordre du jour d’aucune séance ouverte.");
    world.session();
    let version = world.application(file).version;
    let empty = DecisionForm { motive: " ".into(), ..form(Verdict::Award, "beaucoup") };
    let refused = world.db.write(|tx| decisions::decide(tx, &world.officer, file, &empty, version, closed()));
    let Err(UseCaseError::Invalid(fields)) = refused else { panic!("{refused:?}") };
    assert_eq!(fields.iter().map(|field| field.field.as_str()).collect::<Vec<_>>(), ["montant", "motif"]);
    let beyond = decide(&world, file, Verdict::Award, "3000,01").unwrap_err();
    assert!(beyond.to_string().contains("dépasse la demande"), "{beyond}");
    assert_eq!(world.application(file).decided_cents, None, "a refused decision leaves nothing behind");
    let reviewer = world
        .db
        .write(|tx| decisions::decide(tx, &world.members[0], file, &form(Verdict::Reject, ""), version, closed()));
    assert!(matches!(reviewer, Err(UseCaseError::Store(StoreError::NotFound))));
}

#[test]
fn an_award_above_the_envelope_is_refused_with_what_is_left() {
    for db in each_database() {
        let world = Programme::with(db, small);
        let (_, first, _) = world.in_review(1, 3_000);
        let (_, second, _) = world.in_review(2, 3_000);
        world.session();
        decide(&world, first, Verdict::Award, "3 000").unwrap();
        let refused = decide(&world, second, Verdict::Award, "1 500").unwrap_err();
        let left = Euros::whole(1_000);
        assert_eq!(refused.to_string(), format!("L’enveloppe de l’appel n’a plus que {left} de disponible."));
        decide(&world, second, Verdict::Award, "1 000").unwrap();
        assert_whole(&world.db);
    }
}

#[test]
fn what_is_left_is_not_said_to_whoever_is_recused_from_what_took_it() {
    for db in each_database() {
        let world = Programme::with(db, small);
        let (_, first, _) = world.in_review(1, 3_000);
        let (_, second, _) = world.in_review(2, 3_000);
        world.session();
        decide(&world, first, Verdict::Award, "3 000").unwrap();
        let (officer, why) = (&world.officer, "Ma sœur y siège");
        let own = officer.person.unwrap();
        let declare = |tx: &mut Tx| recusals::declare_conflict(tx, officer, own, first, why, closed());
        world.db.write(declare).unwrap();
        let refused = decide(&world, second, Verdict::Award, "1 500").unwrap_err();
        assert_eq!(refused.to_string(), "L’enveloppe de l’appel ne suffit plus pour ce montant.");
        decide(&world, second, Verdict::Award, "1 000").unwrap();
    }
}

/// Two officers, each with a connection of their own, want the last of the envelope at the same instant.
fn race(db: TestDb) {
    let world = Programme::with(db, small);
    let lost = race_in(&world);
    let left = Euros::whole(1_000);
    assert_eq!(lost, format!("L’enveloppe de l’appel n’a plus que {left} de disponible."));
    let balance =
        |stage| world.db.read(|conn| journal::balance(conn, stage, journal::Scope::Call(world.call))).unwrap();
    assert_eq!((balance(Stage::Envelope), balance(Stage::Committed)), (left, Euros::whole(3_000)));
}

/// Two files of 3 000 € are awarded at once; what the one who came second was told.
fn race_in(world: &Programme) -> String {
    let files: Vec<ApplicationId> = (1..=2).map(|number| world.in_review(number, 3_000).1).collect();
    world.session();
    let colleague = crate::support::programme::person(&world.db, "Paul Lemaire", Role::Officer);
    let officers = [world.officer.clone(), colleague];
    let start = Barrier::new(2);
    let outcomes: Vec<Outcome<()>> = thread::scope(|scope| {
        let runs: Vec<_> = files
            .iter()
            .zip(&officers)
            .map(|(file, officer)| {
                let (url, start, version) = (world.db.url(), &start, world.application(*file).version);
                scope.spawn(move || {
                    let own = Db::open(url, Entropy::System).unwrap();
                    start.wait();
                    own.write(|tx| {
                        decisions::decide(tx, officer, *file, &form(Verdict::Award, "3000"), version, closed())
                    })
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 1), "{lost:?}");
    assert_whole(&world.db);
    lost[0].as_ref().unwrap_err().to_string()
}

#[test]
fn of_two_officers_awarding_the_last_of_an_envelope_one_gets_the_reason() {
    for db in each_database() {
        race(db);
    }
}

#[test]
fn nothing_is_told_before_the_results_are_announced() {
    for db in each_database() {
        let world = Programme::on(db);
        let (awarded, file, _) = world.in_review(1, 3_000);
        let (reserve, reserved, _) = world.in_review(2, 3_000);
        let (rejected, refused, _) = world.in_review(3, 3_000);
        let (deferred, later, _) = world.in_review(4, 3_000);
        let people = [&awarded, &reserve, &rejected, &deferred];
        let before: Vec<_> = people.iter().map(|who| kinds(&world.db, who)).collect();
        let session = world.session();
        decide(&world, file, Verdict::Award, "2 500").unwrap();
        decide(&world, reserved, Verdict::ReserveList, "").unwrap();
        decide(&world, refused, Verdict::Reject, "").unwrap();
        decide(&world, later, Verdict::Defer, "").unwrap();
        world.advance_call(CallEvent::StartReview).unwrap();
        world.advance_call(CallEvent::Deliberate).unwrap();
        assert_eq!(people.iter().map(|who| kinds(&world.db, who)).collect::<Vec<_>>(), before);
        for application in [file, reserved, refused, later] {
            let (row, call) = (world.application(application), world.call_row());
            assert_eq!(shown_to_applicants(row.state, call.state, call.decision_pace), ApplicationState::InReview);
        }
        let grant = world.db.read(|conn| grants::of_application(conn, file)).unwrap().unwrap();
        let hidden = world.db.read(|conn| tisserand::usecases::grants::file(conn, &awarded, grant.id));
        assert!(matches!(hidden, Err(UseCaseError::Store(StoreError::NotFound))));
        let early = world.advance_call(CallEvent::Announce).unwrap_err();
        assert_eq!(early.to_string(), "Le procès-verbal de la séance n’est pas encore confirmé.");
        world.step(session, SessionEvent::Minute);
        let alone = world.try_step(&world.officer, session, SessionEvent::CloseWithoutBoard).unwrap_err();
        assert_eq!(alone.to_string(), "Les décisions doivent être confirmées par le conseil d’administration.");
        world.try_step(&world.director, session, SessionEvent::Confirm).unwrap();
        world.advance_call(CallEvent::Announce).unwrap();
        announced(&world, &[(&awarded, file), (&reserve, reserved), (&rejected, refused), (&deferred, later)]);
        assert_whole(&world.db);
    }
}

fn announced(world: &Programme, files: &[(&Actor, ApplicationId); 4]) {
    let told = [MessageKind::Award, MessageKind::ReserveList, MessageKind::Refusal, MessageKind::Deferral];
    for ((who, file), kind) in files.iter().zip(told) {
        assert_eq!(kinds(&world.db, who).iter().filter(|known| **known == kind).count(), 1, "{kind}");
        let row = world.application(*file);
        let call = world.call_row();
        assert_eq!(shown_to_applicants(row.state, call.state, call.decision_pace), row.state);
    }
    let letters = |file: ApplicationId| -> Vec<Letter> {
        let rows = world.db.read(|conn| documents::of_subject(conn, file.as_str())).unwrap();
        let letters = rows.iter().map(|row| serde_json::from_str::<Letter>(&row.facts).unwrap());
        letters.filter(|letter| letter.kind != LetterKind::Receipt).collect()
    };
    let [award] = &letters(files[0].1)[..] else { panic!("one award letter") };
    let text = serde_json::to_string(award).unwrap();
    let confirm_by = closed().paris_date() + chrono::Duration::days(world.definition.delays.confirmation_days);
    let grant = world.db.read(|conn| grants::of_application(conn, files[0].1)).unwrap().unwrap();
    assert_eq!((grant.amount_cents, grant.confirm_by), (Euros::whole(2_500), Some(confirm_by)));
    for words in [Euros::whole(2_500).to_string(), Euros::whole(1_875).to_string(), french_date(confirm_by)] {
        assert!(text.contains(&words), "{words} is not in {text}");
    }
    assert!(letters(files[1].1).is_empty() && letters(files[3].1).is_empty());
    let [refusal] = &letters(files[2].1)[..] else { panic!("one refusal letter") };
    assert!(serde_json::to_string(refusal).unwrap().contains("Un partenariat construit"));
    assert_eq!(refusal.reference, format!("{}-N", world.application(files[2].1).reference));
    assert_eq!(refusal.signature.as_ref().unwrap().name, "Nadia Belkacem", "a person signs");
    tisserand::documents::render(award).unwrap();
}

#[test]
fn a_letter_is_previewed_before_anybody_gets_it() {
    let world = Programme::on(sqlite());
    let (_, file, _) = world.in_review(1, 3_000);
    world.session();
    reject(&world, file);
    let letter = world.db.read(|conn| releases::letter_preview(conn, &world.officer, file, closed())).unwrap().unwrap();
    assert_eq!(letter.kind, LetterKind::Refusal);
    let other = world.db.read(|conn| releases::letter_preview(conn, &world.members[0], file, closed()));
    assert!(matches!(other, Err(UseCaseError::Store(StoreError::NotFound))));
    let documents = world.db.read(|conn| documents::of_subject(conn, file.as_str())).unwrap();
    assert!(documents.iter().all(|row| row.kind == LetterKind::Receipt), "a preview issues nothing");
}

#[test]
fn without_a_quorum_the_session_does_not_open() {
    let world = Programme::on(sqlite());
    world.in_review(1, 3_000);
    let form = tisserand::usecases::sessions::SessionForm {
        title: "Jury".into(),
        date: "2027-03-11".into(),
        time: "14:00".into(),
        place: "Lille".into(),
    };
    use tisserand::{
        domain::sessions::{Attended, Presence},
        usecases::sessions,
    };
    let session = world.db.write(|tx| sessions::plan(tx, &world.officer, world.call, &form, closed())).unwrap();
    let empty = world.try_step(&world.officer, session, SessionEvent::Convene).unwrap_err();
    assert_eq!(empty.to_string(), "L’ordre du jour est vide.");
    world.db.write(|tx| sessions::fill_agenda(tx, &world.officer, session)).unwrap();
    world.step(session, SessionEvent::Convene);
    let there: Vec<_> = [(Presence::Present, None), (Presence::Represented, Some(0)), (Presence::Excused, None)]
        .into_iter()
        .zip(&world.members)
        .map(|((presence, holder), member)| Attended {
            person: id(member),
            presence,
            holder: holder.map(|at: usize| id(&world.members[at])),
        })
        .collect();
    world.db.write(|tx| sessions::record_attendance(tx, &world.officer, session, &there, None)).unwrap();
    let few = world.try_step(&world.officer, session, SessionEvent::Open).unwrap_err();
    assert_eq!(
        few.to_string(),
        "Le quorum n’est pas atteint\u{a0}: il faut 3 voix présentes ou représentées, il y en a 2."
    );
}

#[test]
fn the_buttons_of_a_file_are_those_of_the_session() {
    let world = Programme::on(sqlite());
    let (applicant, file, _) = world.in_review(1, 3_000);
    let standing = world.db.read(|conn| Application::look(conn, file, &applicant, closed())).unwrap();
    assert_eq!(standing.roles, [Role::Applicant]);
    let events: Vec<_> = standing.offered().into_iter().map(|(event, _)| event.code()).collect();
    assert_eq!(events, ["withdraw"]);
}

/// The axis every file of the programme places itself under, with this much and no more: in the call, or in the
/// agreement its money comes from.
fn capped(set_by: SetBy) -> impl Fn(&mut Definition) {
    move |definition| {
        let axis = definition.calls[0].axes[0].clone();
        let cap = Earmark::fixed(axis, Euros::whole(4_000), EarmarkLimit::Ceiling);
        match set_by {
            SetBy::Call => definition.calls[0].earmarks = vec![cap],
            SetBy::Agreement => definition.funding_sources[0].earmarks = vec![cap],
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SetBy {
    Call,
    Agreement,
}

#[test]
fn an_award_beyond_the_ceiling_of_its_axis_is_refused_with_what_is_left() {
    for set_by in [SetBy::Call, SetBy::Agreement] {
        for db in each_database() {
            let world = Programme::with_definition(db, capped(set_by));
            let (_, first, _) = world.in_review(1, 3_000);
            let (_, second, _) = world.in_review(2, 3_000);
            world.session();
            decide(&world, first, Verdict::Award, "3 000").unwrap();
            let refused = decide(&world, second, Verdict::Award, "1 000,01").unwrap_err().to_string();
            let whose = if set_by == SetBy::Call { "par l’appel" } else { "par la convention AFD-2026-ECM-HDF" };
            assert!(refused.starts_with("Le plafond de l’axe «\u{a0}"), "{refused}");
            assert!(refused.contains(whose) && refused.contains(&Euros::whole(1_000).to_string()), "{refused}");
            decide(&world, second, Verdict::Award, "1 000").unwrap();
            assert_whole(&world.db);
        }
    }
}

#[test]
fn what_is_only_reserved_for_an_axis_does_not_stop_it() {
    let world = Programme::with_definition(sqlite(), |definition| {
        capped(SetBy::Call)(definition);
        definition.calls[0].earmarks[0].limit = EarmarkLimit::Reserved;
    });
    let (_, first, _) = world.in_review(1, 5_000);
    world.session();
    decide(&world, first, Verdict::Award, "5 000").unwrap();
}

#[test]
fn of_two_officers_awarding_the_last_of_an_axis_one_gets_the_reason() {
    for db in each_database() {
        let world = Programme::with_definition(db, capped(SetBy::Agreement));
        let lost = race_in(&world);
        assert!(lost.starts_with("Le plafond de l’axe"), "{lost}");
    }
}

#[test]
fn an_axis_that_took_more_than_its_ceiling_is_a_broken_promise() {
    for db in each_database() {
        let world = Programme::on(db);
        let (_, first, _) = world.in_review(1, 3_000);
        world.session();
        decide(&world, first, Verdict::Award, "3 000").unwrap();
        let axis = &world.definition.axes[0];
        let mut lower = definitions::parse(include_str!("../../fixtures/recital.toml")).unwrap();
        let amount = Euros::from_cents(299_999);
        lower.funding_sources[0].earmarks = vec![Earmark::fixed(axis.clone(), amount, EarmarkLimit::Ceiling)];
        // Neither a file nor the form sets it so low any more.
        let refused = world.db.write(|tx| calls::load(tx, &Actor::system(), &lower, closed())).unwrap_err();
        assert!(matches!(refused, UseCaseError::Refused(_)), "{refused:?}");
        world.db.write(|tx| set_by_hand(tx, &lower.funding_sources[0])).unwrap();
        let found = world.db.read(|conn| integrity::check(conn, None, &mut |_| {})).unwrap();
        let broken: Vec<_> = found.iter().filter(|promise| promise.tally.broken > 0).collect();
        assert_eq!(broken.len(), 1, "{broken:?}");
        assert_eq!((broken[0].number, broken[0].tally.broken), (1, 1));
        assert_eq!(broken[0].name, "no axis takes more than the ceilings set on it");
    }
}

fn set_by_hand(tx: &mut Tx, source: &FundingSourceDefinition) -> Result<(), StoreError> {
    let mut row = funding_sources::by_reference(tx.conn(), &source.reference)?.unwrap();
    row.settings = serde_json::to_string(source).unwrap();
    funding_sources::update(tx, &row)
}

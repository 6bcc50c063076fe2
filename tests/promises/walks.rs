//! Walks: at each step one of all that is offered, or of all that is not, and the promises afterwards.

use super::{
    moves::{Move, Told, attempt, illegal, is_refusal, legal, onward, told},
    world::{Start, World},
};
use crate::support::databases::{TestDb, postgres, sqlite};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};
use std::{
    cell::RefCell,
    hash::{DefaultHasher, Hash, Hasher},
};

/// One step: which of everything possible is tried. Of all that is possible the one is taken that the number likes
/// best, so that the same number means the same after a step before it has gone.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Of what leads on.
    Onward(u16),
    /// Of everything offered.
    Legal(u16),
    /// Of everything that is not.
    Illegal(u16),
}

fn favourite(number: u16, moves: Vec<Move>) -> Option<Move> {
    let liking = |attempt: &Move| {
        let mut hasher = DefaultHasher::new();
        (number, attempt.to_string()).hash(&mut hasher);
        hasher.finish()
    };
    moves.into_iter().max_by_key(liking)
}

/// Takes one step and asks whether everything is as it must be.
fn step(world: &mut World, step: Step) -> Result<(), String> {
    let things = world.things();
    let chosen = match step {
        Step::Onward(number) => favourite(number, onward(world, &things)),
        Step::Legal(number) => favourite(number, legal(&things)),
        Step::Illegal(number) => favourite(number, illegal(&things)),
    };
    let Some(chosen) = chosen else { return Ok(()) };
    match chosen {
        Move::Wait(days) => world.paying.now = world.paying.now.plus_days(days),
        Move::WaitForTheDeadline => world.paying.now = world.paying.now.max(world.deadline()),
        _ => {}
    }
    let (said, written) = (told(world, &chosen), world.written());
    let answer = attempt(world, &chosen);
    let heard = answer.as_ref().map_or_else(|error| error.to_string(), |()| "done".to_owned());
    world.story.push(format!("{chosen} → {heard}"));
    let is_illegal = matches!(step, Step::Illegal(_));
    let wrong = match said {
        Told::Offered | Told::Dead(_) if is_illegal => "the page offers what the table does not have",
        _ if is_illegal && answer.is_ok() => "was done although the table does not have it",
        Told::NotOffered if answer.is_ok() => "was done although no page offers it",
        Told::Offered if answer.is_err() => "was refused although the button is alive",
        _ if answer.is_ok() => return broken(world),
        _ if !is_refusal(&answer) => "failed without a word for the person",
        _ if written != world.written() || things != world.things() => "was refused and yet changed something",
        _ => return Ok(()),
    };
    Err(wrong.to_owned())
}

fn broken(world: &World) -> Result<(), String> {
    match world.broken().as_slice() {
        [] => Ok(()),
        broken => Err(broken.join("\n")),
    }
}

/// Walks a whole way in a world of its own.
fn walk(db: TestDb, start: Start, steps: &[Step]) -> Result<Vec<String>, String> {
    let mut world = World::on(db, start);
    for number in steps {
        step(&mut world, *number).map_err(|wrong| format!("{wrong}\nafter:\n  {}", world.story.join("\n  ")))?;
    }
    Ok(world.story)
}

/// Steps that can be left out one by one when a promise breaks, until the shortest walk that breaks it is left.
fn steps(length: usize) -> impl Strategy<Value = (Start, Vec<Option<Step>>)> {
    let one = prop_oneof![
        6 => any::<u16>().prop_map(Step::Onward),
        4 => any::<u16>().prop_map(Step::Legal),
        1 => any::<u16>().prop_map(Step::Illegal),
    ];
    let start = prop_oneof![1 => Just(Start::Committee), 2 => Just(Start::Grants)];
    (start, prop::collection::vec(prop::option::weighted(0.98, one), length..=length))
}

/// Walks so many ways and tells what was done on them; the same ones each time, so that a red test stays red.
/// `TISSERAND_WALKS` walks that many others.
fn walks(cases: u32, length: usize, database: impl Fn() -> TestDb) -> Vec<String> {
    let done = RefCell::new(Vec::new());
    let more: Option<u32> = std::env::var_os("TISSERAND_WALKS").map(|wanted| wanted.to_str().unwrap().parse().unwrap());
    let config =
        Config { cases: more.unwrap_or(cases), failure_persistence: None, max_shrink_iters: 300, ..Config::default() };
    let mut runner = match more {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32])),
    };
    let told = runner.run(&steps(length), |(start, steps)| {
        let story = walk(database(), start, &steps.into_iter().flatten().collect::<Vec<_>>());
        done.borrow_mut().extend(story.map_err(TestCaseError::fail)?);
        Ok(())
    });
    // The numbers of the steps say nothing to a reader; the story of the walk does.
    match told {
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(TestError::Abort(reason)) => panic!("{reason}"),
        Ok(()) => done.into_inner(),
    }
}

#[test]
fn any_walk_over_what_is_offered_keeps_every_promise() {
    drop(walks(7, 60, sqlite));
}

#[test]
fn any_walk_keeps_every_promise_on_the_other_database_too() {
    if postgres().is_some() {
        drop(walks(2, 40, || postgres().unwrap()));
    }
}

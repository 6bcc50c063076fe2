//! The one way in which a thing changes state.

use super::{Actor, Outcome, UseCaseError, effects};
use crate::{
    domain::{
        lifecycle::{self, Decision, Lifecycle, Machine, Refusal},
        roles::Role,
        time::Moment,
    },
    store::{Conn, StoreError, Tx, history, states},
};
use std::{fmt::Display, str::FromStr};

/// Objects that share one statement, at most.
const TOGETHER: usize = 64;

/// An object that lives in the database: how to see it through somebody's eyes.
pub trait Object: Lifecycle {
    type Id: Copy + Display + FromStr;

    /// Where the object stands, what `actor` is to it, and the facts its guards read.
    ///
    /// `StoreError::NotFound` when it does not exist, or must not exist for this actor.
    fn look(conn: &mut Conn, id: Self::Id, actor: &Actor, now: Moment) -> Outcome<Standing<Self>>;
}

/// An object seen through somebody's eyes, in the transaction or on the page.
#[derive(Debug)]
pub struct Standing<L: Lifecycle> {
    pub state: L::State,
    pub version: i32,
    /// What the actor is to this very object.
    pub roles: Vec<Role>,
    pub facts: L::Facts,
    /// What the history is to keep as the reason of the next change; often empty.
    pub reason: String,
}

impl<L: Lifecycle> Standing<L> {
    /// The buttons of the object's page: what this actor may do, with the reason when a button is dead.
    pub fn offered(&self) -> Vec<(L::Event, Result<(), Refusal>)> {
        lifecycle::offered::<L>(self.state, &self.roles, &self.facts)
    }
}

/// What brought a consequence about: one row of the history.
#[derive(Debug, Clone)]
pub struct Cause {
    pub machine: Machine,
    pub subject_id: String,
    /// The row's number in the chain.
    pub seq: i64,
    pub actor: Actor,
    pub now: Moment,
}

impl Cause {
    /// The identifier of the object that changed.
    pub fn subject<I: FromStr>(&self) -> Outcome<I> {
        self.subject_id.parse().map_err(|_| UseCaseError::Unreadable(self.subject_id.clone()))
    }
}

/// Lets `event` happen to an object whose page showed `version`, and writes everything the transition owes.
pub fn advance<L: Object>(
    tx: &mut Tx,
    actor: &Actor,
    id: L::Id,
    version: i32,
    event: L::Event,
    now: Moment,
) -> Outcome<Cause> {
    let standing = L::look(tx.conn(), id, actor, now)?;
    if standing.version != version {
        return Err(StoreError::Stale.into());
    }
    step::<L>(tx, actor, id, standing, event, now)
}

/// The same for a consequence, which has just read the object in this transaction.
pub fn advance_now<L: Object>(tx: &mut Tx, actor: &Actor, id: L::Id, event: L::Event, now: Moment) -> Outcome<Cause> {
    let standing = L::look(tx.conn(), id, actor, now)?;
    step::<L>(tx, actor, id, standing, event, now)
}

/// The same for an object whose standing has been read in this transaction.
pub(super) fn step<L: Object>(
    tx: &mut Tx,
    actor: &Actor,
    id: L::Id,
    standing: Standing<L>,
    event: L::Event,
    now: Moment,
) -> Outcome<Cause> {
    let decision = lifecycle::decide::<L>(standing.state, event, &standing.roles, &standing.facts)?;
    let subject_id = id.to_string();
    states::apply(tx, &decision, &subject_id, standing.version, now)?;
    let trace = history::Trace { actor: actor.person, reason: &standing.reason, at: now };
    let seq = history::append(tx, &decision, &subject_id, trace)?;
    owe(tx, &decision, Cause { machine: L::MACHINE, subject_id, seq, actor: actor.clone(), now })
}

/// Writes what a change of state owes.
fn owe(tx: &mut Tx, decision: &Decision, cause: Cause) -> Outcome<Cause> {
    for effect in decision.effects() {
        effects::run(tx, *effect, &cause)?;
    }
    Ok(cause)
}

/// The same for several objects that stand alike and have been read in this transaction.
pub(super) fn step_all<L: Object>(
    tx: &mut Tx,
    actor: &Actor,
    ids: &[L::Id],
    standing: &Standing<L>,
    event: L::Event,
    now: Moment,
) -> Outcome<()> {
    let decision = lifecycle::decide::<L>(standing.state, event, &standing.roles, &standing.facts)?;
    let subjects: Vec<_> = ids.iter().map(L::Id::to_string).collect();
    for subjects in subjects.chunks(TOGETHER) {
        states::apply_all(tx, &decision, subjects, standing.version, now)?;
        let trace = history::Trace { actor: actor.person, reason: &standing.reason, at: now };
        let numbers = history::append_all(tx, &decision, subjects, trace)?;
        for (subject, seq) in subjects.iter().zip(numbers) {
            let subject_id = subject.clone();
            owe(tx, &decision, Cause { machine: L::MACHINE, subject_id, seq, actor: actor.clone(), now })?;
        }
    }
    Ok(())
}

/// Writes the first line of the history of an object whose row has just been inserted in its initial state.
/// `roles` are what the actor is to it.
pub fn record_birth<L: Object>(tx: &mut Tx, actor: &Actor, roles: &[Role], id: L::Id, now: Moment) -> Outcome<Cause> {
    let decision = lifecycle::birth::<L>(roles)?;
    let subject_id = id.to_string();
    let trace = history::Trace { actor: actor.person, reason: "", at: now };
    let seq = history::append(tx, &decision, &subject_id, trace)?;
    Ok(Cause { machine: L::MACHINE, subject_id, seq, actor: actor.clone(), now })
}

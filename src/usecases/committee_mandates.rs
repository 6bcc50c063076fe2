//! Mandates of the members of committees: begun with the first seat in a fund, ended with the last one. The yearly
//! declaration of interests is owed for each, and what is closed to whoever owes it is what that mandate opens.

use super::{Actor, Outcome, committees::require};
use crate::{
    domain::{
        ids::{ApplicationId, CallId, FundId, PersonId, ReviewId, SessionId},
        interests::stands,
        lifecycles::calls::CallState,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, calls,
        committee_mandates::{self as rows, MandateRow, Running},
        reviews, sessions,
    },
};

/// Calls whose committee has nothing more to read.
const OVER: [CallState; 3] = [CallState::Announced, CallState::Archived, CallState::Cancelled];

/// Begins the mandate of a new member, unless it runs. What they declared before they had any is for their first one.
pub(super) fn begin(tx: &mut Tx, call: CallId, person: PersonId, now: Moment) -> Outcome<()> {
    let fund = rows::fund_of(tx.conn(), call)?;
    if rows::running(tx.conn(), person)?.iter().any(|mandate| mandate.fund_id == fund) {
        return Ok(());
    }
    let row = MandateRow { id: tx.mint(now)?, person_id: person, fund_id: fund, started_at: now, ended_at: None };
    rows::insert(tx, &row)?;
    for declaration in rows::unattached(tx.conn(), person)? {
        rows::attach(tx, row.id, declaration)?;
    }
    Ok(())
}

/// Ends the mandate of whoever has left their last seat in the fund of a call.
pub(super) fn end_with_last_seat(tx: &mut Tx, call: CallId, person: PersonId, now: Moment) -> Outcome<()> {
    let fund = rows::fund_of(tx.conn(), call)?;
    if rows::funds_of(tx.conn(), person, &[])?.contains(&fund) {
        return Ok(());
    }
    for mandate in rows::running(tx.conn(), person)?.iter().filter(|mandate| mandate.fund_id == fund) {
        rows::end(tx, mandate.id, now)?;
    }
    Ok(())
}

/// The mandates of the actor that run, each with when its yearly declaration was last made.
pub fn own(conn: &mut Conn, actor: &Actor) -> Outcome<Vec<(Running, Option<Moment>)>> {
    let person = require(actor, Role::Reviewer)?;
    let running = rows::running(conn, person)?;
    let ids: Vec<_> = running.iter().map(|mandate| mandate.id).collect();
    let last = rows::last_yearly(conn, &ids)?;
    let of = |mandate: Running| {
        let at = last.iter().find(|(id, _)| *id == mandate.id).map(|(_, at)| *at);
        (mandate, at)
    };
    Ok(running.into_iter().map(of).collect())
}

/// The funds for which the actor owes the yearly declaration, and whether these are all in which they still sit.
pub fn owed(conn: &mut Conn, actor: &Actor, now: Moment) -> Outcome<(Vec<FundId>, bool)> {
    let person = require(actor, Role::Reviewer)?;
    let is_missing = |last: Option<Moment>| last.is_none_or(|at| !stands(at.paris_date(), now.paris_date()));
    let missing: Vec<_> = own(conn, actor)?.into_iter().filter(|(_, last)| is_missing(*last)).collect();
    if missing.is_empty() {
        return Ok((Vec::new(), false));
    }
    let sits = rows::funds_of(conn, person, &OVER)?;
    let owed: Vec<_> = missing.iter().map(|(mandate, _)| mandate.fund_id).filter(|fund| sits.contains(fund)).collect();
    let is_all = !owed.is_empty() && owed.len() == sits.len();
    Ok((owed, is_all))
}

/// The names of the funds for which the actor owes the yearly declaration, in one line.
pub fn owed_in_words(conn: &mut Conn, actor: &Actor, now: Moment) -> Outcome<String> {
    let (owed, _) = owed(conn, actor, now)?;
    if owed.is_empty() {
        return Ok(String::new());
    }
    let running = own(conn, actor)?.into_iter().map(|(mandate, _)| mandate);
    let names = running.filter(|mandate| owed.contains(&mandate.fund_id)).map(|mandate| mandate.fund_name);
    Ok(names.collect::<Vec<_>>().join(", "))
}

/// What a page of the committee is about, by which it is known under which mandate it is read.
#[derive(Debug, Clone)]
pub enum About {
    /// Lists of everything: each leaves out what is owed for.
    All,
    /// A call by its reference.
    Call(String),
    Review(ReviewId),
    Session(SessionId),
    File(ApplicationId),
}

impl About {
    /// The call, as far as it exists for this person.
    fn call(&self, conn: &mut Conn, person: PersonId) -> Result<Option<CallId>, StoreError> {
        let found = match self {
            About::All => return Ok(None),
            About::Call(reference) => return Ok(calls::by_reference(conn, reference)?.map(|row| row.id)),
            About::Session(id) => sessions::find(conn, *id).map(|row| row.call_id),
            About::File(id) => reviews::file(conn, Some(person), *id).map(|row| row.call_id),
            About::Review(id) => match reviews::find(conn, *id) {
                Ok(row) => reviews::file(conn, Some(person), row.application_id).map(|row| row.call_id),
                Err(error) => Err(error),
            },
        };
        match found {
            Err(StoreError::NotFound) => Ok(None),
            found => found.map(Some),
        }
    }
}

/// Whether the yearly declaration comes first. What does not exist waits for any that is owed, as what exists and is owed
/// for does.
pub fn bars(conn: &mut Conn, actor: &Actor, about: &About, now: Moment) -> Outcome<bool> {
    let (owed, is_all) = owed(conn, actor, now)?;
    if owed.is_empty() || is_all {
        return Ok(is_all);
    }
    let person = require(actor, Role::Reviewer)?;
    match about.call(conn, person)? {
        Some(call) => Ok(owed.contains(&rows::fund_of(conn, call)?)),
        None => Ok(!matches!(about, About::All)),
    }
}

/// The calls that wait for a declaration, for lists that hold several.
pub(super) fn closed_calls(conn: &mut Conn, actor: &Actor, calls_: &[CallId], now: Moment) -> Outcome<Vec<CallId>> {
    let (owed, _) = owed(conn, actor, now)?;
    let mut closed = Vec::new();
    for call in calls_.iter().filter(|_| !owed.is_empty()) {
        if owed.contains(&rows::fund_of(conn, *call)?) {
            closed.push(*call);
        }
    }
    Ok(closed)
}

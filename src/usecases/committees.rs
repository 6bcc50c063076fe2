//! The committee of a call: who sits in it, in whose name, with what vote.

use super::{
    Actor, FieldError, Outcome, UseCaseError, committee_mandates, conflicts, definitions, interests, sessions::sitting,
};
use crate::{
    domain::{
        definitions::{CallDefinition, FundDefinition},
        ids::{CallId, PersonId},
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, attendance,
        people::{self, PersonRoleRow},
        reviews,
        seats::{self, CallPart, Member, SeatRow},
    },
};
use std::sync::Arc;

/// A call with what its definition and its fund say.
#[derive(Debug, Clone)]
pub struct CallFile {
    pub row: CallPart,
    pub definition: Arc<CallDefinition>,
    pub fund: Arc<FundDefinition>,
}

/// A call with its rules; everything the committee's work reads of it.
pub fn call_file(conn: &mut Conn, id: CallId) -> Outcome<CallFile> {
    let row = seats::call(conn, id)?;
    let definition = definitions::call(&row.settings)?;
    let fund = definitions::fund(&row.fund_settings)?;
    Ok(CallFile { row, definition, fund })
}

impl CallFile {
    /// Whom to write to about this call, in one line.
    pub fn contact(&self) -> String {
        let contact = &self.fund.contact;
        let phone = contact.phone.as_ref().map_or(String::new(), |phone| format!(" – {phone}"));
        format!("{}, {}{phone}", contact.name, contact.email)
    }
}

/// What somebody without this role may not know of does not exist for them.
pub(super) fn require(actor: &Actor, role: Role) -> Outcome<PersonId> {
    match actor.person {
        Some(person) if actor.is(role) => Ok(person),
        _ => Err(StoreError::NotFound.into()),
    }
}

/// The person, if they sit in the committee of a call; to anybody else what is in there does not exist.
pub(super) fn member_of(conn: &mut Conn, actor: &Actor, call: CallId) -> Outcome<PersonId> {
    let person = require(actor, Role::Reviewer)?;
    match seats::held(conn, call, person)? {
        Some(_) => Ok(person),
        None => Err(StoreError::NotFound.into()),
    }
}

/// Gives a person a seat in the committee of a call, and the role that opens its screens.
pub fn appoint(
    tx: &mut Tx,
    officer: &Actor,
    call: CallId,
    person: PersonId,
    institution: &str,
    vote: Vote,
    now: Moment,
) -> Outcome<()> {
    let by = require(officer, Role::Officer)?;
    people::find(tx.conn(), person)?;
    let institution = institution.trim();
    if institution.chars().count() > 120 {
        let error = FieldError::new("institution", "Au plus 120 caractères.");
        return Err(UseCaseError::Invalid(vec![error]));
    }
    if vote == Vote::Guest && reviews::count_waiting(tx.conn(), call, person)? > 0 {
        let sentence = "Des évaluations attendent cette personne\u{a0}: confiez-les d’abord à quelqu’un d’autre.";
        return Err(UseCaseError::Invalid(vec![FieldError::new("voix", sentence)]));
    }
    match seats::known(tx.conn(), call, person)? {
        Some(seat) => {
            if seat.ended_at.is_none()
                && seat.is_voting != vote.is_voting()
                && let Some(refusal) = sitting(tx.conn(), call, person)?
            {
                return Err(refusal.into());
            }
            seats::renew(tx, seat.id, institution, (vote.is_voting(), vote == Vote::Guest))?;
        }
        None => {
            let row = SeatRow {
                id: tx.mint(now)?,
                call_id: call,
                person_id: person,
                institution: institution.to_owned(),
                is_voting: vote.is_voting(),
                created_at: now,
                ended_at: None,
                is_guest: vote == Vote::Guest,
            };
            seats::insert(tx, &row)?;
        }
    }
    if !people::roles_of(tx.conn(), person)?.contains(&Role::Reviewer) {
        let role = PersonRoleRow { person_id: person, role: Role::Reviewer, granted_by: Some(by), granted_at: now };
        people::insert_role(tx, &role)?;
    }
    committee_mandates::begin(tx, call, person, now)?;
    conflicts::keep_away(tx, person, now)?;
    interests::keep_away(tx, person, now)
}

/// Whether a seat comes with a vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vote {
    /// Counts for the quorum.
    Deliberative,
    /// Speaks, does not vote (voix consultative).
    Advisory,
    /// Reads the files; neither scores them nor votes.
    Guest,
}

impl Vote {
    const fn is_voting(self) -> bool {
        matches!(self, Vote::Deliberative)
    }
}

/// Ends a seat, except in the middle of a session. What the person has scored stays.
pub fn dismiss(tx: &mut Tx, officer: &Actor, call: CallId, person: PersonId, now: Moment) -> Outcome<()> {
    require(officer, Role::Officer)?;
    if let Some(refusal) = sitting(tx.conn(), call, person)? {
        return Err(refusal.into());
    }
    attendance::forget(tx, call, person)?;
    seats::end(tx, call, person, now)?;
    committee_mandates::end_with_last_seat(tx, call, person, now)
}

/// The members of the committee of a call.
pub fn members(conn: &mut Conn, actor: &Actor, call: CallId) -> Outcome<Vec<Member>> {
    let is_staff = [Role::Officer, Role::Director, Role::Auditor].iter().any(|role| actor.is(*role));
    let sits = match actor.person {
        Some(person) => seats::held(conn, call, person)?.is_some(),
        None => actor.is(Role::System),
    };
    if is_staff || sits { Ok(seats::members(conn, call)?) } else { Err(StoreError::NotFound.into()) }
}

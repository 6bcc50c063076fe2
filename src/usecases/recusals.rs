//! Recusals (déports): declared by the member or by an officer, before or after the file is entrusted.

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    advance::advance_now,
    blinds,
    committees::{member_of, require},
    rooms,
};
use crate::{
    domain::{
        ids::{ApplicationId, PersonId},
        lifecycles::reviews::{Review, ReviewEvent},
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, decisions,
        recusals::{self, RecusalRow},
        reviews::{self, FileRow},
        seats, sessions,
    },
};

/// Declares that a person must not meet a file. From here on it does not exist for them; a review they had of it is
/// given up and entrusted anew.
pub fn declare_conflict(
    tx: &mut Tx,
    actor: &Actor,
    person: PersonId,
    application: ApplicationId,
    reason: &str,
    now: Moment,
) -> Outcome<()> {
    let declared_by = actor.person.ok_or(StoreError::NotFound)?;
    let call = decisions::call_of(tx.conn(), application)?;
    let is_own = declared_by == person && seats::held(tx.conn(), call, person)?.is_some();
    if !is_own && !actor.is(Role::Officer) || recusals::is_recused(tx.conn(), declared_by, application)? {
        return Err(StoreError::NotFound.into());
    }
    let reason = reason.trim();
    if reason.is_empty() {
        let error = FieldError::new("motif", "Dites en quelques mots quel est le lien.");
        return Err(UseCaseError::Invalid(vec![error]));
    }
    give_up(tx, actor, person, application, reason, now)
}

/// Recuses a member from a file because of a tie that is known of them; who declared it is the member. A review they had
/// of it is given up.
pub(super) fn follow(
    tx: &mut Tx,
    person: PersonId,
    application: ApplicationId,
    reason: &str,
    now: Moment,
) -> Outcome<()> {
    let member = Actor::person(person, vec![Role::Reviewer]);
    give_up(tx, &member, person, application, reason, now)
}

/// Recuses a person from a file, through their review where they have one.
pub(super) fn give_up(
    tx: &mut Tx,
    actor: &Actor,
    person: PersonId,
    application: ApplicationId,
    reason: &str,
    now: Moment,
) -> Outcome<()> {
    match reviews::of(tx.conn(), application, person)? {
        Some(review) => {
            reviews::set_reason(tx, review.id, reason)?;
            advance_now::<Review>(tx, actor, review.id, ReviewEvent::Recuse, now)?;
            Ok(())
        }
        None => record(tx, person, application, reason, actor.person.unwrap_or(person), now),
    }
}

/// A file that the actor may declare a conflict with: one of a call in whose committee they sit, unless they have
/// declared it before.
pub fn file(conn: &mut Conn, actor: &Actor, application: ApplicationId) -> Outcome<FileRow> {
    let person = require(actor, Role::Reviewer)?;
    let row = reviews::file(conn, Some(person), application)?;
    member_of(conn, actor, row.call_id)?;
    blinds::file(conn, actor, row)
}

/// Records on the common file of a pair what was declared of the draft that rests behind it: who must not meet the one
/// does not meet the other.
pub(super) fn carry_over(tx: &mut Tx, resting: ApplicationId, common: ApplicationId, now: Moment) -> Outcome<()> {
    for row in recusals::recorded(tx.conn(), resting)? {
        record(tx, row.person_id, common, &row.reason, row.declared_by, now)?;
    }
    Ok(())
}

/// Writes a recusal, once.
pub(super) fn record(
    tx: &mut Tx,
    person: PersonId,
    application: ApplicationId,
    reason: &str,
    declared_by: PersonId,
    now: Moment,
) -> Outcome<()> {
    if recusals::is_recused(tx.conn(), person, application)? {
        return Ok(());
    }
    let row = RecusalRow {
        id: tx.mint(now)?,
        person_id: person,
        application_id: application,
        reason: reason.to_owned(),
        declared_by,
        declared_at: now,
    };
    recusals::insert(tx, &row)?;
    // The page of somebody in the room shows it no longer.
    for session in sessions::hearing(tx.conn(), application)? {
        rooms::stir(tx, session)?;
    }
    Ok(())
}

//! Signing in and out of devices.

use super::{Actor, Outcome, settings};
use crate::{
    domain::{
        ids::{PersonId, SignInId},
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, Tx, digests, people,
        sign_ins::{self, SignInRow},
    },
};

/// A device is forgotten after this many days without a visit. That of somebody of the team is after fewer hours, which
/// are a setting: much is open to whoever finds it.
const IDLE_DAYS: i64 = 14;
/// A visit puts the end off once in such a part of that time at most, so that reading pages does not write.
const PARTS: i64 = 14;
/// Roles whose sign-ins are short.
const SHORT: [Role; 5] = [Role::Officer, Role::Finance, Role::Director, Role::Auditor, Role::Admin];

/// The person behind a live sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedInPerson {
    pub sign_in: SignInId,
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub actor: Actor,
    /// When its last visit was written down (UTC).
    pub last_seen_at: Moment,
    /// When the sign-in ends unless the device comes back before (UTC); see [`touch`].
    pub expires_at: Moment,
}

/// What the database keeps of a secret.
pub fn hash_of(secret: &str) -> String {
    digests::sha256(secret)
}

/// Who holds this secret now; `None` when it is unknown, ended or expired.
pub fn of_token(conn: &mut Conn, token: &str, now: Moment) -> Outcome<Option<SignedInPerson>> {
    let rows = sign_ins::live(conn, &hash_of(token), now)?;
    let Some((sign_in, last_seen_at, expires_at, id, name, email, _)) = rows.first().cloned() else {
        return Ok(None);
    };
    let roles = rows.into_iter().filter_map(|row| row.6).collect();
    Ok(Some(SignedInPerson { sign_in, id, name, email, actor: Actor::person(id, roles), last_seen_at, expires_at }))
}

/// When a device of somebody with these roles is forgotten, if it does not come back.
fn end_of(conn: &mut Conn, roles: &[Role], now: Moment) -> Outcome<Moment> {
    Ok(match roles.iter().any(|role| SHORT.contains(role)) {
        true => now.plus_minutes(60 * settings::load(conn)?.staff_idle_hours()),
        false => now.plus_days(IDLE_DAYS),
    })
}

/// Once somebody has been given a role, their sign-ins last no longer than that role's.
pub(super) fn shorten(tx: &mut Tx, person: PersonId, role: Role, now: Moment) -> Outcome<()> {
    if SHORT.contains(&role) {
        let latest = end_of(tx.conn(), &[role], now)?;
        sign_ins::shorten(tx, person, now, latest)?;
    }
    Ok(())
}

/// Signs a person in on a device (its browser, as it names itself) and gives the secret for its cookie.
pub fn open(tx: &mut Tx, person: PersonId, device: &str, now: Moment) -> Outcome<String> {
    let secret = tx.secret()?;
    let roles = people::roles_of(tx.conn(), person)?;
    let row = SignInRow {
        id: tx.mint(now)?,
        person_id: person,
        token_hash: hash_of(&secret),
        device: device.chars().take(200).collect(),
        created_at: now,
        last_seen_at: now,
        expires_at: end_of(tx.conn(), &roles, now)?,
        ended_at: None,
    };
    sign_ins::insert(tx, &row)?;
    Ok(secret)
}

/// Whether a visit puts the end of the sign-in off: a good while after the last one that did.
pub fn is_to_prolong(person: &SignedInPerson, now: Moment) -> bool {
    let seconds = |until: Moment| until.unix_seconds() - person.last_seen_at.unix_seconds();
    seconds(now) * PARTS >= seconds(person.expires_at)
}

/// Notes a visit and gives the new end of the sign-in.
pub fn touch(tx: &mut Tx, person: &SignedInPerson, now: Moment) -> Outcome<Moment> {
    let roles = people::roles_of(tx.conn(), person.id)?;
    let end = end_of(tx.conn(), &roles, now)?;
    sign_ins::touch(tx, person.sign_in, now, end)?;
    Ok(end)
}

/// Where a person is signed in, newest first.
pub fn list(conn: &mut Conn, person: PersonId, now: Moment) -> Outcome<Vec<SignInRow>> {
    Ok(sign_ins::of_person(conn, person, now)?)
}

/// Signs a person out of one device.
pub fn end(tx: &mut Tx, person: PersonId, id: SignInId, now: Moment) -> Outcome<()> {
    Ok(sign_ins::end(tx, person, id, now)?)
}

/// Signs a person out everywhere.
pub fn end_all(tx: &mut Tx, person: PersonId, now: Moment) -> Outcome<usize> {
    Ok(sign_ins::end_all(tx, person, now)?)
}

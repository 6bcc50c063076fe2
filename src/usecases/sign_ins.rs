//! Signing in and out of devices.

use super::{Actor, Outcome, settings};
use crate::{
    domain::{
        ids::{PersonId, SignInId},
        roles::Role,
        sign_ins::{Limits, TRUSTED, Visit},
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, digests, people,
        sign_ins::{self, SignInRow},
    },
};

/// A visit puts the end off once in such a part of that time at most, so that reading pages does not write.
const PARTS: i64 = 14;
/// And once in so many seconds at most, however near the end is that nothing puts off.
const RARELY: i64 = 60;
/// Seconds after the last visit within which a sign-in that follows a session should not end.
const SHORT: i64 = 3_600;

/// The person behind a live sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedInPerson {
    pub sign_in: SignInId,
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub actor: Actor,
    /// When the sign-in began (UTC).
    pub opened_at: Moment,
    /// When its last visit was written down (UTC).
    pub last_seen_at: Moment,
    /// When the sign-in ends unless the device comes back before (UTC); see [`touch`].
    pub expires_at: Moment,
}

impl SignedInPerson {
    /// Seconds until the sign-in ends by itself.
    pub fn seconds_left(&self, now: Moment) -> i64 {
        self.expires_at.unix_seconds() - now.unix_seconds()
    }
}

/// What the database keeps of a secret.
pub fn hash_of(secret: &str) -> String {
    digests::sha256(secret)
}

/// Who holds this secret now; `None` when it is unknown, ended or expired.
pub fn of_token(conn: &mut Conn, token: &str, now: Moment) -> Outcome<Option<SignedInPerson>> {
    let rows = sign_ins::live(conn, &hash_of(token), now)?;
    let Some((sign_in, (opened_at, last_seen_at, expires_at), id, name, email, _)) = rows.first().cloned() else {
        return Ok(None);
    };
    let roles = rows.into_iter().filter_map(|row| row.5).collect();
    let actor = Actor::person(id, roles);
    Ok(Some(SignedInPerson { sign_in, id, name, email, actor, opened_at, last_seen_at, expires_at }))
}

/// Says how long sign-ins last from now on. Those there are last no longer.
pub fn limit(tx: &mut Tx, limits: Limits, now: Moment) -> Outcome<()> {
    let mut known = settings::load(tx.conn())?;
    known.set_limits(limits);
    settings::save(tx, known)?;
    let latest = |role| limits.end(&[role], now, Visit::Page, now);
    sign_ins::shorten_of(tx, &TRUSTED, latest(Role::Officer))?;
    sign_ins::shorten(tx, latest(Role::Officer).max(latest(Role::Applicant)))?;
    Ok(())
}

/// Once somebody has been given a trusted role, each of their devices has to sign in anew: nobody gets more by a secret
/// that was given out for less. What opens one's own organisation and files only, anybody may be invited to; that signs
/// nobody out.
pub(super) fn renew(tx: &mut Tx, person: PersonId, role: Role, now: Moment) -> Outcome<()> {
    if TRUSTED.contains(&role) {
        sign_ins::end_all(tx, person, now)?;
    }
    Ok(())
}

/// Signs a person in on a device (its browser, as it names itself) and gives the secret for its cookie.
pub fn open(tx: &mut Tx, person: PersonId, device: &str, now: Moment) -> Outcome<String> {
    let secret = tx.secret()?;
    let roles = people::roles_of(tx.conn(), person)?;
    let limits = settings::load(tx.conn())?.limits();
    let row = SignInRow {
        id: tx.mint(now)?,
        person_id: person,
        token_hash: hash_of(&secret),
        device: device.chars().take(200).collect(),
        created_at: now,
        last_seen_at: now,
        expires_at: limits.end(&roles, now, Visit::Page, now),
        ended_at: None,
    };
    sign_ins::insert(tx, &row)?;
    Ok(secret)
}

/// The same in a browser whose cookie was of another sign-in, which is over with it.
pub fn open_instead(
    tx: &mut Tx,
    before: Option<&SignedInPerson>,
    person: PersonId,
    device: &str,
    now: Moment,
) -> Outcome<String> {
    if let Some(before) = before {
        leave(tx, before.id, before.sign_in, now)?;
    }
    open(tx, person, device, now)
}

/// Whether a visit puts the end of the sign-in off: a good while after the last one that did; whoever enters a room, at
/// once.
pub fn is_to_prolong(person: &SignedInPerson, visit: Visit, now: Moment) -> bool {
    let seconds = |until: Moment| until.unix_seconds() - person.last_seen_at.unix_seconds();
    let is_due = seconds(now) >= RARELY && seconds(now) * PARTS >= seconds(person.expires_at);
    is_due || (visit == Visit::Room && seconds(person.expires_at) < SHORT)
}

/// Notes a visit and gives the new end of the sign-in: never before the one it had, unless nothing may last that long.
pub fn touch(tx: &mut Tx, person: &SignedInPerson, visit: Visit, now: Moment) -> Outcome<Moment> {
    let roles = people::roles_of(tx.conn(), person.id)?;
    let limits = settings::load(tx.conn())?.limits();
    let end = limits.end(&roles, person.opened_at, visit, now);
    let end = end.max(person.expires_at.min(limits.last(person.opened_at)));
    sign_ins::touch(tx, person.sign_in, now, end)?;
    Ok(end)
}

/// A device that is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub row: SignInRow,
    /// When it is signed out whatever is done (UTC); sooner without a visit: see `expires_at`.
    pub last: Moment,
}

/// Where a person is signed in, newest first.
pub fn list(conn: &mut Conn, person: PersonId, now: Moment) -> Outcome<Vec<Device>> {
    let limits = settings::load(conn)?.limits();
    let rows = sign_ins::of_person(conn, person, now)?;
    Ok(rows.into_iter().map(|row| Device { last: limits.last(row.created_at), row }).collect())
}

/// Signs a person out of one device.
pub fn end(tx: &mut Tx, person: PersonId, id: SignInId, now: Moment) -> Outcome<()> {
    Ok(sign_ins::end(tx, person, id, now)?)
}

/// Signs a person out of the device they use; another tab, or somebody elsewhere, may have been faster.
pub fn leave(tx: &mut Tx, person: PersonId, id: SignInId, now: Moment) -> Outcome<()> {
    match sign_ins::end(tx, person, id, now) {
        Ok(()) | Err(StoreError::Stale) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Signs a person out everywhere.
pub fn end_all(tx: &mut Tx, person: PersonId, now: Moment) -> Outcome<usize> {
    Ok(sign_ins::end_all(tx, person, now)?)
}

//! Signing in and out of devices.

use super::{Actor, Outcome};
use crate::{
    domain::{
        ids::{PersonId, SignInId},
        time::Moment,
    },
    store::{
        Conn, Tx, digests,
        sign_ins::{self, SignInRow},
    },
};

/// A device is forgotten after this many days without a visit.
const IDLE_DAYS: i64 = 14;

/// The person behind a live sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedInPerson {
    pub sign_in: SignInId,
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub actor: Actor,
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
    let Some((sign_in, expires_at, id, name, email, _)) = rows.first().cloned() else { return Ok(None) };
    let roles = rows.into_iter().filter_map(|row| row.5).collect();
    Ok(Some(SignedInPerson { sign_in, id, name, email, actor: Actor::person(id, roles), expires_at }))
}

/// Signs a person in on a device (its browser, as it names itself) and gives the secret for its cookie.
pub fn open(tx: &mut Tx, person: PersonId, device: &str, now: Moment) -> Outcome<String> {
    let secret = tx.secret()?;
    let row = SignInRow {
        id: tx.mint(now)?,
        person_id: person,
        token_hash: hash_of(&secret),
        device: device.chars().take(200).collect(),
        created_at: now,
        last_seen_at: now,
        expires_at: now.plus_days(IDLE_DAYS),
        ended_at: None,
    };
    sign_ins::insert(tx, &row)?;
    Ok(secret)
}

/// Whether a visit puts the end of the sign-in off: once a day at most, so that reading pages does not write.
pub fn is_to_prolong(person: &SignedInPerson, now: Moment) -> bool {
    person.expires_at <= now.plus_days(IDLE_DAYS - 1)
}

/// Notes a visit and gives the new end of the sign-in.
pub fn touch(tx: &mut Tx, person: &SignedInPerson, now: Moment) -> Outcome<Moment> {
    let end = now.plus_days(IDLE_DAYS);
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

//! Asking for a one-time code, sending it, and judging what was typed.
//!
//! As with sign-in links, the code is drawn when its mail leaves: neither the code nor the mail that says it is kept.

use super::{Outcome, documents::Recipient, messages};
use crate::{
    domain::{
        ids::OneTimeCodeId,
        lifecycle::Refusal,
        messages::{Mail, MessageKind},
        one_time_codes::{CodeFault, MOST_CODES, VALID_MINUTES, Waiting, digits, judge, typed},
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        digests::sha256,
        messages::MessageRow,
        one_time_codes::{self, OneTimeCodeRow, Owner},
    },
};

/// Sends the owner a code for the thing as this digest says it stands; a code sent before is dead.
pub fn ask(
    tx: &mut Tx,
    owner: Owner<'_>,
    digest: &str,
    (to, mail): (&Recipient, &Mail),
    now: Moment,
) -> Outcome<OneTimeCodeId> {
    if one_time_codes::count_since(tx.conn(), owner, now.plus_minutes(-VALID_MINUTES))? >= MOST_CODES {
        return Err(Refusal::because("Trop de codes demandés en peu de temps. Attendez un quart d’heure.").into());
    }
    one_time_codes::replace(tx, owner, now)?;
    let id: OneTimeCodeId = tx.mint(now)?;
    let row = OneTimeCodeRow {
        id,
        purpose: owner.purpose,
        person_id: owner.person,
        subject_id: owner.subject.to_owned(),
        subject_digest: digest.to_owned(),
        // Nobody knows this code: nothing can be typed until `arm` gives it another.
        code_hash: sha256(tx.secret()?),
        tries: 0,
        asked_at: now,
        expires_at: now.plus_minutes(VALID_MINUTES),
        spent_at: None,
    };
    one_time_codes::insert(tx, &row)?;
    messages::queue_reminder(tx, ("code", id.as_str()), to, mail, now)?;
    Ok(id)
}

/// Draws the code just before its mail leaves; sending again draws another.
pub fn arm(tx: &mut Tx, id: OneTimeCodeId, now: Moment) -> Outcome<String> {
    let code = digits(&tx.secret()?);
    one_time_codes::arm(tx, id, &hash(id, &code), now.plus_minutes(VALID_MINUTES))?;
    Ok(code)
}

/// The same code in another row has another digest. A million codes are soon tried out: what guards one is that it lives
/// for minutes and dies of five wrong tries.
fn hash(id: OneTimeCodeId, code: &str) -> String {
    sha256(format!("{id}:{code}"))
}

/// The code that waits to be typed.
pub fn waiting(conn: &mut Conn, owner: Owner<'_>) -> Outcome<Option<OneTimeCodeRow>> {
    Ok(one_time_codes::open(conn, owner)?)
}

/// Uses the right code up. A fault is no error: a wrong try stays counted.
pub fn check(tx: &mut Tx, owner: Owner<'_>, digest: &str, said: &str, now: Moment) -> Outcome<Result<(), CodeFault>> {
    let judged = try_out(tx, owner, digest, said, now)?;
    if let (Ok(()), Some(row)) = (judged, one_time_codes::open(tx.conn(), owner)?) {
        one_time_codes::spend(tx, row.id, now)?;
    }
    Ok(judged)
}

/// Judges what was typed without using a right code up, in a transaction of its own: a wrong try stays counted whatever
/// becomes of the act, which is undone when it is refused.
pub fn try_out(tx: &mut Tx, owner: Owner<'_>, digest: &str, said: &str, now: Moment) -> Outcome<Result<(), CodeFault>> {
    let Some(code) = typed(said) else { return Ok(Err(CodeFault::Missing)) };
    let Some(row) = one_time_codes::open(tx.conn(), owner)? else { return Ok(Err(CodeFault::NotAsked)) };
    let is_right = row.code_hash == hash(row.id, &code);
    let waiting = Waiting { digest: &row.subject_digest, tries: row.tries, expires_at: row.expires_at };
    let judged = judge(waiting, digest, is_right, now);
    if judged.is_err() && !is_right {
        one_time_codes::set_tries(tx, row.id, row.tries.saturating_add(1))?;
    }
    Ok(judged)
}

/// Whether a mail still has something to say: not when it carries a code that gave way to another.
pub(super) fn holds(conn: &mut Conn, row: &MessageRow) -> Outcome<bool> {
    let Some(id) = carried(row) else { return Ok(true) };
    match one_time_codes::find(conn, id) {
        Ok(code) => Ok(code.spent_at.is_none()),
        Err(StoreError::NotFound) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Writes the code into the mail that carries it, as it leaves.
pub(super) fn write_into(tx: &mut Tx, row: &MessageRow, mail: &mut Mail, now: Moment) -> Outcome<()> {
    if let Some(id) = carried(row) {
        let code = arm(tx, id, now)?;
        mail.facts.insert(0, ("Code".to_owned(), code));
    }
    Ok(())
}

/// The code that a mail carries.
fn carried(row: &MessageRow) -> Option<OneTimeCodeId> {
    if row.kind == MessageKind::OneTimeCode { row.about_id.parse().ok() } else { None }
}

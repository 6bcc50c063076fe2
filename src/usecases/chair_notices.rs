//! Mails to whoever presided a session: its minutes wait for their signature, and wait still.

use super::{Outcome, advance::Cause, committees::call_file, documents::Recipient, messages};
use crate::{
    domain::{
        correspondence::sessions::{Meeting, minutes_to_sign},
        ids::SessionId,
        messages::{Mail, MessageKind},
        time::Moment,
    },
    store::{Conn, Tx, messages::MessageRow, minutes, people, sessions},
};

/// Days after which a version that is not signed is reminded of, each once. After the last step nobody is told any more.
const STEPS: [(i64, i64); 2] = [(5, 12), (12, 30)];

/// The mail to the chair of a session, and who that is; nothing when nobody presides, or their account is shut.
fn notice(conn: &mut Conn, id: SessionId, is_again: bool) -> Outcome<Option<(Recipient, Mail)>> {
    let row = sessions::find(conn, id)?;
    let Some(chair) = row.chair_id else { return Ok(None) };
    let person = people::find(conn, chair)?;
    if person.disabled_at.is_some() {
        return Ok(None);
    }
    let file = call_file(conn, row.call_id)?;
    let meeting = Meeting {
        title: row.title.clone(),
        call_title: file.row.title.clone(),
        meets_at: row.meets_at,
        place: row.place.clone(),
        contact: file.contact(),
        path: format!("/comite/seances/{id}/proces-verbal"),
    };
    let to = Recipient { person: Some(chair), address: person.email.to_string(), name: person.name };
    Ok(Some((to, minutes_to_sign(&meeting, is_again))))
}

/// Tells the chair that a version was written, which waits for their signature.
pub(super) fn ask_signature(tx: &mut Tx, cause: &Cause) -> Outcome<()> {
    match notice(tx.conn(), cause.subject()?, false)? {
        Some((to, mail)) => messages::queue(tx, cause, &to, &mail, None),
        None => Ok(()),
    }
}

/// Whether the last version of a session waits for a signature.
fn waits(conn: &mut Conn, id: SessionId) -> Outcome<bool> {
    let Some(last) = minutes::last(conn, id)? else { return Ok(false) };
    Ok(!minutes::signatures(conn, id)?.iter().any(|(signed, _)| signed.number == last.number))
}

/// Reminds the chairs of what waits for them, once at each step.
pub(super) fn remind_due(tx: &mut Tx, now: Moment) -> Outcome<()> {
    for (after, until) in STEPS {
        for (id, number) in minutes::waiting(tx.conn(), now.plus_days(-until), now.plus_days(-after))? {
            let is_last = minutes::last(tx.conn(), id)?.is_some_and(|last| last.number == number);
            let Some((to, mail)) = notice(tx.conn(), id, true)?.filter(|_| is_last) else { continue };
            let key = format!("{number}:{after}");
            messages::queue_reminder(tx, (&key, id.as_str()), &to, &mail, now)?;
        }
    }
    Ok(())
}

/// Whether a mail that has not left yet may still leave: what is signed meanwhile waits for nobody.
pub(super) fn holds(conn: &mut Conn, mail: &MessageRow) -> Outcome<bool> {
    match mail.about_id.parse::<SessionId>() {
        Ok(id) if mail.kind == MessageKind::MinutesToSign => waits(conn, id),
        _ => Ok(true),
    }
}

//! One mail for many readings that are given up: a declaration of interests may give up every file of a reader at once. The
//! list is written as the mail leaves, for the officer it goes to; the outbox itself names no file.

use super::{
    Outcome, assignments,
    committees::{CallFile, call_file},
    documents::Recipient,
    messages,
    reviews::reviewed_file,
};
use crate::{
    domain::{
        correspondence::reviews::{self as words, GivenUp},
        ids::{MessageId, PersonId, ReviewId},
        lifecycles::reviews::ReviewState,
        messages::{Mail, MessageKind},
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        messages::MessageRow,
        people, review_notices as rows,
        reviews::{self, FileRow, ReviewRow},
    },
};

/// Tells an officer of one more file that somebody gave up: in the mail that waits for them, or in a new one.
pub(super) fn give_back(
    tx: &mut Tx,
    call: &CallFile,
    officer: &Recipient,
    review: ReviewId,
    now: Moment,
) -> Outcome<()> {
    let person = officer.person.ok_or(StoreError::NotFound)?;
    if let Some(message) = rows::waiting(tx.conn(), MessageKind::ReviewGivenUp, call.row.id, person)? {
        if !rows::of(tx.conn(), message)?.contains(&review) {
            rows::insert(tx, message, review)?;
        }
        return Ok(());
    }
    let mail = words::given_back(&call.row.title, &call.contact(), &allotment(call));
    let about = (review.as_str(), call.row.id.as_str());
    if let Some(message) = messages::queue_gathering(tx, about, officer, &mail, now)? {
        rows::insert(tx, message, review)?;
    }
    Ok(())
}

/// The page where readings are proposed.
fn allotment(call: &CallFile) -> String {
    format!("/appels-a-projets/{}/repartition", call.row.reference)
}

/// Readings, each with its file.
type Readings = Vec<(ReviewRow, FileRow)>;

/// The reviews a mail still has to tell of, each with its file, as the recipient may know it; nothing for another mail.
fn told(conn: &mut Conn, row: &MessageRow) -> Outcome<Option<(PersonId, Readings)>> {
    let Some(person) = row.recipient_id.filter(|_| row.kind == MessageKind::ReviewGivenUp) else { return Ok(None) };
    let ids = rows::of(conn, row.id)?;
    if ids.is_empty() {
        return Ok(None);
    }
    let mut found = Vec::new();
    for id in ids {
        let review = reviews::find(conn, id)?;
        if !matches!(review.state, ReviewState::Recused | ReviewState::Declined) {
            continue;
        }
        match reviews::file(conn, Some(person), review.application_id) {
            Ok(file) => found.push((review, file)),
            // Recused meanwhile.
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    found.sort_by(|(_, one), (_, other)| one.reference.cmp(&other.reference));
    Ok(Some((person, found)))
}

/// Whether a mail still has something to say.
pub(super) fn holds(conn: &mut Conn, row: &MessageRow) -> Outcome<bool> {
    Ok(told(conn, row)?.is_none_or(|(_, found)| !found.is_empty()))
}

/// What a mail says as it leaves; nothing when it is no such list, or nothing is left of it.
pub fn composed(conn: &mut Conn, row: &MessageRow) -> Outcome<Option<Mail>> {
    let Some((officer, found)) = told(conn, row)? else { return Ok(None) };
    let Some((first, _)) = found.first() else { return Ok(None) };
    let call = call_file(conn, first.call_id)?;
    let next = assignments::next_readers(conn, &call, officer)?;
    let mut files = Vec::with_capacity(found.len());
    for (review, file) in found {
        files.push(GivenUp {
            who: people::find(conn, review.person_id)?.name,
            is_recusal: review.state == ReviewState::Recused,
            next: next.get(&file.id).cloned(),
            file: reviewed_file(&call, &file, format!("/instruction/{}", file.id)),
        });
    }
    Ok(Some(match files.as_slice() {
        [only] => words::given_up(only),
        _ => words::given_up_together(&call.row.title, &call.contact(), &allotment(&call), &files),
    }))
}

/// Writes the list into the mail that carries one, as it leaves.
pub(super) fn write_into(tx: &mut Tx, row: &MessageRow, mail: &mut Mail) -> Outcome<()> {
    if let Some(written) = composed(tx.conn(), row)? {
        *mail = written;
    }
    Ok(())
}

/// A mail sent again tells of the same reviews.
pub(super) fn copy(tx: &mut Tx, from: MessageId, to: MessageId) -> Outcome<()> {
    for review in rows::of(tx.conn(), from)? {
        rows::insert(tx, to, review)?;
    }
    Ok(())
}

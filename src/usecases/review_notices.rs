//! One mail for many reviews: what is entrusted to a reader, or given back to an officer, is told of in one list, written
//! as the mail leaves. The outbox itself names no file: whoever keeps it may be recused from one.

use super::{
    Outcome, assignments, blinds,
    committees::{CallFile, call_file},
    documents::Recipient,
    messages,
};
use crate::{
    domain::{
        correspondence::reviews::{self as words, GivenUp, ReviewedFile},
        ids::{CallId, MessageId, PersonId, ReviewId},
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

/// How long a mail to a reader waits for what is entrusted next, in minutes: files given one by one make one mail.
const GATHERING_MINUTES: i64 = 10;

/// Tells a reader of one more file.
pub(super) fn entrust(tx: &mut Tx, call: &CallFile, reader: &Recipient, review: ReviewId, now: Moment) -> Outcome<()> {
    let mail = words::entrusted(&call.row.title, &call.contact());
    gather(tx, call.row.id, (reader, review), &mail, now.plus_minutes(GATHERING_MINUTES), now)
}

/// Tells an officer of one more file that somebody gave up.
pub(super) fn give_back(
    tx: &mut Tx,
    call: &CallFile,
    officer: &Recipient,
    review: ReviewId,
    now: Moment,
) -> Outcome<()> {
    let path = allotment(call);
    let mail = words::given_back(&call.row.title, &call.contact(), &path);
    gather(tx, call.row.id, (officer, review), &mail, now, now)
}

/// The page where readings are proposed.
fn allotment(call: &CallFile) -> String {
    format!("/appels-a-projets/{}/repartition", call.row.reference)
}

/// Adds a review to the mail that waits for this person, or queues one.
fn gather(
    tx: &mut Tx,
    call: CallId,
    (to, review): (&Recipient, ReviewId),
    mail: &Mail,
    leaves_at: Moment,
    now: Moment,
) -> Outcome<()> {
    let person = to.person.ok_or(StoreError::NotFound)?;
    if let Some(message) = rows::waiting(tx.conn(), mail.kind, call, person)? {
        if !rows::of(tx.conn(), message)?.contains(&review) {
            rows::insert(tx, message, review)?;
        }
        return Ok(());
    }
    if let Some(message) = messages::queue_gathering(tx, (review.as_str(), call.as_str()), to, mail, leaves_at, now)? {
        rows::insert(tx, message, review)?;
    }
    Ok(())
}

/// The reviews a mail still has to tell of, each with its file, as the recipient may know it; nothing for another mail.
fn told(conn: &mut Conn, row: &MessageRow) -> Outcome<Option<(PersonId, Vec<(ReviewRow, FileRow)>)>> {
    let is_due = |state: ReviewState| match row.kind {
        MessageKind::ReviewGivenUp => matches!(state, ReviewState::Recused | ReviewState::Declined),
        _ => matches!(state, ReviewState::Assigned | ReviewState::InProgress | ReviewState::Reopened),
    };
    let Some(person) = row.recipient_id else { return Ok(None) };
    if !matches!(row.kind, MessageKind::ReviewAssigned | MessageKind::ReviewGivenUp) {
        return Ok(None);
    }
    let ids = rows::of(conn, row.id)?;
    if ids.is_empty() {
        return Ok(None);
    }
    let mut found = Vec::new();
    for id in ids {
        let review = reviews::find(conn, id)?;
        if !is_due(review.state) {
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

/// What a mail says as it leaves; nothing when it is no list of reviews, or nothing is left of it.
pub fn composed(conn: &mut Conn, row: &MessageRow) -> Outcome<Option<Mail>> {
    let Some((person, found)) = told(conn, row)? else { return Ok(None) };
    let Some((first, _)) = found.first() else { return Ok(None) };
    let call = call_file(conn, first.call_id)?;
    Ok(Some(match row.kind {
        MessageKind::ReviewGivenUp => given_up(conn, &call, person, found)?,
        _ => assigned(conn, &call, found)?,
    }))
}

fn assigned(conn: &mut Conn, call: &CallFile, found: Vec<(ReviewRow, FileRow)>) -> Outcome<Mail> {
    let mut files = Vec::with_capacity(found.len());
    for (review, file) in found {
        let mut about = reviewed_file(call, &file, format!("/comite/evaluations/{}", review.id));
        if call.definition.grid.blind {
            about.title = blinds::title_for_reader(conn, &file)?;
        }
        files.push((about, review.due_on));
    }
    Ok(match files.as_slice() {
        [(only, due_on)] => words::assigned(only, *due_on),
        _ => words::assigned_together(&call.row.title, &call.contact(), &files),
    })
}

fn given_up(conn: &mut Conn, call: &CallFile, officer: PersonId, found: Vec<(ReviewRow, FileRow)>) -> Outcome<Mail> {
    let next = assignments::next_readers(conn, call, officer)?;
    let mut files = Vec::with_capacity(found.len());
    for (review, file) in found {
        files.push(GivenUp {
            who: people::find(conn, review.person_id)?.name,
            is_recusal: review.state == ReviewState::Recused,
            next: next.get(&file.id).cloned(),
            file: reviewed_file(call, &file, format!("/instruction/{}", file.id)),
        });
    }
    Ok(match files.as_slice() {
        [only] => words::given_up(only),
        _ => words::given_up_together(&call.row.title, &call.contact(), &allotment(call), &files),
    })
}

/// What a mail says of a file.
pub(super) fn reviewed_file(call: &CallFile, file: &FileRow, path: String) -> ReviewedFile {
    ReviewedFile {
        reference: file.reference.clone(),
        title: file.title.clone(),
        call_title: call.row.title.clone(),
        contact: call.contact(),
        path,
    }
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

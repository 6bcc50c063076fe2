//! Files entrusted to readers: what is entrusted to one of them within a while is told in one mail, whose list is written as
//! it leaves, for its reader. The outbox itself names no file.

use super::{
    Actor, Outcome,
    advance::record_birth,
    blinds,
    committees::{CallFile, call_file},
    documents::Recipient,
    messages,
    reviews::reviewed_file,
};
use crate::{
    domain::{
        correspondence::reviews as words,
        ids::{PersonId, ReviewId},
        lifecycles::reviews::{Review, ReviewState},
        messages::{Mail, MessageKind},
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        messages::{self as outbox, MessageRow},
        review_notices as notices,
        reviews::{self, EntrustedFile, FileRow, ReviewRow},
    },
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// How long a mail waits for what is entrusted to the same reader next.
pub const GATHERING_MINUTES: i64 = 10;

/// Entrusts files of one call: records each review in its initial state, then owes each reader a mail, or lists the files
/// in the one that waits for them. Who may read what has been judged before. Gives the reviews in the order of the pairs.
pub(super) fn give(
    tx: &mut Tx,
    officer: &Actor,
    call: &CallFile,
    pairs: &[(&FileRow, &Recipient)],
    due_on: Option<NaiveDate>,
    now: Moment,
) -> Outcome<Vec<ReviewId>> {
    let mut given = Vec::with_capacity(pairs.len());
    let mut lists: BTreeMap<PersonId, (&Recipient, Vec<ReviewId>)> = BTreeMap::new();
    for &(file, to) in pairs {
        let person = to.person.ok_or(StoreError::NotFound)?;
        let id = record(tx, officer, file, person, due_on, now)?;
        given.push(id);
        lists.entry(person).or_insert_with(|| (to, Vec::new())).1.push(id);
    }
    for (person, (to, list)) in lists {
        tell(tx, call, (person, to), &list, now)?;
    }
    Ok(given)
}

fn record(
    tx: &mut Tx,
    officer: &Actor,
    file: &FileRow,
    person_id: PersonId,
    due_on: Option<NaiveDate>,
    now: Moment,
) -> Outcome<ReviewId> {
    let row = ReviewRow {
        id: tx.mint(now)?,
        call_id: file.call_id,
        application_id: file.id,
        person_id,
        due_on,
        total: None,
        opinion: String::new(),
        reason: None,
        submitted_at: None,
        state: ReviewState::Assigned,
        version: 0,
        state_at: now,
        created_at: now,
        opened_at: None,
    };
    reviews::insert(tx, &row)?;
    record_birth::<Review>(tx, officer, &[Role::Officer], row.id, now)?;
    Ok(row.id)
}

/// Lists these reviews in the mail that waits for their reader, or in a new one that waits a while for more.
fn tell(
    tx: &mut Tx,
    call: &CallFile,
    (person, to): (PersonId, &Recipient),
    list: &[ReviewId],
    now: Moment,
) -> Outcome<()> {
    let Some(first) = list.first() else { return Ok(()) };
    let waiting = notices::waiting(tx.conn(), MessageKind::ReviewAssigned, call.row.id, person)?;
    let message = match waiting {
        Some(message) => message,
        None => {
            let mail = words::entrusting(&call.row.title, &call.contact());
            let about = (first.as_str(), call.row.id.as_str());
            let Some(message) = messages::queue_gathering(tx, about, to, &mail, now)? else { return Ok(()) };
            outbox::set_due(tx, message, now.plus_minutes(GATHERING_MINUTES))?;
            message
        }
    };
    for review in list {
        notices::insert(tx, message, *review)?;
    }
    Ok(())
}

/// The mail that lists these files, each by the title its reader may know.
fn compose(conn: &mut Conn, call: &CallFile, files: &[EntrustedFile]) -> Outcome<Option<Mail>> {
    let rows: Vec<&FileRow> = files.iter().map(|(.., file)| file).collect();
    let mut masked = if call.definition.grid.blind { blinds::titles_for_reader(conn, &rows)? } else { BTreeMap::new() };
    let about = |(id, due_on, file): &EntrustedFile| {
        let mut about = reviewed_file(call, file, format!("/comite/evaluations/{id}"));
        if let Some(title) = masked.remove(&file.id) {
            about.title = title;
        }
        (about, *due_on)
    };
    let files: Vec<_> = files.iter().map(about).collect();
    Ok(words::entrusted(&files))
}

/// What a mail says as it leaves: nothing of a file that its reader is kept away from or has given up since it was queued;
/// nothing at all when no file is left, or when it lists none.
pub fn composed(conn: &mut Conn, row: &MessageRow) -> Outcome<Option<Mail>> {
    let Some(reader) = row.recipient_id.filter(|_| row.kind == MessageKind::ReviewAssigned) else { return Ok(None) };
    let given = notices::of(conn, row.id)?;
    let files = reviews::entrusted(conn, reader, &given)?;
    let Some((.., first)) = files.first() else { return Ok(None) };
    let call = call_file(conn, first.call_id)?;
    compose(conn, &call, &files)
}

/// Whether a mail that has not left yet may still leave.
pub(super) fn holds(conn: &mut Conn, row: &MessageRow) -> Outcome<bool> {
    Ok(row.kind != MessageKind::ReviewAssigned || composed(conn, row)?.is_some())
}

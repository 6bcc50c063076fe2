//! Files entrusted to readers: each act owes each of them one mail, which lists what they were given.

use super::{
    Actor, Outcome,
    advance::{Cause, record_birth},
    blinds,
    committees::{CallFile, call_file},
    documents::Recipient,
    messages,
    reviews::reviewed_file,
};
use crate::{
    domain::{
        correspondence::reviews::{self as words, ReviewedFile},
        ids::{PersonId, ReviewId},
        lifecycles::reviews::{Review, ReviewState},
        messages::{Mail, MessageKind},
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        messages::MessageRow,
        reviews::{self, FileRow, ReviewRow},
    },
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What one act gives to one reader.
struct List<'a> {
    to: &'a Recipient,
    /// The birth of the first review: the mail comes from it.
    cause: Cause,
    files: Vec<(ReviewId, &'a FileRow)>,
}

/// Entrusts files of one call by one act: records each review in its initial state, then owes each reader one mail. Who
/// may read what has been judged before. Gives the reviews in the order of the pairs.
pub(super) fn give(
    tx: &mut Tx,
    officer: &Actor,
    call: &CallFile,
    pairs: &[(&FileRow, &Recipient)],
    due_on: Option<NaiveDate>,
    now: Moment,
) -> Outcome<Vec<ReviewId>> {
    let mut given = Vec::with_capacity(pairs.len());
    let mut lists: BTreeMap<PersonId, List<'_>> = BTreeMap::new();
    for &(file, to) in pairs {
        let person = to.person.ok_or(StoreError::NotFound)?;
        let (id, cause) = record(tx, officer, file, person, due_on, now)?;
        given.push(id);
        lists.entry(person).or_insert_with(|| List { to, cause, files: Vec::new() }).files.push((id, file));
    }
    for list in lists.into_values() {
        if let Some(mail) = compose(tx.conn(), call, list.files, due_on)? {
            messages::queue(tx, &list.cause, list.to, &mail, None)?;
        }
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
) -> Outcome<(ReviewId, Cause)> {
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
    let cause = record_birth::<Review>(tx, officer, &[Role::Officer], row.id, now)?;
    Ok((row.id, cause))
}

/// The mail that lists these files by reference, each by the title its reader may know.
fn compose(
    conn: &mut Conn,
    call: &CallFile,
    mut files: Vec<(ReviewId, &FileRow)>,
    due_on: Option<NaiveDate>,
) -> Outcome<Option<Mail>> {
    files.sort_by(|(_, one), (_, other)| one.reference.cmp(&other.reference));
    let rows: Vec<&FileRow> = files.iter().map(|(_, file)| *file).collect();
    let mut masked = if call.definition.grid.blind { blinds::titles_for_reader(conn, &rows)? } else { BTreeMap::new() };
    let about = |(id, file): (ReviewId, &FileRow)| {
        let mut about = reviewed_file(call, file, format!("/comite/evaluations/{id}"));
        if let Some(title) = masked.remove(&file.id) {
            about.title = title;
        }
        about
    };
    let files: Vec<ReviewedFile> = files.into_iter().map(about).collect();
    Ok(words::entrusted(&files, due_on))
}

/// What a mail may still say as it leaves: nothing of a file that its reader is kept away from or has given up since it
/// was queued. Nothing at all when no file is left.
pub(super) fn as_it_leaves(conn: &mut Conn, row: &MessageRow, mail: &Mail) -> Outcome<Option<Mail>> {
    let mut kept = reviews::of_act(conn, &row.about_id)?;
    kept.retain(|(_, _, file)| words::names(mail, &file.reference));
    let Some((_, due_on, first)) = kept.first() else { return Ok(None) };
    let (due_on, call) = (*due_on, call_file(conn, first.call_id)?);
    compose(conn, &call, kept.iter().map(|(id, _, file)| (*id, file)).collect(), due_on)
}

/// Whether a mail that has not left yet may still leave.
pub(super) fn holds(conn: &mut Conn, row: &MessageRow) -> Outcome<bool> {
    if row.kind != MessageKind::ReviewAssigned {
        return Ok(true);
    }
    let mail: Mail = serde_json::from_str(&row.facts)?;
    Ok(as_it_leaves(conn, row, &mail)?.is_some())
}

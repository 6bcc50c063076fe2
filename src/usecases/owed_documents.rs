//! Documents that may follow a filed application: promised, awaited, reminded of, overdue.

use super::{
    Actor, Outcome,
    access::{self, TEAM},
    answers,
    answers::Content,
    applications, definitions, receipts,
};
use crate::{
    domain::{
        definitions::DocumentNeed,
        ids::{ApplicationId, PersonId},
        lifecycle::Refusal,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        owed_documents::{self as rows, OverdueLine, OwedRow},
    },
};
use chrono::NaiveDate;

/// Files on one page of the team's list.
const PAGE: usize = 50;
/// Counted up to this number.
pub const MOST_COUNTED: usize = 100;
/// Reminders sent at one look at the clock.
const AT_ONCE: i64 = 100;
/// The first reminder leaves so many days before the day.
const DAYS_AHEAD: i64 = 7;
/// How many mails speak of one document: one ahead, one when its day is over.
const BEFORE: i32 = 1;
const AFTER: i32 = 2;

/// A document an application still owes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    pub code: String,
    pub label: String,
    pub due_on: NaiveDate,
}

impl Owed {
    /// Whether its day is over.
    pub fn is_late(&self, now: Moment) -> bool {
        self.due_on < now.paris_date()
    }
}

/// What an application owes: what was promised while it is a draft, what did not come since it was filed.
pub fn of_content(content: &Content) -> Vec<Owed> {
    let owed = content.owed.iter().filter_map(|row| {
        let wanted = content.definition.document(&row.document_code)?;
        Some(Owed { code: wanted.code.clone(), label: wanted.label.clone(), due_on: row.due_on })
    });
    owed.collect()
}

/// Says that a document will follow; a second time changes nothing.
pub fn promise(tx: &mut Tx, actor: &Actor, id: ApplicationId, document: &str, now: Moment) -> Outcome<()> {
    let content = answers::to_write(tx.conn(), actor, id)?;
    let wanted = content.definition.document(document).ok_or(StoreError::NotFound)?;
    let Some(due_on) = content.definition.due_on(wanted) else {
        return Err(Refusal::because("Ce document est nécessaire dès le dépôt\u{a0}: il ne peut pas suivre.").into());
    };
    let is_there = content.attachments.iter().any(|file| file.document_code == document);
    if is_there || content.owed.iter().any(|row| row.document_code == document) {
        return Ok(());
    }
    rows::forget(tx, id, document)?;
    rows::insert(tx, &row(id, document, due_on, access::person(actor)?, now)).map_err(Into::into)
}

fn row(id: ApplicationId, document: &str, due_on: NaiveDate, by: PersonId, now: Moment) -> OwedRow {
    OwedRow {
        application_id: id,
        document_code: document.to_owned(),
        due_on,
        promised_by: by,
        promised_at: now,
        reminders: 0,
        settled_at: None,
    }
}

/// Writes down what a file owes when it is filed: every document that may follow and is not there.
pub(super) fn note_filing(tx: &mut Tx, content: &Content, by: PersonId, now: Moment) -> Outcome<()> {
    let id = content.row.id;
    for wanted in content.definition.documents.iter().filter(|wanted| wanted.need == DocumentNeed::Later) {
        let known = content.owed.iter().find(|row| row.document_code == wanted.code);
        rows::forget(tx, id, &wanted.code)?;
        let is_there = content.attachments.iter().any(|file| file.document_code == wanted.code);
        if let Some(due_on) = content.definition.due_on(wanted).filter(|_| !is_there) {
            let (by, at) = known.map_or((by, now), |row| (row.promised_by, row.promised_at));
            rows::insert(tx, &row(id, &wanted.code, due_on, by, at))?;
        }
    }
    Ok(())
}

/// Notes that a document came, if it was owed; whether it was.
pub(super) fn came(tx: &mut Tx, id: ApplicationId, document: &str, now: Moment) -> Outcome<bool> {
    let is_owed = rows::of_application(tx.conn(), id)?.iter().any(|row| row.document_code == document);
    if is_owed {
        rows::settle(tx, id, document, now)?;
    }
    Ok(is_owed)
}

/// Notes that what came was refused by the antivirus: the document is owed again, if it was.
pub(super) fn refused(tx: &mut Tx, id: ApplicationId, document: &str) -> Outcome<bool> {
    Ok(rows::unsettle(tx, id, document)?)
}

/// Queues the reminders that are due; how many mails were owed.
pub(super) fn remind_due(tx: &mut Tx, now: Moment) -> Outcome<usize> {
    let today = now.paris_date();
    let ahead = today + chrono::Duration::try_days(DAYS_AHEAD + 1).unwrap_or_default();
    let late = remind(tx, today, AFTER, now)?;
    Ok(late + remind(tx, ahead, BEFORE, now)?)
}

fn remind(tx: &mut Tx, day: NaiveDate, reminders: i32, now: Moment) -> Outcome<usize> {
    let due = rows::to_remind(tx.conn(), day, reminders, AT_ONCE)?;
    let mut files: Vec<(ApplicationId, Vec<OwedRow>)> = Vec::new();
    for row in due {
        rows::set_reminders(tx, row.application_id, &row.document_code, reminders)?;
        match files.iter_mut().find(|(id, _)| *id == row.application_id) {
            Some((_, known)) => known.push(row),
            None => files.push((row.application_id, vec![row])),
        }
    }
    for (id, owed) in &files {
        let key = format!("{}:{}", owed[0].due_on, if reminders == AFTER { "late" } else { "ahead" });
        receipts::remind(tx, *id, owed, (&key, reminders == AFTER), now)?;
    }
    Ok(files.len())
}

/// One page of the documents that did not come by their day.
#[derive(Debug, Clone)]
pub struct OverduePage {
    /// Each with its name.
    pub lines: Vec<(OverdueLine, String)>,
    /// The last file of the page, when more follow.
    pub next: Option<ApplicationId>,
}

/// The documents that did not come by their day, for the team.
pub fn overdue(conn: &mut Conn, actor: &Actor, after: Option<ApplicationId>, now: Moment) -> Outcome<OverduePage> {
    access::require(actor, TEAM)?;
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut found = rows::overdue(conn, applications::sight(actor), now.paris_date(), after, limit)?;
    let mut files: Vec<_> = found.iter().map(|line| line.id).collect();
    files.dedup();
    let next = files.get(PAGE).and_then(|_| files.get(PAGE - 1).copied());
    found.retain(|line| next.is_none_or(|last| line.id <= last));
    let named = found.into_iter().map(|line| {
        let call = definitions::call(&line.settings)?;
        let label = call.document(&line.document_code).map_or(line.document_code.clone(), |found| found.label.clone());
        Ok((line, label))
    });
    Ok(OverduePage { lines: named.collect::<Outcome<_>>()?, next })
}

/// How many files have a document overdue, for the team, counted up to [`MOST_COUNTED`].
pub fn count_overdue(conn: &mut Conn, actor: &Actor, now: Moment) -> Outcome<usize> {
    access::require(actor, TEAM)?;
    let most = i64::try_from(MOST_COUNTED).unwrap_or(i64::MAX);
    Ok(rows::count_overdue(conn, applications::sight(actor), now.paris_date(), most)?)
}

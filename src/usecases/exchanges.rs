//! The thread of an application: its people and the team write each other. Nothing is changed or taken back.

use super::{
    Actor, FieldError, Outcome, UseCaseError,
    access::{self, TEAM},
    answers::{self, Content},
    attachments::{self, FitFile},
    documents::Recipient,
    messages, organisations, receipts, scans,
};
use crate::{
    domain::{
        attachments::AttachmentOwner,
        correspondence::exchanges::{ExchangeNotice, received},
        exchanges::{ExchangeSide, LONGEST, MOST_FILES},
        ids::{ApplicationId, ExchangeId, OrganisationId},
        lifecycle::Refusal,
        lifecycles::applications::ApplicationState,
        organisations::Right,
        roles::Role,
        text::legible,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        applications::ApplicationRow,
        attachments::{self as files, AttachmentRow},
        exchanges::{self as rows, ExchangeRow, ThreadRow},
        recusals,
    },
};
use std::collections::BTreeMap;

/// Messages on one page.
const PAGE: usize = 40;

/// A thread as one of its sides reads it.
#[derive(Debug)]
pub struct Thread {
    pub content: Content,
    /// Whom applicants may write to otherwise.
    pub contact: String,
    /// Oldest first.
    pub messages: Vec<Message>,
    /// The number before which older messages go on.
    pub older: Option<i32>,
    /// The number up to which this side had read it before, and how many of the other side's it had not.
    pub read_up_to: i32,
    pub unread: i32,
    /// Whether this person may write here, with the reason when not.
    pub may_write: Result<(), Refusal>,
    /// Whether reading it counts as its side having read it.
    pub is_reader: bool,
}

/// One message of a thread.
#[derive(Debug, Clone)]
pub struct Message {
    pub row: ExchangeRow,
    pub author: String,
    pub files: Vec<AttachmentRow>,
    /// The names of those that the antivirus refused: nobody can open them.
    pub refused: Vec<String>,
    /// Whether the side it was written to has read it.
    pub is_read: bool,
}

fn parties(row: &ApplicationRow) -> Vec<OrganisationId> {
    [Some(row.organisation_id), row.partner_organisation_id].into_iter().flatten().collect()
}

fn acts_for(conn: &mut Conn, actor: &Actor, row: &ApplicationRow) -> Outcome<bool> {
    organisations::acts_for(conn, actor, &parties(row))
}

/// Lets only those of a side read on; to anybody else the thread does not exist.
fn admit(conn: &mut Conn, actor: &Actor, row: &ApplicationRow, side: ExchangeSide) -> Outcome<()> {
    let is_admitted = match side {
        ExchangeSide::Applicant => organisations::may(conn, actor, &parties(row), Right::Read)?,
        ExchangeSide::Team => {
            let is_recused = recusals::is_recused(conn, access::person(actor)?, row.id)?;
            access::require(actor, TEAM).is_ok() && !is_recused && row.state != ApplicationState::Draft
        }
    };
    if is_admitted { Ok(()) } else { Err(StoreError::NotFound.into()) }
}

/// Whether somebody admitted to a side may write for it.
fn may_write(conn: &mut Conn, actor: &Actor, content: &Content, side: ExchangeSide) -> Outcome<Result<(), Refusal>> {
    let row = &content.row;
    let judged = match side {
        ExchangeSide::Applicant if row.state == ApplicationState::Draft => {
            let contact = receipts::contact(conn, content)?;
            let sentence = format!("Les messages s’ouvrent une fois le dossier déposé. D’ici là, écrivez à {contact}.");
            Err(Refusal::because(sentence))
        }
        ExchangeSide::Applicant if !organisations::may(conn, actor, &parties(row), Right::Write)? => {
            Err(Refusal::NotYours)
        }
        ExchangeSide::Applicant => Ok(()),
        // Nobody speaks for the fund about their own organisation's file.
        ExchangeSide::Team if !actor.is(Role::Officer) || acts_for(conn, actor, row)? => Err(Refusal::NotYours),
        ExchangeSide::Team => Ok(()),
    };
    Ok(judged)
}

fn of_side(thread: &ThreadRow, side: ExchangeSide) -> (i32, i32) {
    match side {
        ExchangeSide::Applicant => (thread.read_by_applicant, thread.unread_by_applicant),
        ExchangeSide::Team => (thread.read_by_team, thread.unread_by_team),
    }
}

fn unread_of(thread: &mut ThreadRow, side: ExchangeSide) -> &mut i32 {
    match side {
        ExchangeSide::Applicant => &mut thread.unread_by_applicant,
        ExchangeSide::Team => &mut thread.unread_by_team,
    }
}

/// One page of the thread of an application, for one of its sides.
pub fn find(
    conn: &mut Conn,
    actor: &Actor,
    id: ApplicationId,
    side: ExchangeSide,
    before: Option<i32>,
) -> Outcome<Thread> {
    let content = answers::find(conn, actor, id)?;
    admit(conn, actor, &content.row, side)?;
    let thread = rows::thread(conn, id)?.unwrap_or_else(|| blank(id));
    let mut found = rows::page(conn, id, before, PAGE as i64 + 1)?;
    let has_older = found.len() > PAGE;
    found.truncate(PAGE);
    let older = found.last().filter(|_| has_older).map(|(row, _)| row.number);
    let ids: Vec<String> = found.iter().map(|(row, _)| row.id.to_string()).collect();
    let mut sent: BTreeMap<String, Vec<AttachmentRow>> = BTreeMap::new();
    let mut unreadable: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let files = files::of_owners(conn, &ids)?;
    let refused = scans::refused(conn, &files)?;
    for file in files {
        match refused.contains(&file.id) {
            true => unreadable.entry(file.owner_id).or_default().push(legible(&file.file_name)),
            false => sent.entry(file.owner_id.clone()).or_default().push(file),
        }
    }
    let messages = found.into_iter().rev().map(|(row, author)| Message {
        author,
        files: sent.remove(row.id.as_str()).unwrap_or_default(),
        refused: unreadable.remove(row.id.as_str()).unwrap_or_default(),
        is_read: row.number <= of_side(&thread, row.side.other()).0,
        row,
    });
    let may_write = may_write(conn, actor, &content, side)?;
    let is_reader = match side {
        ExchangeSide::Applicant => true,
        ExchangeSide::Team => may_write.is_ok(),
    };
    Ok(Thread {
        contact: receipts::contact(conn, &content)?,
        messages: messages.collect(),
        older,
        read_up_to: of_side(&thread, side).0,
        unread: of_side(&thread, side).1,
        may_write,
        is_reader,
        content,
    })
}

/// How many messages of a thread a side has not read, and how many there are.
pub fn count(conn: &mut Conn, id: ApplicationId, side: ExchangeSide) -> Outcome<(i32, i32)> {
    let thread = rows::thread(conn, id)?;
    Ok(thread.map_or((0, 0), |thread| (of_side(&thread, side).1, thread.exchanges)))
}

/// The last messages written about an application, for its timeline: when, and by which side.
pub fn last(conn: &mut Conn, id: ApplicationId) -> Outcome<Vec<(Moment, ExchangeSide)>> {
    let found = rows::page(conn, id, None, PAGE as i64)?;
    Ok(found.into_iter().map(|(row, _)| (row.written_at, row.side)).collect())
}

const fn blank(id: ApplicationId) -> ThreadRow {
    ThreadRow {
        application_id: id,
        exchanges: 0,
        read_by_applicant: 0,
        read_by_team: 0,
        unread_by_applicant: 0,
        unread_by_team: 0,
    }
}

/// Notes that a side has read its thread up to the end; reading without a part in it changes nothing.
pub fn mark_read(tx: &mut Tx, actor: &Actor, id: ApplicationId, side: ExchangeSide) -> Outcome<()> {
    let thread = find(tx.conn(), actor, id, side, None)?;
    let Some(mut row) = rows::thread(tx.conn(), id)?.filter(|_| thread.is_reader) else { return Ok(()) };
    match side {
        ExchangeSide::Applicant => row.read_by_applicant = row.exchanges,
        ExchangeSide::Team => row.read_by_team = row.exchanges,
    }
    *unread_of(&mut row, side) = 0;
    Ok(rows::set_thread(tx, &row)?)
}

fn check(words: &str, files: &[FitFile]) -> Outcome<()> {
    let length = words.chars().count();
    let mut wrong = Vec::new();
    if length == 0 {
        wrong.push(FieldError::new("texte", "Écrivez votre message."));
    }
    if length > LONGEST {
        let sentence = format!("Ce message est trop long\u{a0}: {length} caractères pour {LONGEST} au plus.");
        wrong.push(FieldError::new("texte", sentence));
    }
    if files.len() > MOST_FILES {
        let sentence = format!("Un message porte {MOST_FILES} fichiers au plus\u{a0}: envoyez les autres à la suite.");
        wrong.push(FieldError::new("pieces", sentence));
    }
    if wrong.is_empty() { Ok(()) } else { Err(UseCaseError::Invalid(wrong)) }
}

/// Writes a message for one side. The other one gets a mail that says so, once until it has read the thread.
pub fn post(
    tx: &mut Tx,
    actor: &Actor,
    id: ApplicationId,
    side: ExchangeSide,
    (words, files): (&str, &[FitFile]),
    now: Moment,
) -> Outcome<ExchangeId> {
    let content = answers::find(tx.conn(), actor, id)?;
    admit(tx.conn(), actor, &content.row, side)?;
    may_write(tx.conn(), actor, &content, side)??;
    let words = words.trim();
    check(words, files)?;
    let known = rows::thread(tx.conn(), id)?;
    let mut thread = known.unwrap_or_else(|| blank(id));
    thread.exchanges += 1;
    let row = ExchangeRow {
        id: tx.mint(now)?,
        application_id: id,
        number: thread.exchanges,
        side,
        author_id: access::person(actor)?,
        body: words.to_owned(),
        written_at: now,
    };
    rows::append(tx, &row)?;
    for (i, file) in files.iter().enumerate() {
        let owner = (AttachmentOwner::Exchange, row.id.as_str());
        let attached = attachments::attach(tx, actor, owner, &format!("piece-{}", i + 1), file, now)?;
        scans::refuse_known(tx, attached, now)?;
    }
    let unread = unread_of(&mut thread, side.other());
    *unread += 1;
    let is_first = *unread == 1;
    match known {
        Some(_) => rows::set_thread(tx, &thread)?,
        None => rows::insert_thread(tx, &thread)?,
    }
    if is_first {
        tell(tx, &row, &content, now)?;
    }
    Ok(row.id)
}

/// Mails the other side that a message waits, and nothing of what it says.
fn tell(tx: &mut Tx, row: &ExchangeRow, content: &Content, now: Moment) -> Outcome<()> {
    let id = row.application_id;
    let (to, path): (Vec<Recipient>, _) = match row.side.other() {
        ExchangeSide::Applicant => (receipts::applicants(tx.conn(), content)?, format!("/dossiers/{id}/messages")),
        ExchangeSide::Team => (receipts::officers(tx.conn(), content)?, format!("/instruction/{id}/messages")),
    };
    let notice = ExchangeNotice {
        reference: content.row.reference.clone(),
        title: content.row.title.clone(),
        organisation: content.organisation.name.clone(),
        call_title: content.call.title.clone(),
        contact: receipts::contact(tx.conn(), content)?,
        path,
    };
    let mail = received(&notice);
    for to in to.iter().filter(|to| to.person != Some(row.author_id)) {
        messages::queue_wished(tx, (id.as_str(), row.id.as_str()), row.author_id, to, &mail, now)?;
    }
    Ok(())
}

/// Whether somebody may read the files sent with a message: those who read its thread, from either side.
pub(super) fn may_read(conn: &mut Conn, actor: &Actor, exchange: ExchangeId) -> Outcome<bool> {
    let row = rows::find(conn, exchange)?;
    let application = super::applications::find(conn, actor, row.application_id)?;
    let is_own = admit(conn, actor, &application, ExchangeSide::Applicant).is_ok();
    Ok(is_own || admit(conn, actor, &application, ExchangeSide::Team).is_ok())
}

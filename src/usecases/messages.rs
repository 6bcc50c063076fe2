//! The outbox: mails are owed by a transition, at most once per recipient, and sent after the commit.

use super::{
    Actor, Outcome,
    advance::{Cause, Object, Standing, advance, advance_now, record_birth, step_all},
    chair_notices, closing_reminders, due_reminders, entrustments, login_links, one_time_codes, review_notices,
};
use crate::{
    domain::{
        ids::{DocumentId, LoginLinkId, MessageId, PersonId},
        lifecycle::Refusal,
        lifecycles::messages::{Message, MessageEvent, MessageFacts, MessageState},
        messages::{Mail, MessageKind},
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        messages::{self, MessageRow},
        recusals,
        slots::{self, InvitationRow},
    },
    usecases::documents::Recipient,
};

impl Object for Message {
    type Id = MessageId;

    fn look(conn: &mut Conn, id: MessageId, actor: &Actor, now: Moment) -> Outcome<Standing<Self>> {
        standing(&find(conn, actor, id)?, actor, now)
    }
}

/// One mail, for the outbox and its keepers; one about a file that somebody is recused from does not exist for them.
pub fn find(conn: &mut Conn, actor: &Actor, id: MessageId) -> Outcome<MessageRow> {
    let row = messages::find(conn, id)?;
    let hidden = hidden_from(conn, actor)?;
    let is_hidden = hidden.iter().any(|trace| *trace == row.about_id || trace == row.id.as_str());
    if is_hidden { Err(StoreError::NotFound.into()) } else { Ok(row) }
}

/// What must not exist for the actor, by identifier.
pub fn hidden_from(conn: &mut Conn, actor: &Actor) -> Outcome<Vec<String>> {
    Ok(actor.person.map(|person| recusals::traces(conn, person)).transpose()?.unwrap_or_default())
}

/// Minutes after which a mail that was due and has not left is an alarm.
const ALARM_MINUTES: i64 = 60;

/// Since when mails that do not leave have been due, once that is too long, as far as the reader may know.
pub fn overdue_since(conn: &mut Conn, actor: &Actor, now: Moment) -> Outcome<Option<Moment>> {
    let hidden = hidden_from(conn, actor)?;
    Ok(messages::overdue_since(conn, &hidden, now.plus_minutes(-ALARM_MINUTES))?)
}

/// A mail just read, seen through somebody's eyes.
fn standing(row: &MessageRow, actor: &Actor, now: Moment) -> Outcome<Standing<Message>> {
    let roles: Vec<_> = [Role::System, Role::Admin].into_iter().filter(|role| actor.is(*role)).collect();
    if roles.is_empty() {
        return Err(StoreError::NotFound.into());
    }
    let facts = MessageFacts {
        is_attempt_due: row.next_attempt_at <= now,
        is_lease_expired: row.leased_until.is_none_or(|until| until <= now),
    };
    let reason = row.last_error.clone().unwrap_or_default();
    Ok(Standing { state: row.state, version: row.version, roles, facts, reason })
}

/// Queues a mail that a transition owes; once per recipient and object however often it is asked for: one
/// announcement may tell somebody of two files.
pub fn queue(tx: &mut Tx, cause: &Cause, to: &Recipient, mail: &Mail, document: Option<DocumentId>) -> Outcome<()> {
    let key = format!("{}:{}:{}:{}", mail.kind, cause.seq, cause.subject_id, to.address);
    let about = Origin { about: &cause.subject_id, cause: Some(cause.seq), login_link: None, by: None };
    insert(tx, key, to, mail, document, about, cause.now).map(drop)
}

/// Queues the mail that carries a sign-in link.
pub fn queue_login_link(tx: &mut Tx, link: LoginLinkId, to: &Recipient, mail: &Mail, now: Moment) -> Outcome<()> {
    let about = Origin { about: link.as_str(), cause: None, login_link: Some(link), by: None };
    insert(tx, format!("{}:{link}", mail.kind), to, mail, None, about, now).map(drop)
}

/// Queues a mail that somebody's act owes without any transition, once per recipient: `about` is the object it is about
/// and the act itself.
pub(super) fn queue_wished(
    tx: &mut Tx,
    (about, act): (&str, &str),
    by: PersonId,
    to: &Recipient,
    mail: &Mail,
    now: Moment,
) -> Outcome<()> {
    queue_invitation(tx, (about, act), by, to, mail, now).map(drop)
}

/// The same, with the name of the mail unless it was queued before: something else goes with it.
pub(super) fn queue_invitation(
    tx: &mut Tx,
    (about, act): (&str, &str),
    by: PersonId,
    to: &Recipient,
    mail: &Mail,
    now: Moment,
) -> Outcome<Option<MessageId>> {
    let origin = Origin { about, cause: None, login_link: None, by: Some(by) };
    insert(tx, format!("{}:{act}:{}", mail.kind, to.address), to, mail, None, origin, now)
}

/// Queues a mail that a date owes, about an object; once per recipient for this `key`.
pub fn queue_reminder(
    tx: &mut Tx,
    (key, about): (&str, &str),
    to: &Recipient,
    mail: &Mail,
    now: Moment,
) -> Outcome<()> {
    let key = format!("{}:{about}:{key}:{}", mail.kind, to.address);
    insert(tx, key, to, mail, None, Origin { about, cause: None, login_link: None, by: None }, now).map(drop)
}

/// Queues a mail about an object that gathers what comes until it leaves; `first` is what it was begun with. Gives its name,
/// unless it was queued before.
pub(super) fn queue_gathering(
    tx: &mut Tx,
    (first, about): (&str, &str),
    to: &Recipient,
    mail: &Mail,
    now: Moment,
) -> Outcome<Option<MessageId>> {
    // What is given up may be entrusted again and given up again.
    let key = format!("{}:{first}:{}:{}", mail.kind, now.unix_seconds(), to.address);
    insert(tx, key, to, mail, None, Origin { about, cause: None, login_link: None, by: None }, now)
}

/// Where a mail comes from.
struct Origin<'a> {
    about: &'a str,
    cause: Option<i64>,
    login_link: Option<LoginLinkId>,
    /// Who asked for it, when it is not a consequence.
    by: Option<PersonId>,
}

fn insert(
    tx: &mut Tx,
    dedupe_key: String,
    to: &Recipient,
    mail: &Mail,
    document_id: Option<DocumentId>,
    origin: Origin<'_>,
    now: Moment,
) -> Outcome<Option<MessageId>> {
    if messages::is_known(tx.conn(), &dedupe_key)? {
        return Ok(None);
    }
    let id = tx.mint(now)?;
    let by = Actor { person: origin.by, ..Actor::system() };
    let birth = record_birth::<Message>(tx, &by, &by.roles, id, now)?;
    let row = MessageRow {
        id,
        dedupe_key,
        kind: mail.kind,
        recipient_id: to.person,
        recipient_address: to.address.clone(),
        recipient_name: to.name.clone(),
        subject_line: mail.subject.clone(),
        facts: serde_json::to_string(mail)?,
        document_id,
        about_id: origin.about.to_owned(),
        // A mail sent again comes from nothing but the wish to send it.
        cause_seq: origin.cause.or(origin.login_link.is_none().then_some(birth.seq)),
        login_link_id: origin.login_link,
        attempts: 0,
        next_attempt_at: now,
        leased_until: None,
        last_error: None,
        sent_at: None,
        state: MessageState::Queued,
        version: 0,
        state_at: now,
        created_at: now,
    };
    messages::insert(tx, &row)?;
    Ok(Some(id))
}

/// How long a worker may keep a mail it has taken.
const LEASE_MINUTES: i64 = 15;
/// Minutes before the next attempt, by the number of attempts made; then every six hours until somebody decides.
const BACK_OFF_MINUTES: [i64; 5] = [1, 5, 15, 60, 180];
const LONGEST_BACK_OFF_MINUTES: i64 = 360;
/// Most characters kept of a server's answer.
const LONGEST_ERROR: usize = 500;

/// A mail that one worker has taken and nobody else may send, until its lease ends.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The mail as it was before it was taken.
    pub row: MessageRow,
    /// Its version now: whoever records the outcome must still hold it.
    pub version: i32,
    pub mail: Mail,
    pub leased_until: Moment,
}

/// Takes the mails that are due, and those left by a worker that fell silent. A reminder that no longer holds is not sent.
pub fn claim(tx: &mut Tx, now: Moment, limit: i64) -> Outcome<Vec<Claimed>> {
    let system = Actor::system();
    let mut rows = messages::abandoned(tx.conn(), now, limit)?;
    let room = limit - i64::try_from(rows.len()).unwrap_or(limit);
    rows.extend(messages::due(tx.conn(), now, room)?);
    let leased_until = now.plus_minutes(LEASE_MINUTES);
    let mut claimed = Vec::with_capacity(rows.len());
    for row in rows {
        match row.state {
            MessageState::Failed => drop(advance_now::<Message>(tx, &system, row.id, MessageEvent::Retry, now)?),
            MessageState::Sending => drop(advance_now::<Message>(tx, &system, row.id, MessageEvent::GiveBack, now)?),
            _ => {}
        }
        let holds = closing_reminders::holds(tx.conn(), &row, now)?
            && chair_notices::holds(tx.conn(), &row)?
            && due_reminders::holds(tx.conn(), &row)?
            && one_time_codes::holds(tx.conn(), &row)?
            && entrustments::holds(tx.conn(), &row)?
            && review_notices::holds(tx.conn(), &row)?;
        if !holds {
            advance_now::<Message>(tx, &system, row.id, MessageEvent::Cancel, now)?;
            continue;
        }
        advance_now::<Message>(tx, &system, row.id, MessageEvent::Claim, now)?;
        messages::set_lease(tx, row.id, leased_until)?;
        let version = messages::find(tx.conn(), row.id)?.version;
        let mail = with_secret(tx, &row, now)?;
        claimed.push(Claimed { row, version, mail, leased_until });
    }
    Ok(claimed)
}

/// The mail as it leaves: a sign-in link or a code gets its secret here, which is kept nowhere, and a list of files loses
/// those its reader is kept away from.
fn with_secret(tx: &mut Tx, row: &MessageRow, now: Moment) -> Outcome<Mail> {
    let mut mail: Mail = serde_json::from_str(&row.facts)?;
    if let (Some(link), Some(action)) = (row.login_link_id, mail.action.as_mut()) {
        match login_links::arm(tx, link, now) {
            Ok(path) => action.path = path,
            // Used or shut meanwhile: the mail leads to the page that says so.
            Err(super::UseCaseError::Store(StoreError::Stale)) => {}
            Err(error) => return Err(error),
        }
    }
    one_time_codes::write_into(tx, row, &mut mail, now)?;
    if row.kind == MessageKind::ReviewAssigned {
        mail = entrustments::composed(tx.conn(), row)?.ok_or(StoreError::NotFound)?;
    }
    review_notices::write_into(tx, row, &mut mail)?;
    Ok(mail)
}

/// Records that the server took a mail. `Stale` when the lease has gone to another worker.
pub fn record_sent(tx: &mut Tx, id: MessageId, version: i32, now: Moment) -> Outcome<()> {
    messages::set_sent(tx, id, now)?;
    advance::<Message>(tx, &Actor::system(), id, version, MessageEvent::MarkSent, now)?;
    Ok(())
}

/// Records that queued mails left by other hands than a worker's, each at the instant it was owed: what a made-up past
/// says of its mails.
pub fn record_carried(tx: &mut Tx, rows: &[MessageRow]) -> Outcome<()> {
    let alike = |row: &MessageRow| (row.created_at, row.next_attempt_at, row.leased_until, row.version);
    for rows in rows.chunk_by(|one, other| alike(one) == alike(other) && one.last_error == other.last_error) {
        let (system, at) = (Actor::system(), rows[0].created_at);
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let queued = standing(&rows[0], &system, at)?;
        step_all(tx, &system, &ids, &queued, MessageEvent::Claim, at)?;
        messages::set_carried(tx, &ids, at, at.plus_minutes(LEASE_MINUTES))?;
        let sending = Standing { state: MessageState::Sending, version: queued.version + 1, ..queued };
        step_all(tx, &system, &ids, &sending, MessageEvent::MarkSent, at)?;
    }
    Ok(())
}

/// How an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Another attempt may go through soon.
    Passing,
    /// The server will say the same again, so it is asked rarely.
    Lasting,
}

/// Records a failed attempt and when the next one is due.
pub fn record_failed(tx: &mut Tx, claimed: &Claimed, failure: Failure, error: &str, now: Moment) -> Outcome<()> {
    let made = usize::try_from(claimed.row.attempts).unwrap_or_default();
    let minutes = match failure {
        Failure::Passing => BACK_OFF_MINUTES.get(made).copied().unwrap_or(LONGEST_BACK_OFF_MINUTES),
        Failure::Lasting => LONGEST_BACK_OFF_MINUTES,
    };
    let error: String = error.chars().take(LONGEST_ERROR).collect();
    messages::set_failed(tx, claimed.row.id, &error, now.plus_minutes(minutes))?;
    advance::<Message>(tx, &Actor::system(), claimed.row.id, claimed.version, MessageEvent::MarkFailed, now)?;
    Ok(())
}

/// Puts a mail back that was taken and not tried.
pub fn give_back(tx: &mut Tx, id: MessageId, version: i32, now: Moment) -> Outcome<()> {
    messages::end_lease(tx, id, now)?;
    advance::<Message>(tx, &Actor::system(), id, version, MessageEvent::GiveBack, now)?;
    Ok(())
}

/// An administrator's decision on a mail whose page showed `version`: hold, release, retry or cancel it.
pub fn decide(
    tx: &mut Tx,
    actor: &Actor,
    id: MessageId,
    version: i32,
    event: MessageEvent,
    now: Moment,
) -> Outcome<()> {
    advance::<Message>(tx, actor, id, version, event, now)?;
    if matches!(event, MessageEvent::Retry | MessageEvent::Release) {
        messages::set_due(tx, id, now)?;
    }
    Ok(())
}

/// Sends a mail that has left once more, as a new mail; a second click within the minute changes nothing.
pub fn resend(tx: &mut Tx, actor: &Actor, id: MessageId, now: Moment) -> Outcome<()> {
    let standing = Message::look(tx.conn(), id, actor, now)?;
    let row = messages::find(tx.conn(), id)?;
    if standing.state != MessageState::Sent {
        return Err(Refusal::because("Ce courriel n’est pas encore parti\u{a0}: il n’y a rien à renvoyer.").into());
    }
    if row.login_link_id.is_some() {
        let sentence = "Un lien de connexion ne se renvoie pas\u{a0}: la personne peut en demander un autre.";
        return Err(Refusal::because(sentence).into());
    }
    if row.kind == MessageKind::OneTimeCode {
        let sentence = "Un code ne se renvoie pas\u{a0}: la personne peut en demander un autre.";
        return Err(Refusal::because(sentence).into());
    }
    let mail: Mail = serde_json::from_str(&row.facts)?;
    let to = Recipient { person: row.recipient_id, address: row.recipient_address, name: row.recipient_name };
    let origin = Origin { about: &row.about_id, cause: None, login_link: None, by: actor.person };
    let key = format!("again:{id}:{}", now.unix_seconds() / 60);
    let sent = insert(tx, key, &to, &mail, row.document_id, origin, now)?;
    if let (Some(message_id), Some((sequence, booking, _))) = (sent, slots::invitation(tx.conn(), id)?) {
        slots::invite(tx, &InvitationRow { message_id, booking_id: booking.id, sequence })?;
    }
    sent.map_or(Ok(()), |again| review_notices::copy(tx, id, again))
}

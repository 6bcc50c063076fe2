//! The outbox: mails are owed by a transition, at most once per recipient, and sent after the commit.

use super::{
    Actor, Outcome,
    advance::{Cause, record_birth},
    advance::{Object, Standing},
};
use crate::{
    domain::{
        ids::{DocumentId, LoginLinkId, MessageId},
        lifecycles::messages::{Message, MessageFacts, MessageState},
        messages::Mail,
        roles::Role,
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx,
        messages::{self, MessageRow},
    },
    usecases::documents::Recipient,
};

impl Object for Message {
    type Id = MessageId;

    fn look(conn: &mut Conn, id: MessageId, actor: &Actor, now: Moment) -> Outcome<Standing<Self>> {
        let row = messages::find(conn, id)?;
        let roles: Vec<_> = [Role::System, Role::Admin].into_iter().filter(|role| actor.is(*role)).collect();
        if roles.is_empty() {
            return Err(StoreError::NotFound.into());
        }
        let facts = MessageFacts {
            is_attempt_due: row.next_attempt_at <= now,
            is_lease_expired: row.leased_until.is_none_or(|until| until <= now),
        };
        let reason = row.last_error.unwrap_or_default();
        Ok(Standing { state: row.state, version: row.version, roles, facts, reason })
    }
}

/// Queues a mail that a transition owes; once per recipient however often it is asked for.
pub fn queue(tx: &mut Tx, cause: &Cause, to: &Recipient, mail: &Mail, document: Option<DocumentId>) -> Outcome<()> {
    let key = format!("{}:{}:{}", mail.kind, cause.seq, to.address);
    let about = Origin { about: &cause.subject_id, cause: Some(cause.seq), login_link: None };
    insert(tx, key, to, mail, document, about, cause.now)
}

/// Queues the mail that carries a sign-in link.
pub fn queue_login_link(tx: &mut Tx, link: LoginLinkId, to: &Recipient, mail: &Mail, now: Moment) -> Outcome<()> {
    let about = Origin { about: link.as_str(), cause: None, login_link: Some(link) };
    insert(tx, format!("{}:{link}", mail.kind), to, mail, None, about, now)
}

/// Where a mail comes from.
struct Origin<'a> {
    about: &'a str,
    cause: Option<i64>,
    login_link: Option<LoginLinkId>,
}

fn insert(
    tx: &mut Tx,
    dedupe_key: String,
    to: &Recipient,
    mail: &Mail,
    document_id: Option<DocumentId>,
    origin: Origin<'_>,
    now: Moment,
) -> Outcome<()> {
    if messages::is_known(tx.conn(), &dedupe_key)? {
        return Ok(());
    }
    let id = tx.mint(now)?;
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
        cause_seq: origin.cause,
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
    let system = Actor::system();
    record_birth::<Message>(tx, &system, &system.roles, id, now)?;
    Ok(())
}

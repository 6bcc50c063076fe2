//! The outbox: mails owed, each at most once per recipient.

use super::{
    Conn, StoreError, Tx, one,
    schema::{documents, messages},
};
use crate::domain::{
    ids::{DocumentId, LoginLinkId, MessageId, PersonId},
    lifecycles::messages::MessageState,
    messages::MessageKind,
    time::Moment,
};
use diesel::prelude::*;

/// A mail in the outbox. `facts` is the JSON of what it says; `dedupe_key` makes it unique per cause and recipient.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = messages, treat_none_as_default_value = false)]
pub struct MessageRow {
    pub id: MessageId,
    pub dedupe_key: String,
    pub kind: MessageKind,
    pub recipient_id: Option<PersonId>,
    pub recipient_address: String,
    pub recipient_name: String,
    pub subject_line: String,
    pub facts: String,
    pub document_id: Option<DocumentId>,
    pub about_id: String,
    pub cause_seq: Option<i64>,
    pub login_link_id: Option<LoginLinkId>,
    pub attempts: i32,
    pub next_attempt_at: Moment,
    pub leased_until: Option<Moment>,
    pub last_error: Option<String>,
    pub sent_at: Option<Moment>,
    pub state: MessageState,
    pub version: i32,
    pub state_at: Moment,
    pub created_at: Moment,
}

/// Whether a mail with this key is already owed.
pub fn is_known(conn: &mut Conn, dedupe_key: &str) -> Result<bool, StoreError> {
    let known = messages::table.filter(messages::dedupe_key.eq(dedupe_key));
    Ok(on!(conn, |conn| diesel::select(diesel::dsl::exists(known)).get_result(conn))?)
}

/// Puts a mail into the outbox.
pub fn insert(tx: &mut Tx, row: &MessageRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(messages::table).values(row)).execute(conn))?;
    Ok(())
}

/// One mail.
pub fn find(conn: &mut Conn, id: MessageId) -> Result<MessageRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(messages::table.find(id).select(MessageRow::as_select())).get_result(conn))?)
}

/// The mails about one object, newest first.
pub fn about(conn: &mut Conn, about_id: &str, limit: i64) -> Result<Vec<MessageRow>, StoreError> {
    let rows = messages::table.filter(messages::about_id.eq(about_id)).order(messages::id.desc()).limit(limit);
    Ok(on!(conn, |conn| rows.select(MessageRow::as_select()).load(conn))?)
}

/// The mails to these people, oldest first.
pub fn of_people(conn: &mut Conn, people: &[PersonId]) -> Result<Vec<MessageRow>, StoreError> {
    let rows = messages::table.filter(messages::recipient_id.eq_any(people)).order(messages::id);
    Ok(on!(conn, |conn| rows.select(MessageRow::as_select()).load(conn))?)
}

/// The mails of these kinds about several objects, oldest first.
pub fn about_any(conn: &mut Conn, ids: &[String], kinds: &[MessageKind]) -> Result<Vec<MessageRow>, StoreError> {
    let rows = messages::table.filter(messages::about_id.eq_any(ids)).filter(messages::kind.eq_any(kinds));
    Ok(on!(conn, |conn| rows.order(messages::id).select(MessageRow::as_select()).load(conn))?)
}

/// Mails in this state, oldest first.
pub fn in_state(conn: &mut Conn, state: MessageState, limit: i64) -> Result<Vec<MessageRow>, StoreError> {
    let rows = messages::table.filter(messages::state.eq(state)).order(messages::id).limit(limit);
    Ok(on!(conn, |conn| rows.select(MessageRow::as_select()).load(conn))?)
}

/// The mails to send now, those due first: failed ones, then queued ones, whose attempt is due and whose document is
/// ready.
pub fn due(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<MessageRow>, StoreError> {
    let mut found: Vec<MessageRow> = Vec::new();
    // One state at a time: the index then gives the order, and a long queue is not sorted for each batch.
    for state in [MessageState::Failed, MessageState::Queued] {
        let room = limit - i64::try_from(found.len()).unwrap_or(limit);
        let rows = messages::table.left_join(documents::table).select(MessageRow::as_select());
        let rows = rows.filter(messages::state.eq(state)).filter(messages::next_attempt_at.le(now));
        let rows = rows.filter(messages::document_id.is_null().or(documents::sha256.is_not_null()));
        found.extend(rows.order((messages::next_attempt_at, messages::id)).limit(room).load::<MessageRow>(conn)?);
    }
    Ok(found)
}

/// The mails whose worker has been silent for longer than its lease.
pub fn abandoned(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<MessageRow>, StoreError> {
    let rows = messages::table.filter(messages::state.eq(MessageState::Sending));
    let rows = rows.filter(messages::leased_until.is_null().or(messages::leased_until.le(now)));
    Ok(on!(conn, |conn| rows.order(messages::id).limit(limit).select(MessageRow::as_select()).load(conn))?)
}

/// Leases a mail to one worker for one more attempt.
pub fn set_lease(tx: &mut Tx, id: MessageId, until: Moment) -> Result<(), StoreError> {
    let values = (messages::leased_until.eq(until), messages::attempts.eq(messages::attempts + 1));
    one(on!(tx.conn(), |conn| fixed!(diesel::update(messages::table.find(id)).set(values)).execute(conn))?)
}

/// Ends a lease before its time, as if the attempt had not been begun.
pub fn end_lease(tx: &mut Tx, id: MessageId, now: Moment) -> Result<(), StoreError> {
    let values = (messages::leased_until.eq(now), messages::attempts.eq(messages::attempts - 1));
    one(on!(tx.conn(), |conn| fixed!(diesel::update(messages::table.find(id)).set(values)).execute(conn))?)
}

/// Notes that the server took a mail.
pub fn set_sent(tx: &mut Tx, id: MessageId, at: Moment) -> Result<(), StoreError> {
    let values = (messages::sent_at.eq(at), messages::last_error.eq(None::<String>));
    one(on!(tx.conn(), |conn| fixed!(diesel::update(messages::table.find(id)).set(values)).execute(conn))?)
}

/// Notes an attempt for each of these mails, and that the server took it, at once.
pub fn set_carried(tx: &mut Tx, ids: &[MessageId], at: Moment, leased_until: Moment) -> Result<(), StoreError> {
    let lease = (messages::leased_until.eq(leased_until), messages::attempts.eq(messages::attempts + 1));
    let rows = messages::table.filter(messages::id.eq_any(ids));
    let noted = on!(tx.conn(), |conn| diesel::update(rows).set((lease, messages::sent_at.eq(at))).execute(conn))?;
    if noted == ids.len() { Ok(()) } else { Err(StoreError::NotFound) }
}

/// Notes why an attempt failed, and when the next one is due.
pub fn set_failed(tx: &mut Tx, id: MessageId, error: &str, next: Moment) -> Result<(), StoreError> {
    let values = (messages::last_error.eq(error), messages::next_attempt_at.eq(next));
    one(on!(tx.conn(), |conn| fixed!(diesel::update(messages::table.find(id)).set(values)).execute(conn))?)
}

/// Makes the next attempt due.
pub fn set_due(tx: &mut Tx, id: MessageId, now: Moment) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(diesel::update(messages::table.find(id)).set(messages::next_attempt_at.eq(now)))
        .execute(conn))?)
}

/// Makes every mail that failed since `since` due; how many there were.
pub fn bring_forward(tx: &mut Tx, since: Moment, now: Moment) -> Result<usize, StoreError> {
    let rows = messages::table.filter(messages::state.eq(MessageState::Failed));
    let rows = rows.filter(messages::state_at.ge(since)).filter(messages::next_attempt_at.gt(now));
    Ok(on!(tx.conn(), |conn| fixed!(diesel::update(rows).set(messages::next_attempt_at.eq(now))).execute(conn))?)
}

/// The mails after the last one shown, the newest first; in one state, those due last come first.
pub fn page(
    conn: &mut Conn,
    state: Option<MessageState>,
    last: Option<&MessageRow>,
    limit: i64,
) -> Result<Vec<MessageRow>, StoreError> {
    page_without(conn, &[], state, last, limit)
}

/// The same without the mails about `hidden` objects and those hidden themselves.
pub fn page_without(
    conn: &mut Conn,
    hidden: &[String],
    state: Option<MessageState>,
    last: Option<&MessageRow>,
    limit: i64,
) -> Result<Vec<MessageRow>, StoreError> {
    let rows = messages::table.limit(limit).select(MessageRow::as_select());
    let mut rows = rows.filter(messages::about_id.ne_all(hidden)).filter(messages::id.ne_all(hidden)).into_boxed();
    match state {
        None => {
            rows = rows.order(messages::id.desc());
            if let Some(last) = last {
                rows = rows.filter(messages::id.lt(last.id));
            }
        }
        Some(state) => {
            rows = rows.filter(messages::state.eq(state));
            rows = rows.order((messages::next_attempt_at.desc(), messages::id.desc()));
            if let Some(last) = last {
                let (at, id) = (last.next_attempt_at, last.id);
                let earlier = messages::next_attempt_at.lt(at);
                rows = rows.filter(earlier.or(messages::next_attempt_at.eq(at).and(messages::id.lt(id))));
            }
        }
    }
    Ok(rows.load(conn)?)
}

/// How many mails are in each state, but for those about `hidden` objects and those hidden themselves.
pub fn counts(conn: &mut Conn, hidden: &[String]) -> Result<Vec<(MessageState, i64)>, StoreError> {
    let rows = messages::table.filter(messages::about_id.ne_all(hidden)).filter(messages::id.ne_all(hidden));
    let rows = rows.group_by(messages::state).order(messages::state);
    Ok(on!(conn, |conn| rows.select((messages::state, diesel::dsl::count_star())).load(conn))?)
}

/// Since when the mail that has been due the longest has been, of those due by `end`; without the mails about `hidden`
/// objects and those hidden themselves.
pub fn overdue_since(conn: &mut Conn, hidden: &[String], end: Moment) -> Result<Option<Moment>, StoreError> {
    let waiting = [MessageState::Queued, MessageState::Sending, MessageState::Failed];
    let rows = messages::table.filter(messages::state.eq_any(waiting)).filter(messages::next_attempt_at.le(end));
    let rows = rows.filter(messages::about_id.ne_all(hidden)).filter(messages::id.ne_all(hidden));
    let since: Option<Moment> = on!(conn, |conn| rows.select(diesel::dsl::min(messages::next_attempt_at)).first(conn))?;
    Ok(since)
}

//! The outbox: mails owed, each at most once per recipient.

use super::{Conn, StoreError, Tx, schema::messages};
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
    Ok(diesel::select(diesel::dsl::exists(known)).get_result(conn)?)
}

/// Puts a mail into the outbox.
pub fn insert(tx: &mut Tx, row: &MessageRow) -> Result<(), StoreError> {
    diesel::insert_into(messages::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// One mail.
pub fn find(conn: &mut Conn, id: MessageId) -> Result<MessageRow, StoreError> {
    Ok(messages::table.find(id).select(MessageRow::as_select()).first(conn)?)
}

/// Mails in this state, oldest first.
pub fn in_state(conn: &mut Conn, state: MessageState, limit: i64) -> Result<Vec<MessageRow>, StoreError> {
    let rows = messages::table.filter(messages::state.eq(state)).order(messages::id).limit(limit);
    Ok(rows.select(MessageRow::as_select()).load(conn)?)
}

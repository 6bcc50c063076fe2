//! Which mail tells of which reviews: several files entrusted at once, or given up at once, make one mail.

use super::{
    Conn, StoreError, Tx,
    schema::{messages, review_notices},
};
use crate::domain::{
    ids::{CallId, MessageId, PersonId, ReviewId},
    lifecycles::messages::MessageState,
    messages::MessageKind,
};
use diesel::prelude::*;

/// The mail of this kind about a call that waits to leave for a person, if there is one.
pub fn waiting(
    conn: &mut Conn,
    kind: MessageKind,
    call: CallId,
    person: PersonId,
) -> Result<Option<MessageId>, StoreError> {
    let rows = messages::table.filter(messages::about_id.eq(call.as_str())).filter(messages::kind.eq(kind));
    let rows = rows.filter(messages::recipient_id.eq(person)).filter(messages::state.eq(MessageState::Queued));
    let rows = rows.filter(messages::attempts.eq(0)).order(messages::id).select(messages::id);
    Ok(on!(conn, |conn| rows.first(conn)).optional()?)
}

/// The reviews that a mail tells of, the oldest first.
pub fn of(conn: &mut Conn, message: MessageId) -> Result<Vec<ReviewId>, StoreError> {
    let rows = review_notices::table.filter(review_notices::message_id.eq(message));
    Ok(on!(conn, |conn| rows.order(review_notices::review_id).select(review_notices::review_id).load(conn))?)
}

/// Notes that a mail tells of a review.
pub fn insert(tx: &mut Tx, message: MessageId, review: ReviewId) -> Result<(), StoreError> {
    let row = (review_notices::message_id.eq(message), review_notices::review_id.eq(review));
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(review_notices::table).values(row)).execute(conn))?;
    Ok(())
}

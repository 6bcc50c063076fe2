//! The minutes of sessions (procès-verbaux) and their signatures. Versions are appended, never changed.

use super::{
    Conn, StoreError, Tx, kept,
    schema::{calls, minutes_signatures, people, session_minutes, sessions},
};
use crate::domain::{
    ids::{CallId, DocumentId, PersonId, SessionId},
    time::Moment,
};
use diesel::prelude::*;

/// One version. `facts` is the JSON of what happened, `digest` its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = session_minutes)]
pub struct MinutesRow {
    pub session_id: SessionId,
    /// From 1 on.
    pub number: i32,
    /// Why it replaces the one before; empty for the first.
    pub reason: String,
    pub facts: String,
    pub digest: String,
    pub written_by: PersonId,
    pub written_at: Moment,
}

/// The chair's signature under one version. `digest` is over what that person may see of it, which they read.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = minutes_signatures)]
pub struct SignatureRow {
    pub session_id: SessionId,
    pub number: i32,
    pub person_id: PersonId,
    pub digest: String,
    pub signed_at: Moment,
    pub document_id: DocumentId,
}

/// The versions of a session's minutes, the first first, each with who wrote it.
pub fn of_session(conn: &mut Conn, id: SessionId) -> Result<Vec<(MinutesRow, String)>, StoreError> {
    let rows = session_minutes::table.inner_join(people::table).filter(session_minutes::session_id.eq(id));
    let rows = rows.order(session_minutes::number);
    Ok(on!(conn, |conn| rows.select((MinutesRow::as_select(), people::name)).load(conn))?)
}

/// The last version, if there is one.
pub fn last(conn: &mut Conn, id: SessionId) -> Result<Option<MinutesRow>, StoreError> {
    let rows = session_minutes::table.filter(session_minutes::session_id.eq(id));
    let rows = rows.order(session_minutes::number.desc());
    Ok(on!(conn, |conn| rows.select(MinutesRow::as_select()).first(conn)).optional()?)
}

/// The signatures under a session's minutes, each with who signed.
pub fn signatures(conn: &mut Conn, id: SessionId) -> Result<Vec<(SignatureRow, String)>, StoreError> {
    let rows = minutes_signatures::table.inner_join(people::table).filter(minutes_signatures::session_id.eq(id));
    let rows = rows.order(minutes_signatures::number);
    Ok(on!(conn, |conn| rows.select((SignatureRow::as_select(), people::name)).load(conn))?)
}

/// A version that waits for its chair's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsigned {
    pub session: SessionId,
    pub call: CallId,
    pub title: String,
    pub call_title: String,
    pub meets_at: Moment,
}

/// What waits for somebody's signature: of each session they preside, the last version unless it is signed.
pub fn unsigned(conn: &mut Conn, chair: PersonId) -> Result<Vec<Unsigned>, StoreError> {
    let rows = session_minutes::table
        .inner_join(sessions::table.on(sessions::id.eq(session_minutes::session_id)))
        .inner_join(calls::table.on(calls::id.eq(sessions::call_id)))
        .left_join(
            minutes_signatures::table.on(minutes_signatures::session_id
                .eq(session_minutes::session_id)
                .and(minutes_signatures::number.eq(session_minutes::number))),
        )
        .filter(sessions::chair_id.eq(chair))
        .order((sessions::meets_at, sessions::id, session_minutes::number));
    let columns = (
        sessions::id,
        sessions::call_id,
        sessions::title,
        calls::title,
        sessions::meets_at,
        minutes_signatures::signed_at.nullable(),
    );
    type Found = (SessionId, CallId, String, String, Moment, Option<Moment>);
    let found: Vec<Found> = on!(conn, |conn| kept(rows.select(columns)).load(conn))?;
    let last = found.chunk_by(|a, b| a.0 == b.0).filter_map(|versions| versions.last());
    let waiting = last.filter(|(.., signed_at)| signed_at.is_none()).cloned();
    let unsigned =
        |(session, call, title, call_title, meets_at, _)| Unsigned { session, call, title, call_title, meets_at };
    Ok(waiting.map(unsigned).collect())
}

/// The sessions of which a version written between two instants waits for a signature, each with its number. A later one
/// may wait too, or be signed.
pub fn waiting(conn: &mut Conn, from: Moment, to: Moment) -> Result<Vec<(SessionId, i32)>, StoreError> {
    let rows = session_minutes::table
        .left_join(
            minutes_signatures::table.on(minutes_signatures::session_id
                .eq(session_minutes::session_id)
                .and(minutes_signatures::number.eq(session_minutes::number))),
        )
        .filter(session_minutes::written_at.ge(from))
        .filter(session_minutes::written_at.lt(to))
        .filter(minutes_signatures::signed_at.nullable().is_null())
        .order((session_minutes::session_id, session_minutes::number))
        .select((session_minutes::session_id, session_minutes::number));
    Ok(on!(conn, |conn| rows.load(conn))?)
}

/// Appends a version.
pub fn append(tx: &mut Tx, row: &MinutesRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(session_minutes::table).values(row)).execute(conn))?;
    Ok(())
}

/// Records a signature.
pub fn sign(tx: &mut Tx, row: &SignatureRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(minutes_signatures::table).values(row)).execute(conn))?;
    Ok(())
}

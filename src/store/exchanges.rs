//! The messages written about applications, appended and never changed, and how far each side has read.

use super::{
    Conn, StoreError, Tx, kept, one,
    schema::{exchange_threads, exchanges, people},
};
use crate::domain::{
    exchanges::ExchangeSide,
    ids::{ApplicationId, ExchangeId, PersonId},
    time::Moment,
};
use diesel::prelude::*;

/// One message. `number` counts from 1 within its application.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = exchanges)]
pub struct ExchangeRow {
    pub id: ExchangeId,
    pub application_id: ApplicationId,
    pub number: i32,
    pub side: ExchangeSide,
    pub author_id: PersonId,
    pub body: String,
    pub written_at: Moment,
}

/// How long a thread is, up to which number each side has read it, and how much of the other side's each has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = exchange_threads)]
pub struct ThreadRow {
    pub application_id: ApplicationId,
    pub exchanges: i32,
    pub read_by_applicant: i32,
    pub read_by_team: i32,
    pub unread_by_applicant: i32,
    pub unread_by_team: i32,
}

/// The thread of an application; nothing while nobody has written.
pub fn thread(conn: &mut Conn, id: ApplicationId) -> Result<Option<ThreadRow>, StoreError> {
    Ok(on!(conn, |conn| fixed!(exchange_threads::table.find(id).select(ThreadRow::as_select())).get_result(conn))
        .optional()?)
}

/// Begins a thread.
pub fn insert_thread(tx: &mut Tx, row: &ThreadRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(exchange_threads::table).values(row)).execute(conn))?;
    Ok(())
}

/// Writes how far a thread is.
pub fn set_thread(tx: &mut Tx, row: &ThreadRow) -> Result<(), StoreError> {
    let known = exchange_threads::table.find(row.application_id);
    one(on!(tx.conn(), |conn| kept(diesel::update(known).set(row)).execute(conn))?)
}

/// Appends a message.
pub fn append(tx: &mut Tx, row: &ExchangeRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(exchanges::table).values(row)).execute(conn))?;
    Ok(())
}

/// One message.
pub fn find(conn: &mut Conn, id: ExchangeId) -> Result<ExchangeRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(exchanges::table.find(id).select(ExchangeRow::as_select())).get_result(conn))?)
}

/// The last messages of a thread with the names of their authors, newest first, those before `before` alone.
pub fn page(
    conn: &mut Conn,
    id: ApplicationId,
    before: Option<i32>,
    limit: i64,
) -> Result<Vec<(ExchangeRow, String)>, StoreError> {
    let rows = exchanges::table.inner_join(people::table).filter(exchanges::application_id.eq(id));
    let rows = rows.filter(exchanges::number.lt(before.unwrap_or(i32::MAX)));
    let rows = rows.order(exchanges::number.desc()).limit(limit);
    Ok(on!(conn, |conn| rows.select((ExchangeRow::as_select(), people::name)).load(conn))?)
}

/// How many messages the team has not read of each of these applications; those without any are left out.
pub fn unread_by_team(conn: &mut Conn, ids: &[ApplicationId]) -> Result<Vec<(ApplicationId, i32)>, StoreError> {
    let rows = exchange_threads::table.filter(exchange_threads::application_id.eq_any(ids));
    let rows = rows.filter(exchange_threads::unread_by_team.gt(0));
    let columns = (exchange_threads::application_id, exchange_threads::unread_by_team);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

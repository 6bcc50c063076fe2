//! The passes under which applications may be filed late. Appended, never changed.

use super::{
    Conn, StoreError, Tx,
    schema::{applications, passes, people},
};
use crate::domain::{
    ids::{ApplicationId, CallId, PersonId},
    passes::PassKind,
    time::Moment,
};
use diesel::prelude::*;

/// A pass: from when until when, who opened it, and why.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = passes)]
pub struct PassRow {
    pub application_id: ApplicationId,
    pub kind: PassKind,
    pub opened_at: Moment,
    pub until_at: Moment,
    pub opened_by: PersonId,
    pub reason: String,
}

/// The passes of an application, oldest first.
pub fn of_application(conn: &mut Conn, id: ApplicationId) -> Result<Vec<PassRow>, StoreError> {
    let rows = passes::table.filter(passes::application_id.eq(id)).order((passes::opened_at, passes::kind));
    Ok(on!(conn, |conn| rows.select(PassRow::as_select()).load(conn))?)
}

/// A pass of a call with the number of its application, when that was filed, and who opened it.
pub type NamedPass = (PassRow, String, Option<Moment>, String);

/// The passes of one kind in a call, the newest first.
pub fn of_call(conn: &mut Conn, call: CallId, kind: PassKind, limit: i64) -> Result<Vec<NamedPass>, StoreError> {
    let rows = passes::table.inner_join(applications::table).inner_join(people::table);
    let rows = rows.filter(applications::call_id.eq(call)).filter(passes::kind.eq(kind));
    let rows = rows.order((passes::opened_at.desc(), applications::reference)).limit(limit);
    Ok(on!(conn, |conn| rows
        .select((PassRow::as_select(), applications::reference, applications::submitted_at, people::name))
        .load(conn))?)
}

/// Appends a pass.
pub fn append(tx: &mut Tx, row: &PassRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(passes::table).values(row)).execute(conn))?;
    Ok(())
}

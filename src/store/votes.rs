//! Votes of the committee on single files. Counts are appended, never changed: the last one holds, and says why it came.

use super::{
    Conn, StoreError, Tx,
    schema::{people, session_votes},
};
use crate::domain::{
    ids::{ApplicationId, PersonId, SessionId},
    sessions::Tally,
    time::Moment,
};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// The count of one vote.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = session_votes)]
pub struct VoteRow {
    pub session_id: SessionId,
    pub application_id: ApplicationId,
    /// From 1 on, for each file.
    pub number: i32,
    pub in_favour: i32,
    pub against: i32,
    pub abstained: i32,
    /// The voices there were for this file when it was counted.
    pub voices: i32,
    /// Why the count before it does not hold; empty for the first.
    pub reason: String,
    pub recorded_by: PersonId,
    pub recorded_at: Moment,
}

impl VoteRow {
    /// What was counted.
    pub const fn tally(&self) -> Tally {
        Tally { in_favour: self.in_favour, against: self.against, abstained: self.abstained }
    }
}

/// The vote that holds for each file of a session that was voted on.
pub fn of_session(conn: &mut Conn, id: SessionId) -> Result<BTreeMap<ApplicationId, VoteRow>, StoreError> {
    let rows = session_votes::table.filter(session_votes::session_id.eq(id));
    let rows = rows.order((session_votes::application_id, session_votes::number));
    let rows: Vec<VoteRow> = on!(conn, |conn| rows.select(VoteRow::as_select()).load(conn))?;
    Ok(rows.into_iter().map(|row| (row.application_id, row)).collect())
}

/// Every count of one file in a session, the first first, with the name of whoever wrote it.
pub fn of_file(
    conn: &mut Conn,
    id: SessionId,
    application: ApplicationId,
) -> Result<Vec<(VoteRow, String)>, StoreError> {
    let rows = session_votes::table.inner_join(people::table).filter(session_votes::session_id.eq(id));
    let rows = rows.filter(session_votes::application_id.eq(application)).order(session_votes::number);
    Ok(on!(conn, |conn| rows.select((VoteRow::as_select(), people::name)).load(conn))?)
}

/// Appends a count.
pub fn append(tx: &mut Tx, row: &VoteRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(session_votes::table).values(row)).execute(conn))?;
    Ok(())
}

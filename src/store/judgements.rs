//! What officers judged of the conditions that no fact settles. Appended, never changed; the last one of each counts.

use super::{Conn, StoreError, Tx, schema::judgements};
use crate::domain::{
    ids::{ApplicationId, PersonId},
    time::Moment,
};
use diesel::prelude::*;

/// One judgement. `number` counts from 1 for each condition of a file; `sentence` is the condition as it was read, `basis`
/// the digest of what it was judged on.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = judgements)]
pub struct JudgementRow {
    pub application_id: ApplicationId,
    pub rule_code: String,
    pub number: i32,
    pub is_met: bool,
    pub sentence: String,
    pub note: String,
    pub basis: String,
    pub judged_by: PersonId,
    pub judged_at: Moment,
}

/// Everything that was judged of these files, oldest first for each condition.
pub fn of_applications(conn: &mut Conn, ids: &[ApplicationId]) -> Result<Vec<JudgementRow>, StoreError> {
    let rows = judgements::table.filter(judgements::application_id.eq_any(ids));
    let rows = rows.order((judgements::application_id, judgements::rule_code, judgements::number));
    Ok(on!(conn, |conn| rows.select(JudgementRow::as_select()).load(conn))?)
}

/// Appends a judgement; `Taken` when its number is there already.
pub fn append(tx: &mut Tx, row: &JudgementRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::insert_into(judgements::table).values(row).execute(conn))?;
    Ok(())
}

//! The papers that payments of a grant wait for, as they were provided.

use super::{Conn, StoreError, Tx, one, schema::grant_pieces};
use crate::domain::{
    disbursements::PieceOutcome,
    ids::{AttachmentId, GrantId, PersonId},
    time::Moment,
};
use diesel::prelude::*;

/// A paper that was provided. `motive` says why it was refused; empty otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = grant_pieces, treat_none_as_default_value = false)]
pub struct GrantPieceRow {
    pub grant_id: GrantId,
    pub code: String,
    pub label: String,
    pub attachment_id: AttachmentId,
    pub outcome: PieceOutcome,
    pub motive: String,
    pub provided_by: PersonId,
    pub provided_at: Moment,
    pub judged_by: Option<PersonId>,
    pub judged_at: Option<Moment>,
}

/// What was provided for these grants, in no order.
pub fn of_grants(conn: &mut Conn, ids: &[GrantId]) -> Result<Vec<GrantPieceRow>, StoreError> {
    let rows = grant_pieces::table.filter(grant_pieces::grant_id.eq_any(ids));
    Ok(on!(conn, |conn| rows.select(GrantPieceRow::as_select()).load(conn))?)
}

/// Records a paper, in place of the one before.
pub fn set(tx: &mut Tx, row: &GrantPieceRow) -> Result<(), StoreError> {
    let former = grant_pieces::table.find((row.grant_id, row.code.as_str()));
    on!(tx.conn(), |conn| diesel::delete(former).execute(conn))?;
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(grant_pieces::table).values(row)).execute(conn))?;
    Ok(())
}

/// Writes what is said of the paper somebody has read, unless another one was provided or it was judged meanwhile.
pub fn judge(
    tx: &mut Tx,
    (grant, code, read): (GrantId, &str, AttachmentId),
    (outcome, motive): (PieceOutcome, &str),
    (by, now): (PersonId, Moment),
) -> Result<(), StoreError> {
    let row = grant_pieces::table.find((grant, code)).filter(grant_pieces::attachment_id.eq(read));
    let row = row.filter(grant_pieces::outcome.eq(PieceOutcome::Provided));
    let changes = (
        grant_pieces::outcome.eq(outcome),
        grant_pieces::motive.eq(motive),
        grant_pieces::judged_by.eq(by),
        grant_pieces::judged_at.eq(now),
    );
    one(on!(tx.conn(), |conn| diesel::update(row).set(changes).execute(conn))?)
}

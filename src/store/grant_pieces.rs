//! The papers that payments of a grant wait for, as they were provided.

use super::{
    Conn, StoreError, Tx, one,
    schema::{former_pieces, grant_pieces},
};
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

/// A paper that another one has replaced, and what was said of it then.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = former_pieces, treat_none_as_default_value = false)]
pub struct FormerPieceRow {
    pub attachment_id: AttachmentId,
    pub outcome: PieceOutcome,
    pub grant_id: GrantId,
    pub code: String,
    pub label: String,
    pub motive: String,
    pub provided_by: PersonId,
    pub provided_at: Moment,
    pub judged_by: Option<PersonId>,
    pub judged_at: Option<Moment>,
}

impl From<GrantPieceRow> for FormerPieceRow {
    fn from(row: GrantPieceRow) -> Self {
        FormerPieceRow {
            attachment_id: row.attachment_id,
            outcome: row.outcome,
            grant_id: row.grant_id,
            code: row.code,
            label: row.label,
            motive: row.motive,
            provided_by: row.provided_by,
            provided_at: row.provided_at,
            judged_by: row.judged_by,
            judged_at: row.judged_at,
        }
    }
}

/// The papers of a grant that others have replaced, oldest first.
pub fn former_of(conn: &mut Conn, grant: GrantId) -> Result<Vec<FormerPieceRow>, StoreError> {
    let rows = former_pieces::table.filter(former_pieces::grant_id.eq(grant));
    let rows = rows.order((former_pieces::provided_at, former_pieces::outcome));
    Ok(on!(conn, |conn| rows.select(FormerPieceRow::as_select()).load(conn))?)
}

/// What was provided for these grants, in no order.
pub fn of_grants(conn: &mut Conn, ids: &[GrantId]) -> Result<Vec<GrantPieceRow>, StoreError> {
    let rows = grant_pieces::table.filter(grant_pieces::grant_id.eq_any(ids));
    Ok(on!(conn, |conn| rows.select(GrantPieceRow::as_select()).load(conn))?)
}

/// Keeps what is said of a paper, which another one or another word is about to replace.
pub fn keep_former(tx: &mut Tx, row: GrantPieceRow) -> Result<(), StoreError> {
    let row = FormerPieceRow::from(row);
    on!(tx.conn(), |conn| diesel::insert_into(former_pieces::table).values(&row).execute(conn))?;
    Ok(())
}

/// Records a paper, in place of the one before, which is kept among the former ones.
pub fn set(tx: &mut Tx, row: &GrantPieceRow) -> Result<(), StoreError> {
    let known = of_grants(tx.conn(), &[row.grant_id])?.into_iter().find(|known| known.code == row.code);
    if let Some(known) = known {
        keep_former(tx, known)?;
    }
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

/// Notes that the antivirus refused a paper; `motive` says so.
pub fn infect(tx: &mut Tx, row: &GrantPieceRow, motive: &str, now: Moment) -> Result<(), StoreError> {
    let known = grant_pieces::table.find((row.grant_id, row.code.as_str()));
    let known = known.filter(grant_pieces::attachment_id.eq(row.attachment_id));
    let changes = (
        grant_pieces::outcome.eq(PieceOutcome::Infected),
        grant_pieces::motive.eq(motive),
        grant_pieces::judged_by.eq(None::<PersonId>),
        grant_pieces::judged_at.eq(now),
    );
    one(on!(tx.conn(), |conn| diesel::update(known).set(changes).execute(conn))?)
}

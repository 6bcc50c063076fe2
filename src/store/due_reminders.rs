//! How far the reminders of each due date have gone: of offers to be answered, of reports and papers that are owed, of what is
//! to be signed, of money to be paid back.

use super::{
    Conn, StoreError, Tx,
    schema::{disbursements, due_reminders, grants, recoveries, reports, signing_papers},
    signing::PaperRow,
};
use crate::domain::{
    ids::{DisbursementId, GrantId, RecoveryId, ReportId},
    lifecycles::{
        disbursements::DisbursementState,
        grants::GrantState,
        recoveries::RecoveryState,
        reports::{REPORTING, WITH_AUTHOR},
    },
    time::Moment,
};
use chrono::NaiveDate;
use diesel::{
    dsl::{exists, not, sql},
    prelude::*,
    sql_types::{Bool, Timestamp},
};

/// How many reminders of one due date are behind us: `stage` counts them from 1. Another date begins anew.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = due_reminders)]
pub struct DueReminderRow {
    pub subject_id: String,
    pub due_on: NaiveDate,
    pub stage: i32,
    pub sent_at: Moment,
}

/// Lives of grants in which a payment may wait for a paper.
const ACCEPTED: [GrantState; 5] =
    [GrantState::Accepted, GrantState::AgreementSent, GrantState::Active, GrantState::Suspended, GrantState::Closing];

/// Whether a paper belongs to a grant that waits for signatures: few do, whatever was signed before.
const IS_WAITING: &str = "(signing_papers.grant_id IN (SELECT g.id FROM grants g WHERE g.state = 'agreement_sent'
    UNION ALL SELECT a.grant_id FROM amendments a WHERE a.state = 'to_sign'))";

/// Lives of grants in which an agreement or an amendment is to be signed.
const SIGNED_IN: [GrantState; 4] =
    [GrantState::Accepted, GrantState::AgreementSent, GrantState::Active, GrantState::Suspended];

/// So many reports owed by `last_day` or before of running grants whose reminders of that day have not come to `stage`.
pub fn reports_due(conn: &mut Conn, last_day: NaiveDate, stage: i32, limit: i64) -> Result<Vec<ReportId>, StoreError> {
    let told = due_reminders::table
        .filter(due_reminders::subject_id.eq(reports::id))
        .filter(due_reminders::due_on.eq(reports::due_on))
        .filter(due_reminders::stage.ge(stage));
    let rows = reports::table.inner_join(grants::table).filter(reports::state.eq_any(WITH_AUTHOR));
    let rows = rows.filter(grants::state.eq_any(REPORTING)).filter(reports::due_on.le(last_day));
    let rows = rows.filter(not(exists(told))).order((reports::due_on, reports::id)).limit(limit);
    Ok(on!(conn, |conn| rows.select(reports::id).load(conn))?)
}

/// So many offers to be answered by `last_day` or before whose reminders of that day have not come to `stage`, with it. One
/// that is not told yet has none.
pub fn offers_due(
    conn: &mut Conn,
    last_day: NaiveDate,
    stage: i32,
    limit: i64,
) -> Result<Vec<(GrantId, NaiveDate)>, StoreError> {
    let day = grants::confirm_by.assume_not_null();
    let told = due_reminders::table
        .filter(due_reminders::subject_id.eq(grants::id))
        .filter(due_reminders::due_on.eq(day))
        .filter(due_reminders::stage.ge(stage));
    let rows = grants::table.filter(grants::state.eq(GrantState::Offered));
    let rows = rows.filter(grants::confirm_by.is_not_null()).filter(day.le(last_day));
    let rows = rows.filter(not(exists(told))).order((day, grants::id)).limit(limit);
    Ok(on!(conn, |conn| rows.select((grants::id, day)).load(conn))?)
}

/// So many planned payments expected by `last_day` or before whose reminders of that day have not come to `stage`, and whose
/// paper is with its holder: it did not come, or was refused before `since`. None of a grant that is over.
pub fn pieces_due(
    conn: &mut Conn,
    (last_day, since): (NaiveDate, Moment),
    stage: i32,
    limit: i64,
) -> Result<Vec<DisbursementId>, StoreError> {
    let day = disbursements::due_on.assume_not_null();
    let told = due_reminders::table
        .filter(due_reminders::subject_id.eq(disbursements::id))
        .filter(due_reminders::due_on.eq(day))
        .filter(due_reminders::stage.ge(stage));
    let is_owed = sql::<Bool>(
        "(disbursements.conditions LIKE '%\"piece_accepted\"%' AND NOT EXISTS (SELECT 1 FROM grant_pieces q
          WHERE q.grant_id = disbursements.grant_id
            AND disbursements.conditions LIKE ('%\"code\":\"' || q.code || '\"%')
            AND (q.outcome IN ('provided', 'accepted') OR q.judged_at > ",
    );
    let is_owed = is_owed.bind::<Timestamp, _>(since).sql(")))");
    let rows = disbursements::table.inner_join(grants::table).filter(grants::state.eq_any(ACCEPTED));
    let rows = rows.filter(disbursements::state.eq(DisbursementState::Planned));
    let rows = rows.filter(disbursements::due_on.is_not_null()).filter(day.le(last_day)).filter(is_owed);
    let rows = rows.filter(not(exists(told))).order((day, disbursements::id)).limit(limit);
    Ok(on!(conn, |conn| rows.select(disbursements::id).load(conn))?)
}

/// So many papers that the holder of a grant has still to sign by `last_day` or before, and whose reminders have not come to
/// `stage`. None that something replaced, nor of a grant that does not change any more.
pub fn unsigned_by_holder(
    conn: &mut Conn,
    last_day: NaiveDate,
    stage: i32,
    limit: i64,
) -> Result<Vec<PaperRow>, StoreError> {
    let told = due_reminders::table
        .filter(due_reminders::subject_id.eq(signing_papers::document_id))
        .filter(due_reminders::due_on.eq(signing_papers::sign_by))
        .filter(due_reminders::stage.ge(stage));
    let is_unsigned = sql::<Bool>(
        "(NOT EXISTS (SELECT 1 FROM paper_signatures q
          WHERE q.document_id = signing_papers.document_id AND q.side = 'holder'))",
    );
    let rows = signing_papers::table.inner_join(grants::table).filter(grants::state.eq_any(SIGNED_IN));
    let rows = rows.filter(signing_papers::replaced_at.is_null()).filter(signing_papers::sign_by.le(last_day));
    let rows = rows.filter(sql::<Bool>(IS_WAITING)).filter(is_unsigned).filter(not(exists(told)));
    let rows = rows.order((signing_papers::sign_by, signing_papers::document_id)).limit(limit);
    Ok(on!(conn, |conn| rows.select(PaperRow::as_select()).load(conn))?)
}

/// The same of papers that the holder has signed before `since` and the house has not.
pub fn unsigned_by_house(conn: &mut Conn, since: Moment, stage: i32, limit: i64) -> Result<Vec<PaperRow>, StoreError> {
    let told = due_reminders::table
        .filter(due_reminders::subject_id.eq(signing_papers::document_id))
        .filter(due_reminders::due_on.eq(signing_papers::sign_by))
        .filter(due_reminders::stage.ge(stage));
    let is_its_turn = sql::<Bool>(
        "(NOT EXISTS (SELECT 1 FROM paper_signatures q
            WHERE q.document_id = signing_papers.document_id AND q.side = 'issuer')
          AND EXISTS (SELECT 1 FROM paper_signatures q
            WHERE q.document_id = signing_papers.document_id AND q.side = 'holder' AND q.signed_at < ",
    );
    let is_its_turn = is_its_turn.bind::<Timestamp, _>(since).sql("))");
    let rows = signing_papers::table.inner_join(grants::table).filter(grants::state.eq_any(SIGNED_IN));
    let rows = rows.filter(signing_papers::replaced_at.is_null()).filter(sql::<Bool>(IS_WAITING));
    let rows = rows.filter(is_its_turn).filter(not(exists(told)));
    let rows = rows.order((signing_papers::sign_by, signing_papers::document_id)).limit(limit);
    Ok(on!(conn, |conn| rows.select(PaperRow::as_select()).load(conn))?)
}

/// The same of recoveries that are asked for.
pub fn recoveries_due(
    conn: &mut Conn,
    last_day: NaiveDate,
    stage: i32,
    limit: i64,
) -> Result<Vec<RecoveryId>, StoreError> {
    let told = due_reminders::table
        .filter(due_reminders::subject_id.eq(recoveries::id))
        .filter(due_reminders::due_on.eq(recoveries::due_on))
        .filter(due_reminders::stage.ge(stage));
    let rows = recoveries::table.filter(recoveries::state.eq(RecoveryState::Requested));
    let rows = rows.filter(recoveries::due_on.le(last_day)).filter(not(exists(told)));
    let rows = rows.order((recoveries::due_on, recoveries::id)).limit(limit);
    Ok(on!(conn, |conn| rows.select(recoveries::id).load(conn))?)
}

/// How far the reminders of something have gone, once one has.
pub fn find(conn: &mut Conn, subject: &str) -> Result<Option<DueReminderRow>, StoreError> {
    let row = due_reminders::table.find(subject);
    Ok(on!(conn, |conn| row.select(DueReminderRow::as_select()).first(conn)).optional()?)
}

/// Notes how far the reminders of a due date have gone.
pub fn set(tx: &mut Tx, row: &DueReminderRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::delete(due_reminders::table.find(&row.subject_id)).execute(conn))?;
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(due_reminders::table).values(row)).execute(conn))?;
    Ok(())
}

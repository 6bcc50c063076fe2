//! Reports (bilans) of grants: their answers and their comparison of planned and actual budget.

use super::{
    Conn, StoreError, Tx,
    grants::{CallPart, FundPart, HolderPart},
    one,
    recusals::hidden_from,
    schema::{budget_lines, calls, funds, grants, organisations, report_answers, report_lines, reports},
};
use crate::domain::{
    ids::{ApplicationId, CallId, GrantId, PersonId, ReportId},
    lifecycles::reports::ReportState,
    money::Euros,
    reports::ReportKind,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::prelude::*;

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = reports, treat_none_as_default_value = false)]
pub struct ReportRow {
    pub id: ReportId,
    pub grant_id: GrantId,
    pub call_id: CallId,
    pub kind: ReportKind,
    pub due_on: NaiveDate,
    pub submitted_by: Option<PersonId>,
    pub submitted_at: Option<Moment>,
    pub accepted_cost_cents: Option<Euros>,
    pub reason: Option<String>,
    pub state: ReportState,
    pub version: i32,
    pub state_at: Moment,
    pub created_at: Moment,
}

/// One answer of the narrative.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = report_answers)]
pub struct ReportAnswerRow {
    pub report_id: ReportId,
    pub question: String,
    pub value: String,
}

/// One line of the table of Cerfa 15059: planned, actual, and why they differ. `side` is `expense` or `income`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = report_lines, treat_none_as_default_value = false)]
pub struct ReportLineRow {
    pub report_id: ReportId,
    pub position: i32,
    pub account: String,
    pub side: String,
    pub label: String,
    pub planned_cents: Euros,
    pub actual_cents: Euros,
    pub is_eligible: bool,
    pub explanation: String,
    /// A part of an eligible line the fund cannot pay for; zero otherwise.
    pub ineligible_cents: Euros,
}

/// A line of the budget of the application.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = budget_lines)]
pub struct PlannedLine {
    pub position: i32,
    pub account: String,
    pub side: String,
    pub label: String,
    pub planned_cents: Euros,
    pub is_eligible: bool,
    pub ineligible_cents: Euros,
}

/// The budget of an application, in its order.
pub fn planned_lines(conn: &mut Conn, id: ApplicationId) -> Result<Vec<PlannedLine>, StoreError> {
    let rows = budget_lines::table.filter(budget_lines::application_id.eq(id)).order(budget_lines::position);
    Ok(on!(conn, |conn| rows.select(PlannedLine::as_select()).load(conn))?)
}

/// A report with what a list says around it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = reports)]
pub struct ReportFile {
    #[diesel(embed)]
    pub report: ReportRow,
    #[diesel(embed)]
    pub grant: super::disbursements::GrantPart,
    #[diesel(embed)]
    pub holder: HolderPart,
    #[diesel(embed)]
    pub call: CallPart,
    #[diesel(embed)]
    pub fund: FundPart,
}

macro_rules! files {
    () => {
        reports::table
            .inner_join(grants::table.inner_join(organisations::table))
            .inner_join(calls::table.inner_join(funds::table))
    };
}

/// Records a report in its initial state.
pub fn insert(tx: &mut Tx, row: &ReportRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(reports::table).values(row)).execute(conn))?;
    Ok(())
}

/// One report.
pub fn find(conn: &mut Conn, id: ReportId) -> Result<ReportRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(reports::table.find(id).select(ReportRow::as_select())).get_result(conn))?)
}

/// The reports of a grant, in the order in which they are due.
pub fn of_grant(conn: &mut Conn, id: GrantId) -> Result<Vec<ReportRow>, StoreError> {
    let rows = reports::table.filter(reports::grant_id.eq(id)).order((reports::due_on, reports::id));
    Ok(on!(conn, |conn| rows.select(ReportRow::as_select()).load(conn))?)
}

/// The reports of several grants.
pub fn of_grants(conn: &mut Conn, ids: &[GrantId]) -> Result<Vec<ReportRow>, StoreError> {
    let rows = reports::table.filter(reports::grant_id.eq_any(ids)).order((reports::due_on, reports::id));
    Ok(on!(conn, |conn| rows.select(ReportRow::as_select()).load(conn))?)
}

/// The reports in one state after `key`, by due date; none that is hidden from `reader`.
pub fn in_state(
    conn: &mut Conn,
    (state, reader): (ReportState, Option<PersonId>),
    key: Option<(NaiveDate, ReportId)>,
    limit: i64,
) -> Result<Vec<ReportFile>, StoreError> {
    let query = files!().filter(reports::state.eq(state)).order((reports::due_on, reports::id)).limit(limit);
    let mut query = query.select(ReportFile::as_select()).into_boxed();
    if let Some(reader) = reader {
        query = query.filter(grants::application_id.ne_all(hidden_from(reader)));
    }
    if let Some((day, id)) = key {
        query = query.filter(reports::due_on.gt(day).or(reports::due_on.eq(day).and(reports::id.gt(id))));
    }
    Ok(query.load(conn)?)
}

/// The answers of a report.
pub fn answers(conn: &mut Conn, id: ReportId) -> Result<Vec<ReportAnswerRow>, StoreError> {
    let rows = report_answers::table.filter(report_answers::report_id.eq(id)).order(report_answers::question);
    Ok(on!(conn, |conn| rows.select(ReportAnswerRow::as_select()).load(conn))?)
}

/// Writes every answer anew.
pub fn set_answers(tx: &mut Tx, id: ReportId, rows: &[ReportAnswerRow]) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::delete(report_answers::table.filter(report_answers::report_id.eq(id)))
        .execute(conn))?;
    for row in rows {
        on!(tx.conn(), |conn| fixed!(diesel::insert_into(report_answers::table).values(row)).execute(conn))?;
    }
    Ok(())
}

/// The lines of a report, in their order.
pub fn lines(conn: &mut Conn, id: ReportId) -> Result<Vec<ReportLineRow>, StoreError> {
    let rows = report_lines::table.filter(report_lines::report_id.eq(id)).order(report_lines::position);
    Ok(on!(conn, |conn| rows.select(ReportLineRow::as_select()).load(conn))?)
}

/// Writes every line anew.
pub fn set_lines(tx: &mut Tx, id: ReportId, rows: &[ReportLineRow]) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::delete(report_lines::table.filter(report_lines::report_id.eq(id))).execute(conn))?;
    if !rows.is_empty() {
        on!(tx.conn(), |conn| diesel::insert_into(report_lines::table).values(rows).execute(conn))?;
    }
    Ok(())
}

/// Records who files it.
pub fn set_submitted(tx: &mut Tx, id: ReportId, by: PersonId, at: Moment) -> Result<(), StoreError> {
    let row = diesel::update(reports::table.find(id));
    one(on!(tx.conn(), |conn| fixed!(row.set((reports::submitted_by.eq(by), reports::submitted_at.eq(at))))
        .execute(conn))?)
}

/// Writes the eligible cost the officer accepts.
pub fn set_accepted_cost(tx: &mut Tx, id: ReportId, cost: Euros) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(
        diesel::update(reports::table.find(id)).set(reports::accepted_cost_cents.eq(cost))
    )
    .execute(conn))?)
}

/// Writes why the next change happens, or clears it.
pub fn set_reason(tx: &mut Tx, id: ReportId, reason: Option<&str>) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(diesel::update(reports::table.find(id)).set(reports::reason.eq(reason)))
        .execute(conn))?)
}

/// Writes until when it is due.
pub fn set_due_on(tx: &mut Tx, id: ReportId, due_on: NaiveDate) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(diesel::update(reports::table.find(id)).set(reports::due_on.eq(due_on)))
        .execute(conn))?)
}

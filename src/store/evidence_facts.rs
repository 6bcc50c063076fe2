//! What an evidence pack reads beside the grants, payments and papers themselves, for many grants at once.

use super::{
    Conn, StoreError,
    reports::ReportAnswerRow,
    schema::{
        accounts, amendment_lines, amendments, budget_lines, grants, report_answers, report_lines, reports,
        statement_effects, statement_lines,
    },
};
use crate::domain::{
    ids::{ApplicationId, DisbursementId, FundingSourceId, GrantId, ReportId},
    lifecycles::{amendments::AmendmentState, reports::ReportState},
    money::Euros,
    statements::Doing,
};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// The grants for which these sources ever set something aside.
pub fn granted(conn: &mut Conn, sources: &[FundingSourceId]) -> Result<Vec<GrantId>, StoreError> {
    let rows = accounts::table.filter(accounts::funding_source_id.eq_any(sources));
    let rows = rows.filter(accounts::grant_id.is_not_null()).select(accounts::grant_id.assume_not_null()).distinct();
    Ok(on!(conn, |conn| rows.load(conn))?)
}

/// A line of a budget: whose it is, its account, its side and its amount.
pub type Line<I> = (I, String, String, Euros);

/// The budgets of these applications as both sides agree on them: planned, with what amendments in force have shifted.
pub fn planned(conn: &mut Conn, ids: &[ApplicationId]) -> Result<Vec<Line<ApplicationId>>, StoreError> {
    let rows = budget_lines::table.filter(budget_lines::application_id.eq_any(ids));
    let rows = rows.order((budget_lines::application_id, budget_lines::position));
    let columns = (
        budget_lines::application_id,
        budget_lines::position,
        budget_lines::account,
        budget_lines::side,
        budget_lines::planned_cents,
    );
    let found: Vec<(ApplicationId, i32, String, String, Euros)> = on!(conn, |conn| rows.select(columns).load(conn))?;
    let shifted = shifted(conn, ids)?;
    let line = |(application, position, account, side, filed): (ApplicationId, i32, String, String, Euros)| {
        let agreed = shifted.get(&(application, position)).copied().unwrap_or(filed);
        (application, account, side, agreed)
    };
    Ok(found.into_iter().map(line).collect())
}

/// What amendments in force have made of lines of budgets, by application and place: the last word on each.
fn shifted(conn: &mut Conn, ids: &[ApplicationId]) -> Result<BTreeMap<(ApplicationId, i32), Euros>, StoreError> {
    let rows = amendment_lines::table.inner_join(amendments::table.inner_join(grants::table));
    let rows = rows.filter(grants::application_id.eq_any(ids));
    let rows = rows.filter(amendments::state.eq(AmendmentState::Approved));
    let rows = rows.order((amendments::state_at, amendments::id));
    let columns = (grants::application_id, amendment_lines::position, amendment_lines::planned_cents);
    let found: Vec<(ApplicationId, i32, Euros)> = on!(conn, |conn| rows.select(columns).load(conn))?;
    Ok(found.into_iter().map(|(application, position, planned)| ((application, position), planned)).collect())
}

/// What the accepted reports of these grants say was spent and received.
pub fn spent(conn: &mut Conn, ids: &[GrantId]) -> Result<Vec<Line<ReportId>>, StoreError> {
    let rows = report_lines::table.inner_join(reports::table).filter(reports::grant_id.eq_any(ids));
    let rows = rows.filter(reports::state.eq(ReportState::Accepted));
    let rows = rows.order((report_lines::report_id, report_lines::position));
    let columns = (report_lines::report_id, report_lines::account, report_lines::side, report_lines::actual_cents);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// The answers of these reports.
pub fn answers(conn: &mut Conn, ids: &[ReportId]) -> Result<Vec<ReportAnswerRow>, StoreError> {
    let rows = report_answers::table.filter(report_answers::report_id.eq_any(ids));
    let rows = rows.order((report_answers::report_id, report_answers::question));
    Ok(on!(conn, |conn| rows.select(ReportAnswerRow::as_select()).load(conn))?)
}

/// How the bank calls these payments, where a line of a statement told it; the last line last.
pub fn bank_references(
    conn: &mut Conn,
    ids: &[DisbursementId],
) -> Result<Vec<(DisbursementId, Option<String>)>, StoreError> {
    let rows = statement_effects::table.inner_join(statement_lines::table);
    let rows = rows.filter(statement_effects::disbursement_id.assume_not_null().eq_any(ids));
    let rows = rows.filter(statement_effects::doing.eq(Doing::Pay)).order(statement_lines::id);
    let columns = (statement_effects::disbursement_id.assume_not_null(), statement_lines::bank_reference);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

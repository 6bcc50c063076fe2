//! What the checklists of many applications read, a question for all of them at once.

use super::{
    Conn, StoreError,
    answers::BudgetLineRow,
    applications::{ApplicationRow, Sight, visible_to},
    kept_if_few,
    schema::{answers, applications, budget_lines, call_sources, calls, funding_sources, grants, reports},
};
use crate::domain::{
    decisions::{DecisionPace, is_announced},
    ids::{ApplicationId, CallId, FundId, FunderId, OrganisationId},
    lifecycles::{
        applications::ApplicationState,
        calls::CallState,
        grants::GrantState,
        reports::{REPORTING, WITH_AUTHOR},
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;

type Boxed<'a> = applications::BoxedQuery<'a, <Conn as diesel::Connection>::Backend>;

/// The filed applications that wait for the decision on their admissibility, whoever waits longest first; a second look
/// that was asked for is not among them.
pub fn to_check(
    conn: &mut Conn,
    sight: Sight,
    call: Option<CallId>,
    limit: i64,
) -> Result<Vec<ApplicationRow>, StoreError> {
    let mut rows: Boxed<'_> = applications::table.filter(visible_to(sight)).into_boxed();
    rows = rows.filter(applications::state.eq(ApplicationState::Submitted)).filter(applications::appeal.is_null());
    if let Some(call) = call {
        rows = rows.filter(applications::call_id.eq(call));
    }
    let rows = rows.order((applications::state_at, applications::id)).limit(limit);
    Ok(rows.select(ApplicationRow::as_select()).load(conn)?)
}

/// The budgets of these applications, each in order.
pub fn budgets(conn: &mut Conn, ids: &[ApplicationId]) -> Result<Vec<BudgetLineRow>, StoreError> {
    let rows = budget_lines::table.filter(budget_lines::application_id.eq_any(ids));
    let rows = rows.order((budget_lines::application_id, budget_lines::position));
    Ok(on!(conn, |conn| rows.select(BudgetLineRow::as_select()).load(conn))?)
}

/// What these applications answer: of which, the question, the answer.
pub fn answers_of(
    conn: &mut Conn,
    ids: &[ApplicationId],
    questions: &[&str],
) -> Result<Vec<(ApplicationId, String, String)>, StoreError> {
    let rows = answers::table.filter(answers::application_id.eq_any(ids)).filter(answers::question.eq_any(questions));
    let columns = (answers::application_id, answers::question, answers::value);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// The reports these organisations owe since before `day`: whose, and on which application. Once the final report of a grant
/// is accepted, or the grant is terminated, nobody waits for another one.
pub fn overdue_reports(
    conn: &mut Conn,
    organisations: &[OrganisationId],
    day: NaiveDate,
) -> Result<Vec<(OrganisationId, ApplicationId)>, StoreError> {
    let rows = reports::table.inner_join(grants::table).filter(grants::organisation_id.eq_any(organisations));
    let rows = rows.filter(grants::state.eq_any(REPORTING));
    let rows = rows.filter(reports::state.eq_any(WITH_AUTHOR)).filter(reports::due_on.lt(day));
    Ok(on!(conn, |conn| kept_if_few(
        organisations.len(),
        rows.select((grants::organisation_id, grants::application_id))
    )
    .load(conn))?)
}

/// A grant that an organisation was offered and did not decline, with what tells whether it knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct GivenRow {
    pub organisation_id: OrganisationId,
    pub application_id: ApplicationId,
    pub decided_on: NaiveDate,
    pub call_state: CallState,
    pub decision_pace: DecisionPace,
}

impl GivenRow {
    /// Whether the results of its call are announced.
    pub fn is_told(&self) -> bool {
        is_announced(self.call_state, self.decision_pace)
    }
}

macro_rules! given {
    ($organisations:expr) => {
        grants::table
            .inner_join(calls::table)
            .filter(grants::organisation_id.eq_any($organisations))
            .filter(grants::state.ne(GrantState::Declined))
            .select((
                grants::organisation_id,
                grants::application_id,
                grants::decided_on,
                calls::state,
                calls::decision_pace,
            ))
    };
}

/// The grants these organisations were offered by a fund.
pub fn grants_of_fund(
    conn: &mut Conn,
    organisations: &[OrganisationId],
    fund: FundId,
) -> Result<Vec<GivenRow>, StoreError> {
    let rows = given!(organisations).filter(calls::fund_id.eq(fund));
    Ok(on!(conn, |conn| kept_if_few(organisations.len(), rows).load(conn))?)
}

/// The grants these organisations were offered by any fund out of the money of these funders.
pub fn grants_of_funders(
    conn: &mut Conn,
    organisations: &[OrganisationId],
    funders: &[FunderId],
) -> Result<Vec<GivenRow>, StoreError> {
    let drawn = call_sources::table
        .inner_join(funding_sources::table)
        .filter(funding_sources::funder_id.eq_any(funders))
        .select(call_sources::call_id);
    let rows = given!(organisations).filter(grants::call_id.eq_any(drawn));
    Ok(on!(conn, |conn| rows.load(conn))?)
}

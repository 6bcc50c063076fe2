//! Applications of a call by reference, and what is said around grants and payments of them.

use super::Days;
use crate::{
    domain::{
        budgets::Side,
        identity::{Rna, Siret, Uai},
        ids::{ApplicationId, CallId, OrganisationId},
        lifecycles::applications::ApplicationState,
        money::Euros,
        time::Moment,
    },
    store::{
        Conn, StoreError,
        applications::{Sight, visible_to},
        schema::{answers, applications, budget_lines, organisations},
    },
};
use chrono::NaiveDate;
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Nullable},
};

/// An application without what surrounds it. Means are hundredths of a point out of 100.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = applications)]
pub struct ApplicationLine {
    pub id: ApplicationId,
    pub organisation_id: OrganisationId,
    pub partner_organisation_id: Option<OrganisationId>,
    pub reference: String,
    pub revision: i32,
    pub title: String,
    pub requested_cents: Euros,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub country_code: Option<String>,
    pub submitted_at: Option<Moment>,
    pub decided_cents: Option<Euros>,
    pub score_count: i32,
    pub score_mean: i64,
    pub state: ApplicationState,
    pub state_at: Moment,
}

/// An organisation as exports name it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = organisations)]
pub struct OrganisationLine {
    pub id: OrganisationId,
    pub name: String,
    pub siret: Option<Siret>,
    pub rna: Option<Rna>,
    pub uai: Option<Uai>,
    pub city: String,
    pub department: String,
}

/// The applications of a call filed on these days that exist for this reader, after this reference. A draft never
/// leaves the house.
pub fn applications(
    conn: &mut Conn,
    sight: Sight,
    call: CallId,
    days: Days,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<ApplicationLine>, StoreError> {
    let query = applications::table.filter(applications::call_id.eq(call)).filter(visible_to(sight));
    let query = query.filter(applications::state.ne(ApplicationState::Draft));
    let query = query.order(applications::reference).limit(limit).select(ApplicationLine::as_select());
    let mut query = query.into_boxed();
    if let Some(key) = after {
        query = query.filter(applications::reference.gt(key.to_owned()));
    }
    if let Some(day) = days.from {
        query = query.filter(applications::submitted_at.ge(Moment::start_of_day(day)));
    }
    if let Some(day) = days.to {
        query = query.filter(applications::submitted_at.lt(Moment::end_of_day(day)));
    }
    Ok(query.load(conn)?)
}

/// What these applications answered: application, question, answer.
pub fn answers(conn: &mut Conn, ids: &[ApplicationId]) -> Result<Vec<(ApplicationId, String, String)>, StoreError> {
    let rows = answers::table.filter(answers::application_id.eq_any(ids));
    let rows = rows.select((answers::application_id, answers::question, answers::value));
    Ok(on!(conn, |conn| rows.load(conn))?)
}

/// Those of these applications that exist for this reader.
pub fn applications_of(
    conn: &mut Conn,
    sight: Sight,
    ids: &[ApplicationId],
) -> Result<Vec<ApplicationLine>, StoreError> {
    let rows = applications::table.filter(applications::id.eq_any(ids)).filter(visible_to(sight));
    Ok(rows.select(ApplicationLine::as_select()).load(conn)?)
}

/// These organisations.
pub fn organisations_of(conn: &mut Conn, ids: &[OrganisationId]) -> Result<Vec<OrganisationLine>, StoreError> {
    let rows = organisations::table.filter(organisations::id.eq_any(ids));
    Ok(on!(conn, |conn| rows.select(OrganisationLine::as_select()).load(conn))?)
}

/// What each of these applications plans to spend, valuations included.
pub fn planned_expenses(conn: &mut Conn, ids: &[ApplicationId]) -> Result<Vec<(ApplicationId, Euros)>, StoreError> {
    let total = sql::<Nullable<BigInt>>("CAST(SUM(planned_cents) AS BIGINT)");
    let rows = budget_lines::table.filter(budget_lines::application_id.eq_any(ids));
    let rows = rows.filter(budget_lines::side.eq(Side::Expense.code())).group_by(budget_lines::application_id);
    let sums: Vec<(ApplicationId, Option<i64>)> =
        on!(conn, |conn| rows.select((budget_lines::application_id, total)).load(conn))?;
    Ok(sums.into_iter().map(|(id, cents)| (id, Euros::from_cents(cents.unwrap_or_default()))).collect())
}

/// The means of the scored applications of a call that exist for this reader, best first: a rank is a place in them.
pub fn marks(conn: &mut Conn, sight: Sight, call: CallId) -> Result<Vec<(ApplicationId, i64)>, StoreError> {
    let rows = applications::table.filter(applications::call_id.eq(call)).filter(visible_to(sight));
    let rows = rows.filter(applications::score_count.gt(0)).order(applications::score_mean.desc());
    Ok(rows.select((applications::id, applications::score_mean)).load(conn)?)
}

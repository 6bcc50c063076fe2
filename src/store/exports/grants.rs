//! Grants of a call, in the order of their making, and what the journal says of them.

use super::Days;
use crate::{
    domain::{
        ids::{ApplicationId, CallId, FundingSourceId, GrantId, OrganisationId},
        journal::Stage,
        lifecycles::{calls::CallState, grants::GrantState},
        money::{Euros, Rate},
        reports::ReportKind,
        time::Moment,
    },
    store::{
        Conn, StoreError,
        schema::{accounts, grants, reports, transfers, transitions},
    },
};
use chrono::NaiveDate;
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Nullable},
};

/// A grant without what surrounds it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = grants)]
pub struct GrantLine {
    pub id: GrantId,
    pub application_id: ApplicationId,
    pub organisation_id: OrganisationId,
    pub reference: String,
    pub rate_points: Rate,
    pub decided_on: NaiveDate,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub holder_signed_at: Option<Moment>,
    pub issuer_signed_at: Option<Moment>,
    pub state: GrantState,
    pub created_at: Moment,
}

/// The grants of a call decided on these days, after `after`.
pub fn grants(
    conn: &mut Conn,
    call: CallId,
    days: Days,
    after: Option<GrantId>,
    limit: i64,
) -> Result<Vec<GrantLine>, StoreError> {
    let query = grants::table.filter(grants::call_id.eq(call)).order(grants::id).limit(limit);
    let mut query = query.select(GrantLine::as_select()).into_boxed();
    if let Some(key) = after {
        query = query.filter(grants::id.gt(key));
    }
    if let Some(day) = days.from {
        query = query.filter(grants::decided_on.ge(day));
    }
    if let Some(day) = days.to {
        query = query.filter(grants::decided_on.le(day));
    }
    Ok(query.load(conn)?)
}

/// These grants.
pub fn grants_of(conn: &mut Conn, ids: &[GrantId]) -> Result<Vec<GrantLine>, StoreError> {
    Ok(on!(conn, |conn| grants::table.filter(grants::id.eq_any(ids)).select(GrantLine::as_select()).load(conn))?)
}

/// What of each grant lies at each stage of each source, in the order of the sources.
pub fn lying(conn: &mut Conn, ids: &[GrantId]) -> Result<Vec<(GrantId, Stage, FundingSourceId, Euros)>, StoreError> {
    let total = || sql::<Nullable<BigInt>>("CAST(SUM(transfers.amount_cents) AS BIGINT)");
    type Sum = (Option<GrantId>, Stage, FundingSourceId, Option<i64>);
    let key = (accounts::grant_id, accounts::stage, accounts::funding_source_id);
    let into = accounts::table.inner_join(transfers::table.on(transfers::to_account.eq(accounts::id)));
    let into = into.filter(accounts::grant_id.eq_any(ids)).group_by(key);
    let into: Vec<Sum> = on!(conn, |conn| into
        .select((accounts::grant_id, accounts::stage, accounts::funding_source_id, total()))
        .load(conn))?;
    let out = accounts::table.inner_join(transfers::table.on(transfers::from_account.eq(accounts::id)));
    let out = out.filter(accounts::grant_id.eq_any(ids)).group_by(key);
    let out: Vec<Sum> = on!(conn, |conn| out
        .select((accounts::grant_id, accounts::stage, accounts::funding_source_id, total()))
        .load(conn))?;
    let mut lying = std::collections::BTreeMap::new();
    let signed = into.into_iter().map(|row| (row, 1)).chain(out.into_iter().map(|row| (row, -1)));
    for ((grant, stage, source, cents), sign) in signed {
        let Some(grant) = grant else { continue };
        *lying.entry((grant, stage, source)).or_insert(0) += sign * cents.unwrap_or_default();
    }
    Ok(lying
        .into_iter()
        .map(|((grant, stage, source), cents)| (grant, stage, source, Euros::from_cents(cents)))
        .collect())
}

/// When the final report of each of these grants is due.
pub fn final_reports_due(conn: &mut Conn, ids: &[GrantId]) -> Result<Vec<(GrantId, NaiveDate)>, StoreError> {
    let rows = reports::table.filter(reports::grant_id.eq_any(ids)).filter(reports::kind.eq(ReportKind::Final));
    Ok(on!(conn, |conn| rows.select((reports::grant_id, reports::due_on)).load(conn))?)
}

/// When the results of a call were announced.
pub fn announced_at(conn: &mut Conn, call: CallId) -> Result<Option<Moment>, StoreError> {
    let rows = transitions::table.filter(transitions::subject_id.eq(call.as_str()));
    let rows = rows.filter(transitions::to_state.eq(CallState::Announced.code())).order(transitions::seq);
    Ok(on!(conn, |conn| rows.select(transitions::at).first(conn)).optional()?)
}

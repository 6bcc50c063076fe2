//! Funded projects as anybody may read them: only of calls whose results are announced.

use super::{
    Conn, StoreError,
    schema::{applications, calls, funds, grants, organisations},
};
use crate::domain::{
    ids::GrantId,
    lifecycles::{calls::CallState, grants::GrantState},
    money::Euros,
};
use chrono::NaiveDate;
use diesel::prelude::*;

/// A funded project.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct FundedProject {
    pub id: GrantId,
    pub title: String,
    pub organisation: String,
    pub city: String,
    pub department: String,
    pub fund_code: String,
    pub fund_name: String,
    pub amount: Euros,
    pub decided_on: NaiveDate,
}

/// The funded projects, newest first, after the one shown last.
pub fn page(conn: &mut Conn, after: Option<GrantId>, limit: i64) -> Result<Vec<FundedProject>, StoreError> {
    let rows = grants::table
        .inner_join(
            applications::table
                .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id))),
        )
        .inner_join(calls::table.inner_join(funds::table))
        .filter(calls::state.eq_any([CallState::Announced, CallState::Archived]))
        .filter(grants::state.ne_all([GrantState::Offered, GrantState::Declined, GrantState::Terminated]))
        .order(grants::id.desc())
        .limit(limit);
    let columns = (
        grants::id,
        applications::title,
        organisations::name,
        organisations::city,
        organisations::department,
        funds::code,
        funds::name,
        grants::amount_cents,
        grants::decided_on,
    );
    let query = rows.select(columns).into_boxed();
    let query = match after {
        Some(id) => query.filter(grants::id.lt(id)),
        None => query,
    };
    Ok(query.load(conn)?)
}

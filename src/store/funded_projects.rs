//! Funded projects as anybody may read them: only of calls whose results are announced.

use super::{
    Conn, StoreError,
    schema::{applications, calls, funds, grants, organisations},
};
use crate::domain::{
    decisions::{ANNOUNCED, AT_ONCE},
    ids::GrantId,
    lifecycles::grants::GrantState,
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
    let announced = calls::state.eq_any(ANNOUNCED);
    let announced = calls::table.filter(announced.or(calls::decision_pace.eq(AT_ONCE)));
    let ids = grants::table
        // The empty text keeps the planner from reading every grant of every announced call to sort them: the newest few
        // are found by walking the grants from the newest on.
        .filter(grants::call_id.concat("").eq_any(announced.select(calls::id)))
        .filter(grants::state.ne_all([GrantState::Offered, GrantState::Declined, GrantState::Terminated]))
        .order(grants::id.desc())
        .limit(limit)
        .select(grants::id)
        .into_boxed();
    let ids: Vec<GrantId> = match after {
        Some(id) => ids.filter(grants::id.lt(id)).load(conn)?,
        None => ids.load(conn)?,
    };
    let rows = grants::table
        .inner_join(
            applications::table
                .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id))),
        )
        .inner_join(calls::table.inner_join(funds::table))
        .filter(grants::id.eq_any(ids))
        .order(grants::id.desc());
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
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

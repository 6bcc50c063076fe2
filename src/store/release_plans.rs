//! When the results of a call are announced by the clock: one plan for each call at most.

use super::{
    Conn, StoreError, Tx, one,
    schema::{applications, calls, people, release_plans},
};
use crate::domain::{
    decisions::{ANNOUNCED, AT_ONCE, DECIDED},
    ids::{CallId, PersonId},
    lifecycles::calls::CallState,
    time::Moment,
};
use diesel::{dsl, prelude::*};

/// A plan: when the results leave, who fixed that and when. `halted_at` is when the clock was refused.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = release_plans, treat_none_as_default_value = false)]
pub struct PlanRow {
    pub call_id: CallId,
    pub release_at: Moment,
    pub fixed_by: PersonId,
    pub fixed_at: Moment,
    pub halted_at: Option<Moment>,
}

/// The plan of a call and the name of whoever fixed it.
pub fn of_call(conn: &mut Conn, call: CallId) -> Result<Option<(PlanRow, String)>, StoreError> {
    let rows = release_plans::table.inner_join(people::table).filter(release_plans::call_id.eq(call));
    Ok(on!(conn, |conn| rows.select((PlanRow::as_select(), people::name)).first(conn)).optional()?)
}

/// Writes the plan of a call in place of the one it had.
pub fn set(tx: &mut Tx, row: &PlanRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::delete(release_plans::table.find(row.call_id)).execute(conn))?;
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(release_plans::table).values(row)).execute(conn))?;
    Ok(())
}

/// Takes the plan of a call away.
pub fn remove(tx: &mut Tx, call: CallId) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| diesel::delete(release_plans::table.find(call)).execute(conn))?)
}

/// Notes that the clock was refused: it does not try again by itself.
pub fn halt(tx: &mut Tx, call: CallId, now: Moment) -> Result<(), StoreError> {
    let plan = release_plans::table.find(call).filter(release_plans::halted_at.is_null());
    one(on!(tx.conn(), |conn| diesel::update(plan).set(release_plans::halted_at.eq(now)).execute(conn))?)
}

/// The calls whose results are to leave by `now`, the earliest first.
pub fn due(conn: &mut Conn, now: Moment) -> Result<Vec<CallId>, StoreError> {
    let rows = release_plans::table.inner_join(calls::table).filter(release_plans::release_at.le(now));
    let rows = rows.filter(release_plans::halted_at.is_null()).filter(calls::state.eq(CallState::Deliberated));
    let rows = rows.order((release_plans::release_at, release_plans::call_id));
    Ok(on!(conn, |conn| rows.select(release_plans::call_id).load(conn))?)
}

/// A call whose decisions are taken and not told: their letters and mails are made as its results are announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untold {
    pub reference: String,
    pub title: String,
    /// How many decisions wait.
    pub decided: i64,
    /// When they leave by the clock, where an hour is fixed.
    pub release_at: Option<Moment>,
    /// When the clock was refused.
    pub halted_at: Option<Moment>,
}

/// A call, its reference and title, and its plan.
type Planned = (CallId, String, String, Option<Moment>, Option<Moment>);

/// The calls whose decisions are under embargo, by their references; decisions on `hidden` files are not counted.
pub fn untold(conn: &mut Conn, hidden: &[String]) -> Result<Vec<Untold>, StoreError> {
    let rows = applications::table.inner_join(calls::table).filter(applications::state.eq_any(DECIDED));
    let rows = rows.filter(calls::state.ne_all(ANNOUNCED)).filter(calls::decision_pace.ne(AT_ONCE));
    let rows = rows.filter(applications::id.ne_all(hidden)).group_by(applications::call_id);
    let counts: Vec<(CallId, i64)> =
        on!(conn, |conn| rows.select((applications::call_id, dsl::count_star())).load(conn))?;
    if counts.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<CallId> = counts.iter().map(|(call, _)| *call).collect();
    let rows = calls::table.left_join(release_plans::table).filter(calls::id.eq_any(ids)).order(calls::reference);
    let (release_at, halted_at) = (release_plans::release_at.nullable(), release_plans::halted_at.nullable());
    let rows = rows.select((calls::id, calls::reference, calls::title, release_at, halted_at));
    let found: Vec<Planned> = on!(conn, |conn| rows.load(conn))?;
    let untold = |(id, reference, title, release_at, halted_at): Planned| Untold {
        decided: counts.iter().find(|(call, _)| *call == id).map_or(0, |(_, count)| *count),
        reference,
        title,
        release_at,
        halted_at,
    };
    Ok(found.into_iter().map(untold).collect())
}

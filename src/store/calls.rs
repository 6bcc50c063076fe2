//! Calls for projects (appels à projets) and the revisions of their definitions.

use super::{
    Conn, SharedText, StoreError, Tx, kept, one,
    schema::{applications, call_sources, calls, form_revisions, funds, grants, sessions},
};
use crate::domain::{
    decisions::{DecisionPace, is_announced},
    ids::{CallId, FundId},
    lifecycles::{
        applications::ApplicationState::{self, *},
        calls::CallState,
        grants::GrantState,
        sessions::SessionState,
    },
    money::Euros,
    time::{Moment, Window},
};
use diesel::prelude::*;

/// A call. `settings` is the JSON of its definition, `revision` the number of that text; the window is UTC.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = calls, treat_none_as_default_value = false)]
pub struct CallRow {
    pub id: CallId,
    pub fund_id: FundId,
    pub reference: String,
    pub title: String,
    pub opens_at: Moment,
    pub closes_at: Moment,
    pub envelope_cents: Euros,
    pub revision: i32,
    pub settings: SharedText,
    pub next_number: i32,
    pub state: CallState,
    pub version: i32,
    pub state_at: Moment,
    pub created_at: Moment,
    /// Why it is cancelled.
    pub reason: Option<String>,
    pub decision_pace: DecisionPace,
}

impl CallRow {
    /// When the call takes applications.
    pub fn window(&self) -> Window {
        Window { opens: self.opens_at, closes: self.closes_at }
    }

    /// Whether a decision on its files is told to their people.
    pub fn is_announced(&self) -> bool {
        is_announced(self.state, self.decision_pace)
    }

    /// Whether an application may be filed now: the one judgement, by state and window.
    pub fn is_open(&self, now: Moment) -> bool {
        self.state == CallState::Published && self.window().is_open(now)
    }

    /// The same for an application that has a pass until then.
    pub fn is_open_until(&self, pass: Option<Moment>, now: Moment) -> bool {
        let takes_late = matches!(self.state, CallState::Published | CallState::InReview);
        self.is_open(now) || (pass.is_some() && takes_late && self.window().extended(pass).is_open(now))
    }
}

/// A call on a list, without its definition.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct CallLine {
    pub id: CallId,
    pub reference: String,
    pub title: String,
    pub fund_code: String,
    pub fund_name: String,
    pub opens_at: Moment,
    pub closes_at: Moment,
    pub envelope: Euros,
    pub state: CallState,
}

/// One call.
pub fn find(conn: &mut Conn, id: CallId) -> Result<CallRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(calls::table.find(id).select(CallRow::as_select())).get_result(conn))?)
}

/// Every call: its identifier, its reference and the JSON of its definition.
pub fn all_settings(conn: &mut Conn) -> Result<Vec<(CallId, String, SharedText)>, StoreError> {
    Ok(on!(conn, |conn| calls::table
        .order(calls::id)
        .select((calls::id, calls::reference, calls::settings))
        .load(conn))?)
}

/// The call with this reference.
pub fn by_reference(conn: &mut Conn, reference: &str) -> Result<Option<CallRow>, StoreError> {
    Ok(on!(conn, |conn| calls::table.filter(calls::reference.eq(reference)).select(CallRow::as_select()).first(conn))
        .optional()?)
}

/// The columns of a call on a list.
macro_rules! lines {
    () => {
        (
            calls::id,
            calls::reference,
            calls::title,
            funds::code,
            funds::name,
            calls::opens_at,
            calls::closes_at,
            calls::envelope_cents,
            calls::state,
        )
    };
}

/// Where a list of calls goes on: the last one that was shown.
pub type Key = (Moment, CallId);

/// Calls in these states after `key`, the one that closes last at the top.
pub fn page(conn: &mut Conn, states: &[CallState], key: Option<Key>, limit: i64) -> Result<Vec<CallLine>, StoreError> {
    let rows = calls::table.inner_join(funds::table).filter(calls::state.eq_any(states.to_vec()));
    let rows = rows.order((calls::closes_at.desc(), calls::id.desc())).limit(limit).select(lines!()).into_boxed();
    match key {
        Some((at, id)) => {
            let earlier = calls::closes_at.lt(at).or(calls::closes_at.eq(at).and(calls::id.lt(id)));
            Ok(rows.filter(earlier).load(conn)?)
        }
        None => Ok(rows.load(conn)?),
    }
}

/// Calls in these states, the one that closes first at the top.
pub fn in_states(conn: &mut Conn, states: &[CallState], limit: i64) -> Result<Vec<CallLine>, StoreError> {
    let rows = calls::table.inner_join(funds::table).filter(calls::state.eq_any(states));
    Ok(on!(conn, |conn| kept(rows.order((calls::closes_at, calls::id)).limit(limit).select(lines!())).load(conn))?)
}

/// The calls in a state whose window closes after `now`, soonest first.
pub fn to_come(conn: &mut Conn, state: CallState, now: Moment) -> Result<Vec<CallRow>, StoreError> {
    let rows = calls::table.filter(calls::state.eq(state).and(calls::closes_at.gt(now)));
    Ok(on!(conn, |conn| rows.order((calls::closes_at, calls::id)).select(CallRow::as_select()).load(conn))?)
}

/// The calls in these states whose window is over, the latest first.
pub fn over(conn: &mut Conn, states: &[CallState], now: Moment, limit: i64) -> Result<Vec<CallRow>, StoreError> {
    let rows = calls::table.filter(calls::state.eq_any(states).and(calls::closes_at.le(now)));
    Ok(on!(conn, |conn| kept(
        rows.order((calls::closes_at.desc(), calls::id)).limit(limit).select(CallRow::as_select())
    )
    .load(conn))?)
}

/// The definition of a call as it was at this revision.
pub fn settings_at(conn: &mut Conn, id: CallId, revision: i32) -> Result<SharedText, StoreError> {
    Ok(on!(conn, |conn| form_revisions::table.find((id, revision)).select(form_revisions::settings).first(conn))?)
}

/// Since when a call says what a revision says.
pub fn revised_at(conn: &mut Conn, id: CallId, revision: i32) -> Result<Moment, StoreError> {
    Ok(on!(conn, |conn| form_revisions::table.find((id, revision)).select(form_revisions::made_at).first(conn))?)
}

/// Adds a call, its first revision and what it draws from each source, in order.
pub fn insert(tx: &mut Tx, row: &CallRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(calls::table).values(row)).execute(conn))?;
    Ok(())
}

/// Keeps one revision of a definition for good.
pub fn insert_revision(tx: &mut Tx, id: CallId, revision: i32, settings: &str, now: Moment) -> Result<(), StoreError> {
    let row = (
        form_revisions::call_id.eq(id),
        form_revisions::revision.eq(revision),
        form_revisions::settings.eq(settings),
        form_revisions::made_at.eq(now),
    );
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(form_revisions::table).values(row)).execute(conn))?;
    Ok(())
}

/// Writes what a call's definition says again, unless its state or definition changed since `version` was read.
pub fn redefine(tx: &mut Tx, row: &CallRow) -> Result<(), StoreError> {
    let known = calls::table.find(row.id).filter(calls::version.eq(row.version)).filter(calls::state.eq(row.state));
    let values = (
        calls::title.eq(&row.title),
        calls::opens_at.eq(row.opens_at),
        calls::closes_at.eq(row.closes_at),
        calls::envelope_cents.eq(row.envelope_cents),
        calls::revision.eq(row.revision),
        calls::settings.eq(&row.settings),
        calls::decision_pace.eq(row.decision_pace),
    );
    one(on!(tx.conn(), |conn| kept(diesel::update(known).set(values)).execute(conn))?)
}

/// Takes the sources of a call away, before they are written anew.
pub fn clear_sources(tx: &mut Tx, id: CallId) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::delete(call_sources::table.filter(call_sources::call_id.eq(id))).execute(conn))?;
    Ok(())
}

/// Writes why a call is about to be cancelled.
pub fn set_reason(tx: &mut Tx, id: CallId, reason: &str) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| fixed!(diesel::update(calls::table.find(id)).set(calls::reason.eq(reason)))
        .execute(conn))?)
}

/// Draws the next number of an application to this call.
pub fn draw_number(tx: &mut Tx, id: CallId) -> Result<i32, StoreError> {
    let row = calls::table.find(id);
    let number: i32 = on!(tx.conn(), |conn| row.select(calls::next_number).first(conn))?;
    let known = row.filter(calls::next_number.eq(number));
    one(on!(tx.conn(), |conn| kept(diesel::update(known).set(calls::next_number.eq(number + 1))).execute(conn))?)?;
    Ok(number)
}

/// How many applications to this call are in these states.
pub fn count_applications(conn: &mut Conn, id: CallId, states: &[ApplicationState]) -> Result<i64, StoreError> {
    let rows = applications::table.filter(applications::call_id.eq(id)).filter(applications::state.eq_any(states));
    Ok(on!(conn, |conn| kept(rows.count()).get_result(conn))?)
}

/// Filed and not yet decided.
pub const UNDECIDED: &[ApplicationState] = &[Submitted, ComplementRequested, Eligible, InReview];
/// Filed at some time and not withdrawn.
pub const FILED: &[ApplicationState] =
    &[Submitted, ComplementRequested, Eligible, Ineligible, InReview, Awarded, ReserveListed, Rejected, Deferred];

/// Sessions of the call that are not confirmed.
pub fn count_unconfirmed_sessions(conn: &mut Conn, id: CallId) -> Result<i64, StoreError> {
    let rows = sessions::table.filter(sessions::call_id.eq(id)).filter(sessions::state.ne(SessionState::Confirmed));
    Ok(on!(conn, |conn| rows.count().get_result(conn))?)
}

/// Grants of the call that are neither closed, declined nor terminated.
pub fn count_open_grants(conn: &mut Conn, id: CallId) -> Result<i64, StoreError> {
    let over = [GrantState::Closed, GrantState::Declined, GrantState::Terminated];
    let rows = grants::table.filter(grants::call_id.eq(id)).filter(grants::state.ne_all(over));
    Ok(on!(conn, |conn| rows.count().get_result(conn))?)
}

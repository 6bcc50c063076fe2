//! Sessions of the committee (séances): agenda, confirmation.

use super::{
    Conn, StoreError, Tx, kept, one,
    recusals::hidden_from,
    schema::{applications, calls, organisations, session_items, sessions},
};
use crate::domain::{
    ids::{ApplicationId, CallId, PersonId, SessionId},
    lifecycles::{applications::ApplicationState, sessions::SessionState},
    money::Euros,
    time::Moment,
};
use chrono::NaiveDate;
use diesel::{dsl, prelude::*};

/// A session. `meets_at` is UTC.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub struct SessionRow {
    pub id: SessionId,
    pub call_id: CallId,
    pub title: String,
    pub meets_at: Moment,
    pub place: String,
    pub chair_id: Option<PersonId>,
    /// Voting members that must be present or represented.
    pub quorum: i32,
    pub confirmed_on: Option<NaiveDate>,
    pub state: SessionState,
    pub version: i32,
    pub state_at: Moment,
    pub created_at: Moment,
}

/// A line of the agenda with what the committee needs to see of the file.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Item {
    pub application_id: ApplicationId,
    pub position: i32,
    pub reference: String,
    pub title: String,
    pub organisation: String,
    pub requested_cents: Euros,
    pub decided_cents: Option<Euros>,
    pub motive: Option<String>,
    pub conditions: Option<String>,
    pub score_mean: i64,
    pub score_count: i32,
    pub state: ApplicationState,
    pub version: i32,
}

/// One session.
pub fn find(conn: &mut Conn, id: SessionId) -> Result<SessionRow, StoreError> {
    Ok(on!(conn, |conn| fixed!(sessions::table.find(id).select(SessionRow::as_select())).get_result(conn))?)
}

/// The sessions of a call, in the order in which they meet.
pub fn of_call(conn: &mut Conn, call: CallId) -> Result<Vec<SessionRow>, StoreError> {
    let rows = sessions::table.filter(sessions::call_id.eq(call)).order((sessions::meets_at, sessions::id));
    Ok(on!(conn, |conn| rows.select(SessionRow::as_select()).load(conn))?)
}

/// The sessions in these states, in the order in which they meet.
pub fn in_states(conn: &mut Conn, states: &[SessionState], limit: i64) -> Result<Vec<SessionRow>, StoreError> {
    let rows = sessions::table.filter(sessions::state.eq_any(states)).order((sessions::meets_at, sessions::id));
    Ok(on!(conn, |conn| kept(rows.limit(limit).select(SessionRow::as_select())).load(conn))?)
}

/// A session on a list.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct SessionLine {
    pub id: SessionId,
    pub title: String,
    pub call_title: String,
    pub meets_at: Moment,
    pub place: String,
    pub state: SessionState,
}

/// The sessions planned before `key`, the last planned first.
pub fn page(conn: &mut Conn, key: Option<SessionId>, limit: i64) -> Result<Vec<SessionLine>, StoreError> {
    let rows = sessions::table.inner_join(calls::table).order(sessions::id.desc()).limit(limit);
    let columns = (sessions::id, sessions::title, calls::title, sessions::meets_at, sessions::place, sessions::state);
    let rows = rows.select(columns).into_boxed();
    match key {
        Some(key) => Ok(rows.filter(sessions::id.lt(key)).load(conn)?),
        None => Ok(rows.load(conn)?),
    }
}

/// The sessions in one state after `key`, the first to meet first.
pub fn lines_in(
    conn: &mut Conn,
    state: SessionState,
    key: Option<(Moment, SessionId)>,
    limit: i64,
) -> Result<Vec<SessionLine>, StoreError> {
    let rows = sessions::table.inner_join(calls::table).filter(sessions::state.eq(state));
    let rows = rows.order((sessions::meets_at, sessions::id)).limit(limit);
    let columns = (sessions::id, sessions::title, calls::title, sessions::meets_at, sessions::place, sessions::state);
    let rows = rows.select(columns).into_boxed();
    match key {
        Some((at, id)) => {
            let later = sessions::meets_at.gt(at).or(sessions::meets_at.eq(at).and(sessions::id.gt(id)));
            Ok(rows.filter(later).load(conn)?)
        }
        None => Ok(rows.load(conn)?),
    }
}

/// The sessions of these calls in these states, the first to meet first.
pub fn lines_of_calls(
    conn: &mut Conn,
    calls_: &[CallId],
    states: &[SessionState],
    limit: i64,
) -> Result<Vec<SessionLine>, StoreError> {
    let rows = sessions::table.inner_join(calls::table).filter(sessions::call_id.eq_any(calls_));
    let rows = rows.filter(sessions::state.eq_any(states)).order((sessions::meets_at, sessions::id)).limit(limit);
    let columns = (sessions::id, sessions::title, calls::title, sessions::meets_at, sessions::place, sessions::state);
    Ok(on!(conn, |conn| kept(rows.select(columns)).load(conn))?)
}

/// How many sessions of a call are not confirmed.
pub fn count_unconfirmed(conn: &mut Conn, call: CallId) -> Result<i64, StoreError> {
    let rows = sessions::table.filter(sessions::call_id.eq(call)).filter(sessions::state.ne(SessionState::Confirmed));
    Ok(on!(conn, |conn| rows.count().get_result(conn))?)
}

/// Records a new session in its initial state.
pub fn insert(tx: &mut Tx, row: &SessionRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(sessions::table).values(row)).execute(conn))?;
    Ok(())
}

/// Changes when and where a session meets.
pub fn set_meeting(tx: &mut Tx, id: SessionId, title: &str, at: Moment, place: &str) -> Result<(), StoreError> {
    let changes = (sessions::title.eq(title), sessions::meets_at.eq(at), sessions::place.eq(place));
    one(on!(tx.conn(), |conn| kept(diesel::update(sessions::table.find(id)).set(changes)).execute(conn))?)
}

/// Writes when the board confirmed the decisions.
pub fn set_confirmed_on(tx: &mut Tx, id: SessionId, day: NaiveDate) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| kept(diesel::update(sessions::table.find(id)).set(sessions::confirmed_on.eq(day)))
        .execute(conn))?)
}

/// Writes who chairs.
pub fn set_chair(tx: &mut Tx, id: SessionId, chair: Option<PersonId>) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| kept(diesel::update(sessions::table.find(id)).set(sessions::chair_id.eq(chair)))
        .execute(conn))?)
}

/// The agenda. What `reader` is recused from is left out: it is discussed without them (hors séance).
pub fn items(conn: &mut Conn, id: SessionId, reader: Option<PersonId>) -> Result<Vec<Item>, StoreError> {
    let rows = session_items::table
        .inner_join(applications::table.on(applications::id.eq(session_items::application_id)))
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .filter(session_items::session_id.eq(id))
        .order((session_items::position, applications::reference));
    let columns = (
        applications::id,
        session_items::position,
        applications::reference,
        applications::title,
        organisations::name,
        applications::requested_cents,
        applications::decided_cents,
        applications::motive,
        applications::conditions,
        applications::score_mean,
        applications::score_count,
        applications::state,
        applications::version,
    );
    let Some(reader) = reader else { return Ok(on!(conn, |conn| rows.select(columns).load(conn))?) };
    Ok(on!(conn, |conn| rows.filter(applications::id.ne_all(hidden_from(reader))).select(columns).load(conn))?)
}

/// How many applications are on the agenda, and how many of them stand in one of `states`.
pub fn count_items(conn: &mut Conn, id: SessionId, states: &[ApplicationState]) -> Result<(i64, i64), StoreError> {
    let rows =
        session_items::table.inner_join(applications::table.on(applications::id.eq(session_items::application_id)));
    let rows = rows.filter(session_items::session_id.eq(id));
    let all = on!(conn, |conn| kept(rows.count()).get_result(conn))?;
    let some = on!(conn, |conn| kept(rows.filter(applications::state.eq_any(states)).count()).get_result(conn))?;
    Ok((all, some))
}

/// The states of the sessions on whose agenda an application stands.
pub fn states_hearing(conn: &mut Conn, application: ApplicationId) -> Result<Vec<SessionState>, StoreError> {
    let rows = session_items::table.inner_join(sessions::table);
    let rows = rows.filter(session_items::application_id.eq(application));
    Ok(on!(conn, |conn| rows.order(sessions::meets_at).select(sessions::state).load(conn))?)
}

/// The same for several applications, the first to meet first.
pub fn states_hearing_each(
    conn: &mut Conn,
    ids: &[ApplicationId],
) -> Result<Vec<(ApplicationId, SessionState)>, StoreError> {
    let rows = session_items::table.inner_join(sessions::table);
    let rows = rows.filter(session_items::application_id.eq_any(ids)).order(sessions::meets_at);
    Ok(on!(conn, |conn| rows.select((session_items::application_id, sessions::state)).load(conn))?)
}

/// The sessions on whose agenda an application stands.
pub fn hearing(conn: &mut Conn, application: ApplicationId) -> Result<Vec<SessionId>, StoreError> {
    let rows = session_items::table.filter(session_items::application_id.eq(application));
    Ok(on!(conn, |conn| rows.select(session_items::session_id).load(conn))?)
}

/// Applications of a call that wait on no session's agenda, best first; ties by reference.
pub fn unplanned(conn: &mut Conn, call: CallId, states: &[ApplicationState]) -> Result<Vec<ApplicationId>, StoreError> {
    let open = session_items::table.inner_join(sessions::table).filter(sessions::call_id.eq(call));
    let open = open.filter(sessions::state.ne_all([SessionState::Minuted, SessionState::Confirmed]));
    let rows = applications::table.filter(applications::call_id.eq(call)).filter(applications::state.eq_any(states));
    let rows = rows.filter(applications::id.ne_all(open.select(session_items::application_id)));
    let rows = rows.order((applications::score_mean.desc(), applications::reference));
    Ok(on!(conn, |conn| kept(rows.select(applications::id)).load(conn))?)
}

/// The last position used on the agenda; 0 when it is empty.
pub fn last_position(conn: &mut Conn, id: SessionId) -> Result<i32, StoreError> {
    let rows = session_items::table.filter(session_items::session_id.eq(id));
    let last: Option<i32> = on!(conn, |conn| rows.select(dsl::max(session_items::position)).first(conn))?;
    Ok(last.unwrap_or_default())
}

/// Puts an application on the agenda.
pub fn add_item(tx: &mut Tx, id: SessionId, application: ApplicationId, position: i32) -> Result<(), StoreError> {
    let row = (
        session_items::session_id.eq(id),
        session_items::application_id.eq(application),
        session_items::position.eq(position),
    );
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(session_items::table).values(row)).execute(conn))?;
    Ok(())
}

/// Takes an application off the agenda.
pub fn remove_item(tx: &mut Tx, id: SessionId, application: ApplicationId) -> Result<(), StoreError> {
    one(on!(tx.conn(), |conn| diesel::delete(session_items::table.find((id, application))).execute(conn))?)
}

/// Writes the place of an application on the agenda.
pub fn set_position(tx: &mut Tx, id: SessionId, application: ApplicationId, position: i32) -> Result<(), StoreError> {
    let item = session_items::table.find((id, application));
    let change = session_items::position.eq(position);
    one(on!(tx.conn(), |conn| diesel::update(item).set(change).execute(conn))?)
}

//! The room of a session: the file before the committee, what is proposed for each, and scenarios kept to compare.

use super::{
    Conn, StoreError, Tx,
    blinds::Parties,
    kept, one,
    recusals::hidden_from,
    schema::{
        application_tags, applications, grants, organisations, scenario_lines, scenarios, session_file_turns,
        session_items, session_proposals, session_rooms,
    },
};
use crate::domain::{
    cut_lines::Proposal,
    decisions::Verdict,
    ids::{ApplicationId, CallId, OrganisationId, PersonId, ScenarioId, SessionId},
    lifecycles::{applications::ApplicationState, grants::GrantState},
    money::Euros,
    time::Moment,
};
use diesel::{dsl, prelude::*};
use std::collections::BTreeMap;

/// What the room shows now: the file before the committee, and a number that grows with every change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Queryable)]
pub struct RoomRow {
    pub application_id: Option<ApplicationId>,
    pub turn: i64,
}

/// What a session's room shows; nothing before its first change.
pub fn find(conn: &mut Conn, id: SessionId) -> Result<RoomRow, StoreError> {
    let row = session_rooms::table.find(id).select((session_rooms::application_id, session_rooms::turn));
    Ok(on!(conn, |conn| row.first(conn)).optional()?.unwrap_or_default())
}

/// Counts one more change.
pub fn touch(tx: &mut Tx, id: SessionId) -> Result<(), StoreError> {
    let row = find(tx.conn(), id)?;
    write(tx, id, &RoomRow { turn: row.turn + 1, ..row })
}

/// Counts one more change, which is of one file alone.
pub fn touch_file(tx: &mut Tx, id: SessionId, application: ApplicationId) -> Result<(), StoreError> {
    touch(tx, id)?;
    let known = session_file_turns::table.find((id, application)).select(session_file_turns::turn);
    let turn: Option<i64> = on!(tx.conn(), |conn| known.first(conn)).optional()?;
    if let Some(turn) = turn {
        let row = session_file_turns::table.find((id, application));
        let next = session_file_turns::turn.eq(turn + 1);
        return one(on!(tx.conn(), |conn| kept(diesel::update(row).set(next)).execute(conn))?);
    }
    let row = (
        session_file_turns::session_id.eq(id),
        session_file_turns::application_id.eq(application),
        session_file_turns::turn.eq(1_i64),
    );
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(session_file_turns::table).values(row)).execute(conn))?;
    Ok(())
}

/// How many of the changes were each of one file that does not exist for this reader.
pub fn unseen_turns(conn: &mut Conn, id: SessionId, reader: PersonId) -> Result<i64, StoreError> {
    let rows = session_file_turns::table
        .filter(session_file_turns::session_id.eq(id))
        .filter(session_file_turns::application_id.eq_any(hidden_from(reader)));
    let turns: Vec<i64> = on!(conn, |conn| rows.select(session_file_turns::turn).load(conn))?;
    Ok(turns.into_iter().sum())
}

/// Puts a file before the committee, or none.
pub fn set_current(tx: &mut Tx, id: SessionId, application: Option<ApplicationId>) -> Result<(), StoreError> {
    let row = find(tx.conn(), id)?;
    write(tx, id, &RoomRow { application_id: application, turn: row.turn + 1 })
}

fn write(tx: &mut Tx, id: SessionId, row: &RoomRow) -> Result<(), StoreError> {
    let values = (session_rooms::application_id.eq(row.application_id), session_rooms::turn.eq(row.turn));
    let changed = on!(tx.conn(), |conn| kept(diesel::update(session_rooms::table.find(id)).set(values)).execute(conn))?;
    if changed == 0 {
        let row = (session_rooms::session_id.eq(id), values.0, values.1);
        on!(tx.conn(), |conn| fixed!(diesel::insert_into(session_rooms::table).values(row)).execute(conn))?;
    }
    Ok(())
}

/// A file on the agenda as the cut-line needs it, best mean first.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Ranked {
    pub id: ApplicationId,
    /// The place on the agenda.
    pub position: i32,
    pub reference: String,
    pub title: String,
    pub organisation_id: OrganisationId,
    pub organisation: String,
    /// The other half of a pair.
    pub partner_id: Option<OrganisationId>,
    pub department: String,
    pub requested: Euros,
    pub decided: Option<Euros>,
    pub score_mean: i64,
    pub score_count: i32,
    pub state: ApplicationState,
}

/// The files on the agenda, best mean first, then by reference; those `reader` is recused from do not exist.
pub fn ranked(conn: &mut Conn, id: SessionId, reader: PersonId) -> Result<Vec<Ranked>, StoreError> {
    let rows = session_items::table
        .inner_join(applications::table.on(applications::id.eq(session_items::application_id)))
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .filter(session_items::session_id.eq(id))
        .filter(applications::id.ne_all(hidden_from(reader)))
        .order((applications::score_mean.desc(), applications::reference));
    let columns = (
        applications::id,
        session_items::position,
        applications::reference,
        applications::title,
        organisations::id,
        organisations::name,
        applications::partner_organisation_id,
        organisations::department,
        applications::requested_cents,
        applications::decided_cents,
        applications::score_mean,
        applications::score_count,
        applications::state,
    );
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// The awarded files of a call with the organisations that hold them; one whose award was declined is not among them, and
/// those `reader` is recused from do not exist.
pub fn awarded(conn: &mut Conn, call: CallId, reader: PersonId) -> Result<Vec<Parties>, StoreError> {
    let declined = grants::table.filter(grants::call_id.eq(call)).filter(grants::state.eq(GrantState::Declined));
    let rows = applications::table
        .filter(applications::call_id.eq(call))
        .filter(applications::state.eq(ApplicationState::Awarded))
        .filter(applications::id.ne_all(declined.select(grants::application_id)))
        .filter(applications::id.ne_all(hidden_from(reader)));
    let columns = (applications::id, applications::organisation_id, applications::partner_organisation_id);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// The axes of every file on the agenda.
pub fn axes(conn: &mut Conn, id: SessionId) -> Result<BTreeMap<ApplicationId, Vec<String>>, StoreError> {
    let items = session_items::table.filter(session_items::session_id.eq(id)).select(session_items::application_id);
    let rows = application_tags::table.filter(application_tags::kind.eq("axis"));
    let rows = rows.filter(application_tags::application_id.eq_any(items));
    let rows = rows.select((application_tags::application_id, application_tags::code));
    let mut axes: BTreeMap<ApplicationId, Vec<String>> = BTreeMap::new();
    let found: Vec<(ApplicationId, String)> = on!(conn, |conn| rows.load(conn))?;
    for (application, code) in found {
        axes.entry(application).or_default().push(code);
    }
    Ok(axes)
}

/// What is proposed for the files of a session.
pub fn proposals(conn: &mut Conn, id: SessionId) -> Result<BTreeMap<ApplicationId, Proposal>, StoreError> {
    let rows = session_proposals::table.filter(session_proposals::session_id.eq(id));
    let columns = (session_proposals::application_id, session_proposals::verdict, session_proposals::amount_cents);
    let found: Vec<(ApplicationId, Verdict, Euros)> = on!(conn, |conn| rows.select(columns).load(conn))?;
    Ok(found.into_iter().map(|(id, verdict, amount)| (id, Proposal { verdict, amount })).collect())
}

/// Writes what is proposed for a file in place of what was; `None` takes it back.
pub fn propose(
    tx: &mut Tx,
    id: SessionId,
    application: ApplicationId,
    proposal: Option<Proposal>,
) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::delete(session_proposals::table.find((id, application))).execute(conn))?;
    let Some(proposal) = proposal else { return Ok(()) };
    let row = (
        session_proposals::session_id.eq(id),
        session_proposals::application_id.eq(application),
        session_proposals::verdict.eq(proposal.verdict),
        session_proposals::amount_cents.eq(proposal.amount),
    );
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(session_proposals::table).values(row)).execute(conn))?;
    Ok(())
}

/// A set of proposals kept under a name.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = scenarios)]
pub struct ScenarioRow {
    pub id: ScenarioId,
    pub session_id: SessionId,
    pub name: String,
    pub created_by: PersonId,
    pub created_at: Moment,
}

/// The scenarios of a session, oldest first.
pub fn scenarios(conn: &mut Conn, id: SessionId) -> Result<Vec<ScenarioRow>, StoreError> {
    let rows = scenarios::table.filter(scenarios::session_id.eq(id)).order(scenarios::id);
    Ok(on!(conn, |conn| rows.select(ScenarioRow::as_select()).load(conn))?)
}

/// How many scenarios a session keeps.
pub fn count_scenarios(conn: &mut Conn, id: SessionId) -> Result<i64, StoreError> {
    Ok(on!(conn, |conn| scenarios::table.filter(scenarios::session_id.eq(id)).count().get_result(conn))?)
}

/// The lines of every scenario of a session.
pub fn scenario_lines(
    conn: &mut Conn,
    id: SessionId,
) -> Result<BTreeMap<ScenarioId, BTreeMap<ApplicationId, Proposal>>, StoreError> {
    let rows = scenario_lines::table.inner_join(scenarios::table).filter(scenarios::session_id.eq(id));
    let columns = (
        scenario_lines::scenario_id,
        scenario_lines::application_id,
        scenario_lines::verdict,
        scenario_lines::amount_cents,
    );
    let found: Vec<(ScenarioId, ApplicationId, Verdict, Euros)> = on!(conn, |conn| rows.select(columns).load(conn))?;
    let mut lines: BTreeMap<ScenarioId, BTreeMap<ApplicationId, Proposal>> = BTreeMap::new();
    for (scenario, application, verdict, amount) in found {
        lines.entry(scenario).or_default().insert(application, Proposal { verdict, amount });
    }
    Ok(lines)
}

/// Keeps a scenario with its lines.
pub fn keep(tx: &mut Tx, row: &ScenarioRow, lines: &[(ApplicationId, Proposal)]) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(scenarios::table).values(row)).execute(conn))?;
    for (application, proposal) in lines {
        let line = (
            scenario_lines::scenario_id.eq(row.id),
            scenario_lines::application_id.eq(*application),
            scenario_lines::verdict.eq(proposal.verdict),
            scenario_lines::amount_cents.eq(proposal.amount),
        );
        on!(tx.conn(), |conn| diesel::insert_into(scenario_lines::table).values(line).execute(conn))?;
    }
    Ok(())
}

/// Throws a scenario of a session away.
pub fn drop_scenario(tx: &mut Tx, session: SessionId, id: ScenarioId) -> Result<(), StoreError> {
    let own = scenarios::table.filter(scenarios::session_id.eq(session)).filter(scenarios::id.eq(id));
    let is_own: bool = on!(tx.conn(), |conn| diesel::select(dsl::exists(own)).get_result(conn))?;
    if !is_own {
        return Err(StoreError::NotFound);
    }
    let lines = scenario_lines::table.filter(scenario_lines::scenario_id.eq(id));
    on!(tx.conn(), |conn| diesel::delete(lines).execute(conn))?;
    one(on!(tx.conn(), |conn| diesel::delete(scenarios::table.find(id)).execute(conn))?)
}

//! Who takes part in a session of the committee: presences, and proxies (pouvoirs) from one member to another.

use super::{
    Conn, StoreError, Tx,
    schema::{committee_seats, people, session_attendance, session_proxies, sessions},
    sessions::SessionRow,
};
use crate::domain::{
    ids::{CallId, PersonId, SessionId},
    lifecycles::sessions::SessionState,
    sessions::{Attended, Presence, Roll, Seat},
};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// The roll of a session. Once its minutes are made, those who have left the committee since are still on it.
pub fn roll(conn: &mut Conn, session: &SessionRow) -> Result<Roll, StoreError> {
    let noted = session_attendance::table.filter(session_attendance::session_id.eq(session.id));
    let noted = noted.select((session_attendance::person_id, session_attendance::presence));
    let noted: Vec<(PersonId, Presence)> = on!(conn, |conn| noted.load(conn))?;
    let noted: BTreeMap<_, _> = noted.into_iter().collect();
    let given = session_proxies::table.filter(session_proxies::session_id.eq(session.id));
    let given = given.select((session_proxies::person_id, session_proxies::holder_id));
    let given: Vec<(PersonId, PersonId)> = on!(conn, |conn| given.load(conn))?;
    let given: BTreeMap<_, _> = given.into_iter().collect();
    let seats = committee_seats::table.inner_join(people::table).filter(committee_seats::call_id.eq(session.call_id));
    let seats = seats.order((people::sort_key, people::id)).select((
        people::id,
        people::name,
        committee_seats::institution,
        committee_seats::is_voting,
        committee_seats::ended_at.is_null(),
    ));
    let seats: Vec<(PersonId, String, String, bool, bool)> = on!(conn, |conn| seats.load(conn))?;
    let is_over = matches!(session.state, SessionState::Minuted | SessionState::Confirmed);
    let seats = seats.into_iter().filter(|(person, .., is_held)| *is_held || is_over && noted.contains_key(person));
    let seat = |(person, name, institution, is_voting, _)| Seat {
        presence: noted.get(&person).copied(),
        holder: given.get(&person).copied(),
        person,
        name,
        institution,
        is_voting,
    };
    Ok(Roll(seats.map(seat).collect()))
}

/// Writes how a member took part, in place of what was written before.
pub fn note(tx: &mut Tx, id: SessionId, attended: Attended) -> Result<(), StoreError> {
    let key = (id, attended.person);
    on!(tx.conn(), |conn| diesel::delete(session_attendance::table.find(key)).execute(conn))?;
    on!(tx.conn(), |conn| diesel::delete(session_proxies::table.find(key)).execute(conn))?;
    let row = (
        session_attendance::session_id.eq(id),
        session_attendance::person_id.eq(attended.person),
        session_attendance::presence.eq(attended.presence),
    );
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(session_attendance::table).values(row)).execute(conn))?;
    let Some(holder) = attended.holder.filter(|_| attended.presence == Presence::Represented) else { return Ok(()) };
    let row = (
        session_proxies::session_id.eq(id),
        session_proxies::person_id.eq(attended.person),
        session_proxies::holder_id.eq(holder),
    );
    on!(tx.conn(), |conn| fixed!(diesel::insert_into(session_proxies::table).values(row)).execute(conn))?;
    Ok(())
}

/// Takes back what was noted of somebody for the sessions of a call that have not begun.
pub fn forget(tx: &mut Tx, call: CallId, person: PersonId) -> Result<(), StoreError> {
    let ahead = sessions::table.filter(sessions::call_id.eq(call));
    let ahead = ahead.filter(sessions::state.eq_any([SessionState::Planned, SessionState::Convened]));
    let ahead: Vec<SessionId> = on!(tx.conn(), |conn| ahead.select(sessions::id).load(conn))?;
    for id in ahead {
        on!(tx.conn(), |conn| diesel::delete(session_attendance::table.find((id, person))).execute(conn))?;
        on!(tx.conn(), |conn| diesel::delete(session_proxies::table.find((id, person))).execute(conn))?;
    }
    Ok(())
}

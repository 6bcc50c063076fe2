//! What the members of a committee know well, and who does not read with whom: what a proposal of readers weighs.

use super::{
    Conn, StoreError, Tx,
    schema::{applications, committee_seats, communes, kept_apart, organisations, seat_skills},
};
use crate::domain::{
    ids::{ApplicationId, CallId, PersonId, SeatId},
    reviews::Skill,
    time::Moment,
};
use diesel::prelude::*;

/// The skills of the members of a call's committee.
pub fn of_call(conn: &mut Conn, call: CallId) -> Result<Vec<(PersonId, Skill, String)>, StoreError> {
    let rows = seat_skills::table.inner_join(committee_seats::table).filter(committee_seats::call_id.eq(call));
    let rows = rows.filter(committee_seats::ended_at.is_null());
    let rows = rows.order((committee_seats::person_id, seat_skills::kind, seat_skills::code));
    let columns = (committee_seats::person_id, seat_skills::kind, seat_skills::code);
    Ok(on!(conn, |conn| rows.select(columns).load(conn))?)
}

/// Writes the skills of a seat anew.
pub fn set(tx: &mut Tx, seat: SeatId, skills: &[(Skill, String)]) -> Result<(), StoreError> {
    let former = seat_skills::table.filter(seat_skills::seat_id.eq(seat));
    on!(tx.conn(), |conn| diesel::delete(former).execute(conn))?;
    for (kind, code) in skills {
        let row = (seat_skills::seat_id.eq(seat), seat_skills::kind.eq(*kind), seat_skills::code.eq(code));
        on!(tx.conn(), |conn| fixed!(diesel::insert_into(seat_skills::table).values(row)).execute(conn))?;
    }
    Ok(())
}

/// The pairs of people of a call who do not read the same file.
pub fn apart(conn: &mut Conn, call: CallId) -> Result<Vec<(PersonId, PersonId)>, StoreError> {
    let rows = kept_apart::table.filter(kept_apart::call_id.eq(call));
    let rows = rows.order((kept_apart::one_id, kept_apart::other_id));
    Ok(on!(conn, |conn| rows.select((kept_apart::one_id, kept_apart::other_id)).load(conn))?)
}

/// Writes anew from whom a person is kept apart.
pub fn set_apart(
    tx: &mut Tx,
    call: CallId,
    person: PersonId,
    others: &[PersonId],
    (by, now): (PersonId, Moment),
) -> Result<(), StoreError> {
    let of_call = kept_apart::table.filter(kept_apart::call_id.eq(call));
    let former = of_call.filter(kept_apart::one_id.eq(person).or(kept_apart::other_id.eq(person)));
    on!(tx.conn(), |conn| diesel::delete(former).execute(conn))?;
    for other in others {
        let row = (
            kept_apart::call_id.eq(call),
            kept_apart::one_id.eq(person),
            kept_apart::other_id.eq(*other),
            kept_apart::set_by.eq(by),
            kept_apart::set_at.eq(now),
        );
        on!(tx.conn(), |conn| fixed!(diesel::insert_into(kept_apart::table).values(row)).execute(conn))?;
    }
    Ok(())
}

/// Where each file of a call is at home: the department of the organisation that applies, and that of its project.
pub fn places(conn: &mut Conn, call: CallId) -> Result<Vec<(ApplicationId, String, Option<String>)>, StoreError> {
    let rows = applications::table
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .left_join(communes::table.on(applications::commune_code.eq(communes::code.nullable())))
        .filter(applications::call_id.eq(call));
    let columns = (applications::id, organisations::department, communes::department.nullable());
    Ok(on!(conn, |conn| rows.order(applications::id).select(columns).load(conn))?)
}

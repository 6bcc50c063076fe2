//! Where the members of a committee come from: the college of each seat, and whom its holder works for.

use super::{
    Conn, StoreError, Tx, one,
    schema::{committee_seats, seat_origins},
};
use crate::domain::ids::{CallId, PersonId, SeatId};
use diesel::prelude::*;

/// What is known of a seat; each text is empty when it is not.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = seat_origins)]
pub struct OriginRow {
    pub seat_id: SeatId,
    /// The code of a college of the fund.
    pub college: String,
    /// Whom the person works for, as typed.
    pub employer: String,
    /// Its SIREN or RNA number.
    pub employer_number: String,
    /// The domain of its mail addresses or of its site.
    pub employer_domain: String,
}

/// What is known of the present members of a call's committee.
pub fn of_call(conn: &mut Conn, call: CallId) -> Result<Vec<(PersonId, OriginRow)>, StoreError> {
    let rows = seat_origins::table.inner_join(committee_seats::table).filter(committee_seats::call_id.eq(call));
    let rows = rows.filter(committee_seats::ended_at.is_null()).order(committee_seats::person_id);
    Ok(on!(conn, |conn| rows.select((committee_seats::person_id, OriginRow::as_select())).load(conn))?)
}

/// What is known of one seat.
pub fn find(conn: &mut Conn, seat: SeatId) -> Result<Option<OriginRow>, StoreError> {
    let row = seat_origins::table.find(seat);
    Ok(on!(conn, |conn| row.select(OriginRow::as_select()).first(conn)).optional()?)
}

/// Writes what is known of a seat anew.
pub fn set(tx: &mut Tx, row: &OriginRow) -> Result<(), StoreError> {
    if find(tx.conn(), row.seat_id)?.is_none() {
        on!(tx.conn(), |conn| fixed!(diesel::insert_into(seat_origins::table).values(row)).execute(conn))?;
        return Ok(());
    }
    let changes = (
        seat_origins::college.eq(&row.college),
        seat_origins::employer.eq(&row.employer),
        seat_origins::employer_number.eq(&row.employer_number),
        seat_origins::employer_domain.eq(&row.employer_domain),
    );
    one(on!(tx.conn(), |conn| { diesel::update(seat_origins::table.find(row.seat_id)).set(changes).execute(conn) })?)
}

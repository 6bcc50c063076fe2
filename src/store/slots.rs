//! Meeting slots, who booked them, and the mails that carry the calendar entry of a booking.

use super::{
    Conn, StoreError, Tx, one,
    recusals::hidden_from,
    schema::{applications, invitations, meeting_slots, organisations, people, recusals, slot_bookings},
};
use crate::domain::{
    identity::Email,
    ids::{ApplicationId, BookingId, FundId, MessageId, PersonId, SlotId},
    slots::MeetingMeans,
    time::Moment,
};
use diesel::prelude::*;

/// A slot of an adviser, known by the address the fund gives them. `place` is where, the number, or the link.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = meeting_slots, treat_none_as_default_value = false)]
pub struct SlotRow {
    pub id: SlotId,
    pub fund_id: FundId,
    pub adviser_name: String,
    pub adviser_email: Email,
    pub starts_at: Moment,
    pub minutes: i32,
    pub means: MeetingMeans,
    pub place: String,
    pub opened_by: PersonId,
    pub opened_at: Moment,
    /// Who took it away, and when.
    pub closed_by: Option<PersonId>,
    pub closed_at: Option<Moment>,
}

/// A booking. While it holds, `live_slot` is its slot and `live_file` its application: one for each.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = slot_bookings, treat_none_as_default_value = false)]
pub struct BookingRow {
    pub id: BookingId,
    pub slot_id: SlotId,
    pub application_id: ApplicationId,
    pub live_slot: Option<String>,
    pub live_file: Option<String>,
    pub booked_by: PersonId,
    pub booked_at: Moment,
    pub ended_by: Option<PersonId>,
    pub ended_at: Option<Moment>,
    /// Why the team called it off; empty where its people did.
    pub end_reason: String,
}

/// Which mail carries the calendar entry of which booking; `sequence` grows with each change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Insertable)]
#[diesel(table_name = invitations)]
pub struct InvitationRow {
    pub message_id: MessageId,
    pub booking_id: BookingId,
    pub sequence: i32,
}

/// Who booked a slot, as the team reads it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct BookedLine {
    pub slot_id: SlotId,
    pub application_id: ApplicationId,
    pub reference: String,
    pub title: String,
    pub organisation: String,
    pub booked_by: String,
}

/// Adds a slot.
pub fn insert(tx: &mut Tx, row: &SlotRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::insert_into(meeting_slots::table).values(row).execute(conn))?;
    Ok(())
}

/// One slot.
pub fn find(conn: &mut Conn, id: SlotId) -> Result<SlotRow, StoreError> {
    Ok(on!(conn, |conn| meeting_slots::table.find(id).select(SlotRow::as_select()).get_result(conn))?)
}

/// Takes a slot away; `Stale` when it was already.
pub fn close(tx: &mut Tx, id: SlotId, by: PersonId, now: Moment) -> Result<(), StoreError> {
    let open = meeting_slots::table.find(id).filter(meeting_slots::closed_at.is_null());
    let values = (meeting_slots::closed_by.eq(Some(by)), meeting_slots::closed_at.eq(Some(now)));
    one(on!(tx.conn(), |conn| diesel::update(open).set(values).execute(conn))?)
}

/// When the open slots of an adviser between two instants begin, and how many minutes they take, whatever their fund.
pub fn taken(conn: &mut Conn, adviser: &Email, (from, to): (Moment, Moment)) -> Result<Vec<(Moment, i32)>, StoreError> {
    let rows = meeting_slots::table
        .filter(meeting_slots::adviser_email.eq(adviser))
        .filter(meeting_slots::closed_at.is_null())
        .filter(meeting_slots::starts_at.ge(from))
        .filter(meeting_slots::starts_at.le(to))
        .order(meeting_slots::starts_at)
        .select((meeting_slots::starts_at, meeting_slots::minutes));
    Ok(on!(conn, |conn| rows.load(conn))?)
}

/// So many open slots of a fund that begin after an instant and that nobody has booked, the first ones first.
pub fn free(conn: &mut Conn, fund: FundId, after: Moment, limit: i64) -> Result<Vec<SlotRow>, StoreError> {
    let booked = slot_bookings::table.filter(slot_bookings::live_slot.is_not_null()).select(slot_bookings::slot_id);
    let rows = meeting_slots::table
        .filter(meeting_slots::fund_id.eq(fund))
        .filter(meeting_slots::closed_at.is_null())
        .filter(meeting_slots::starts_at.gt(after))
        .filter(meeting_slots::id.ne_all(booked))
        .order((meeting_slots::starts_at, meeting_slots::id))
        .limit(limit);
    Ok(on!(conn, |conn| rows.select(SlotRow::as_select()).load(conn))?)
}

/// So many open slots of every fund, the first ones first, after this place of the list.
pub fn page(conn: &mut Conn, (at, id): (Moment, &str), limit: i64) -> Result<Vec<SlotRow>, StoreError> {
    let later = meeting_slots::starts_at.gt(at).or(meeting_slots::starts_at.eq(at).and(meeting_slots::id.gt(id)));
    let rows = meeting_slots::table
        .filter(meeting_slots::closed_at.is_null())
        .filter(later)
        .order((meeting_slots::starts_at, meeting_slots::id))
        .limit(limit);
    Ok(on!(conn, |conn| rows.select(SlotRow::as_select()).load(conn))?)
}

/// Who booked these slots, without the applications this reader must not know.
pub fn booked(conn: &mut Conn, slots: &[SlotId], reader: PersonId) -> Result<Vec<BookedLine>, StoreError> {
    let rows = slot_bookings::table
        .inner_join(applications::table.on(applications::id.eq(slot_bookings::application_id)))
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .inner_join(people::table.on(people::id.eq(slot_bookings::booked_by)))
        .filter(slot_bookings::live_slot.is_not_null())
        .filter(slot_bookings::slot_id.eq_any(slots))
        .filter(applications::id.ne_all(hidden_from(reader)))
        .order(slot_bookings::id)
        .select((
            slot_bookings::slot_id,
            applications::id,
            applications::reference,
            applications::title,
            organisations::name,
            people::name,
        ));
    Ok(on!(conn, |conn| rows.load(conn))?)
}

/// The booking of an application that holds, with its slot.
pub fn of_application(conn: &mut Conn, id: ApplicationId) -> Result<Option<(BookingRow, SlotRow)>, StoreError> {
    let rows =
        slot_bookings::table.inner_join(meeting_slots::table).filter(slot_bookings::live_file.eq(Some(id.to_string())));
    Ok(on!(conn, |conn| rows.select((BookingRow::as_select(), SlotRow::as_select())).first(conn)).optional()?)
}

/// The booking of a slot that holds.
pub fn of_slot(conn: &mut Conn, id: SlotId) -> Result<Option<BookingRow>, StoreError> {
    let rows = slot_bookings::table.filter(slot_bookings::live_slot.eq(Some(id.to_string())));
    Ok(on!(conn, |conn| rows.select(BookingRow::as_select()).first(conn)).optional()?)
}

/// Adds a booking; `Taken` when its slot or its application has one already.
pub fn book(tx: &mut Tx, row: &BookingRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::insert_into(slot_bookings::table).values(row).execute(conn))?;
    Ok(())
}

/// Ends a booking that holds.
pub fn end(tx: &mut Tx, id: BookingId, by: PersonId, reason: &str, now: Moment) -> Result<(), StoreError> {
    let held = slot_bookings::table.find(id).filter(slot_bookings::ended_at.is_null());
    let values = (
        slot_bookings::live_slot.eq(None::<String>),
        slot_bookings::live_file.eq(None::<String>),
        slot_bookings::ended_by.eq(Some(by)),
        slot_bookings::ended_at.eq(Some(now)),
        slot_bookings::end_reason.eq(reason),
    );
    one(on!(tx.conn(), |conn| diesel::update(held).set(values).execute(conn))?)
}

/// The addresses of the people who are recused from these applications.
pub fn away(conn: &mut Conn, ids: &[ApplicationId]) -> Result<Vec<(ApplicationId, Email)>, StoreError> {
    let rows = recusals::table
        .inner_join(people::table.on(people::id.eq(recusals::person_id)))
        .filter(recusals::application_id.eq_any(ids))
        .order(recusals::id)
        .select((recusals::application_id, people::email));
    Ok(on!(conn, |conn| rows.load(conn))?)
}

/// Notes that a mail carries a calendar entry.
pub fn invite(tx: &mut Tx, row: &InvitationRow) -> Result<(), StoreError> {
    on!(tx.conn(), |conn| diesel::insert_into(invitations::table).values(row).execute(conn))?;
    Ok(())
}

/// What the calendar entry of a mail is about, if it carries one: its sequence, the booking and the slot.
pub fn invitation(conn: &mut Conn, mail: MessageId) -> Result<Option<(i32, BookingRow, SlotRow)>, StoreError> {
    let rows = invitations::table
        .inner_join(slot_bookings::table.inner_join(meeting_slots::table))
        .filter(invitations::message_id.eq(mail));
    let found = on!(conn, |conn| {
        rows.select((invitations::sequence, BookingRow::as_select(), SlotRow::as_select())).first(conn)
    });
    Ok(found.optional()?)
}

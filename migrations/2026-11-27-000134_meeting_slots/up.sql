-- Meetings offered to those whose project is not retained: slots of an adviser, bookings (one alive for each slot and each
-- file), and which mails carry the calendar entry of a booking.
CREATE TABLE meeting_slots (
  id TEXT PRIMARY KEY NOT NULL,
  fund_id TEXT NOT NULL REFERENCES funds (id),
  adviser_name TEXT NOT NULL,
  adviser_email TEXT NOT NULL,
  starts_at TIMESTAMP NOT NULL,
  minutes INTEGER NOT NULL,
  means TEXT NOT NULL,
  place TEXT NOT NULL,
  opened_by TEXT NOT NULL REFERENCES people (id),
  opened_at TIMESTAMP NOT NULL,
  closed_by TEXT REFERENCES people (id),
  closed_at TIMESTAMP
);
CREATE INDEX meeting_slots_by_start ON meeting_slots (starts_at);
CREATE INDEX meeting_slots_by_fund ON meeting_slots (fund_id, starts_at);
CREATE TABLE slot_bookings (
  id TEXT PRIMARY KEY NOT NULL,
  slot_id TEXT NOT NULL REFERENCES meeting_slots (id),
  application_id TEXT NOT NULL REFERENCES applications (id),
  live_slot TEXT UNIQUE,
  live_file TEXT UNIQUE,
  booked_by TEXT NOT NULL REFERENCES people (id),
  booked_at TIMESTAMP NOT NULL,
  ended_by TEXT REFERENCES people (id),
  ended_at TIMESTAMP,
  end_reason TEXT NOT NULL
);
CREATE INDEX slot_bookings_by_application ON slot_bookings (application_id);
CREATE TABLE invitations (
  message_id TEXT PRIMARY KEY NOT NULL REFERENCES messages (id),
  booking_id TEXT NOT NULL REFERENCES slot_bookings (id),
  sequence INTEGER NOT NULL
);
CREATE INDEX invitations_by_booking ON invitations (booking_id);

DROP TABLE invitations;
DROP TABLE slot_bookings;
DROP TABLE meeting_slots;

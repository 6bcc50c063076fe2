-- Where a member of a committee comes from: the college of their seat, and whom they work for.
CREATE TABLE seat_origins (
  seat_id TEXT PRIMARY KEY NOT NULL REFERENCES committee_seats (id),
  college TEXT NOT NULL,
  employer TEXT NOT NULL,
  employer_number TEXT NOT NULL,
  employer_domain TEXT NOT NULL
);

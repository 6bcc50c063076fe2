-- A guest reads the files of a committee, neither scores them nor votes.
ALTER TABLE committee_seats ADD COLUMN is_guest BOOLEAN NOT NULL DEFAULT FALSE;
CREATE TABLE seat_skills (
  seat_id TEXT NOT NULL REFERENCES committee_seats (id),
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  PRIMARY KEY (seat_id, kind, code)
);
CREATE TABLE kept_apart (
  call_id TEXT NOT NULL REFERENCES calls (id),
  one_id TEXT NOT NULL REFERENCES people (id),
  other_id TEXT NOT NULL REFERENCES people (id),
  set_by TEXT NOT NULL REFERENCES people (id),
  set_at TIMESTAMP NOT NULL,
  PRIMARY KEY (call_id, one_id, other_id)
);

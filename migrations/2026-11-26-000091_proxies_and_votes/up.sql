CREATE TABLE session_proxies (
  session_id TEXT NOT NULL REFERENCES sessions (id),
  person_id TEXT NOT NULL REFERENCES people (id),
  holder_id TEXT NOT NULL REFERENCES people (id),
  PRIMARY KEY (session_id, person_id)
);
CREATE TABLE session_votes (
  session_id TEXT NOT NULL REFERENCES sessions (id),
  application_id TEXT NOT NULL REFERENCES applications (id),
  number INTEGER NOT NULL,
  in_favour INTEGER NOT NULL,
  against INTEGER NOT NULL,
  abstained INTEGER NOT NULL,
  voices INTEGER NOT NULL,
  reason TEXT NOT NULL,
  recorded_by TEXT NOT NULL REFERENCES people (id),
  recorded_at TIMESTAMP NOT NULL,
  PRIMARY KEY (session_id, application_id, number)
);

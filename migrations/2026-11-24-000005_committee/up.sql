CREATE TABLE committee_seats (
  id TEXT PRIMARY KEY NOT NULL,
  call_id TEXT NOT NULL REFERENCES calls (id),
  person_id TEXT NOT NULL REFERENCES people (id),
  institution TEXT NOT NULL,
  is_voting BOOLEAN NOT NULL,
  created_at TIMESTAMP NOT NULL,
  ended_at TIMESTAMP,
  UNIQUE (call_id, person_id)
);
CREATE INDEX committee_seats_by_person ON committee_seats (person_id);

CREATE TABLE recusals (
  id TEXT PRIMARY KEY NOT NULL,
  person_id TEXT NOT NULL REFERENCES people (id),
  application_id TEXT NOT NULL REFERENCES applications (id),
  reason TEXT NOT NULL,
  declared_by TEXT NOT NULL REFERENCES people (id),
  declared_at TIMESTAMP NOT NULL,
  UNIQUE (person_id, application_id)
);
CREATE INDEX recusals_by_application ON recusals (application_id);

CREATE TABLE reviews (
  id TEXT PRIMARY KEY NOT NULL,
  call_id TEXT NOT NULL REFERENCES calls (id),
  application_id TEXT NOT NULL REFERENCES applications (id),
  person_id TEXT NOT NULL REFERENCES people (id),
  due_on DATE,
  total BIGINT,
  opinion TEXT NOT NULL,
  reason TEXT,
  submitted_at TIMESTAMP,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  state_at TIMESTAMP NOT NULL,
  created_at TIMESTAMP NOT NULL,
  UNIQUE (application_id, person_id)
);
CREATE INDEX reviews_by_person ON reviews (person_id, state, id);
CREATE INDEX reviews_by_call ON reviews (call_id, state);

CREATE TABLE review_scores (
  review_id TEXT NOT NULL REFERENCES reviews (id),
  criterion TEXT NOT NULL,
  points INTEGER NOT NULL,
  comment TEXT NOT NULL,
  PRIMARY KEY (review_id, criterion)
);

CREATE TABLE sessions (
  id TEXT PRIMARY KEY NOT NULL,
  call_id TEXT NOT NULL REFERENCES calls (id),
  title TEXT NOT NULL,
  meets_at TIMESTAMP NOT NULL,
  place TEXT NOT NULL,
  chair_id TEXT REFERENCES people (id),
  quorum INTEGER NOT NULL,
  confirmed_on DATE,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  state_at TIMESTAMP NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX sessions_by_call ON sessions (call_id, meets_at);
CREATE INDEX sessions_by_state ON sessions (state, meets_at);

CREATE TABLE session_attendance (
  session_id TEXT NOT NULL REFERENCES sessions (id),
  person_id TEXT NOT NULL REFERENCES people (id),
  presence TEXT NOT NULL,
  PRIMARY KEY (session_id, person_id)
);

CREATE TABLE session_items (
  session_id TEXT NOT NULL REFERENCES sessions (id),
  application_id TEXT NOT NULL REFERENCES applications (id),
  position INTEGER NOT NULL,
  PRIMARY KEY (session_id, application_id)
);
CREATE INDEX session_items_by_application ON session_items (application_id);

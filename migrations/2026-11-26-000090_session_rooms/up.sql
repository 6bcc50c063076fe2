CREATE TABLE session_rooms (
  session_id TEXT NOT NULL PRIMARY KEY REFERENCES sessions (id),
  application_id TEXT REFERENCES applications (id),
  turn BIGINT NOT NULL
);
CREATE TABLE session_proposals (
  session_id TEXT NOT NULL REFERENCES sessions (id),
  application_id TEXT NOT NULL REFERENCES applications (id),
  verdict TEXT NOT NULL,
  amount_cents BIGINT NOT NULL,
  PRIMARY KEY (session_id, application_id)
);
CREATE TABLE scenarios (
  id TEXT NOT NULL PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions (id),
  name TEXT NOT NULL,
  created_by TEXT NOT NULL REFERENCES people (id),
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX scenarios_by_session ON scenarios (session_id, id);
CREATE TABLE scenario_lines (
  scenario_id TEXT NOT NULL REFERENCES scenarios (id),
  application_id TEXT NOT NULL REFERENCES applications (id),
  verdict TEXT NOT NULL,
  amount_cents BIGINT NOT NULL,
  PRIMARY KEY (scenario_id, application_id)
);

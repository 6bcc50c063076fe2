CREATE TABLE session_minutes (
  session_id TEXT NOT NULL REFERENCES sessions (id),
  number INTEGER NOT NULL,
  reason TEXT NOT NULL,
  facts TEXT NOT NULL,
  digest TEXT NOT NULL,
  written_by TEXT NOT NULL REFERENCES people (id),
  written_at TIMESTAMP NOT NULL,
  PRIMARY KEY (session_id, number)
);
CREATE TABLE minutes_signatures (
  session_id TEXT NOT NULL REFERENCES sessions (id),
  number INTEGER NOT NULL,
  person_id TEXT NOT NULL REFERENCES people (id),
  digest TEXT NOT NULL,
  signed_at TIMESTAMP NOT NULL,
  document_id TEXT NOT NULL REFERENCES documents (id),
  PRIMARY KEY (session_id, number)
);
CREATE INDEX sessions_by_chair ON sessions (chair_id, meets_at);
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  SELECT 'session:minuted:sign', 'session', 'minuted', 'sign', 'minuted', 'reviewer'
  WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges WHERE id = 'session:minuted:sign');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  SELECT 'session:minuted:correct', 'session', 'minuted', 'correct', 'minuted', 'officer'
  WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges WHERE id = 'session:minuted:correct');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  SELECT 'session:confirmed:sign', 'session', 'confirmed', 'sign', 'confirmed', 'reviewer'
  WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges WHERE id = 'session:confirmed:sign');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  SELECT 'session:confirmed:correct', 'session', 'confirmed', 'correct', 'confirmed', 'officer'
  WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges WHERE id = 'session:confirmed:correct');

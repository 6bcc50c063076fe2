CREATE TABLE pairing_wishes (
  application_id TEXT PRIMARY KEY NOT NULL REFERENCES applications (id),
  call_id TEXT NOT NULL REFERENCES calls (id),
  wish TEXT NOT NULL,
  asked_by TEXT NOT NULL REFERENCES people (id),
  asked_at TIMESTAMP NOT NULL,
  ended_at TIMESTAMP
);
CREATE INDEX pairing_wishes_by_call ON pairing_wishes (call_id, ended_at, asked_at);
CREATE TABLE pairings (
  application_id TEXT NOT NULL REFERENCES applications (id),
  other_id TEXT NOT NULL REFERENCES applications (id),
  carried TEXT NOT NULL,
  paired_by TEXT NOT NULL REFERENCES people (id),
  paired_at TIMESTAMP NOT NULL,
  ended_by TEXT REFERENCES people (id),
  ended_at TIMESTAMP,
  reason TEXT NOT NULL,
  PRIMARY KEY (application_id, other_id, paired_at)
);
CREATE INDEX pairings_by_other ON pairings (other_id, ended_at);
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  SELECT 'application:draft:pair', 'application', 'draft', 'pair', 'draft', 'officer'
  WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges WHERE id = 'application:draft:pair');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  SELECT 'application:draft:unpair', 'application', 'draft', 'unpair', 'draft', 'officer'
  WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges WHERE id = 'application:draft:unpair');

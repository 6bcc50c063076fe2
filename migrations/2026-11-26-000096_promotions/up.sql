-- Files of a reserve list that somebody proposes to award with money that came free, until the management answers.
CREATE TABLE promotions (
  id TEXT PRIMARY KEY NOT NULL,
  call_id TEXT NOT NULL REFERENCES calls (id),
  application_id TEXT NOT NULL REFERENCES applications (id),
  live_key TEXT UNIQUE,
  amount_cents BIGINT NOT NULL,
  motive TEXT NOT NULL,
  conditions TEXT NOT NULL,
  skipping TEXT NOT NULL,
  proposed_by TEXT NOT NULL REFERENCES people (id),
  proposed_at TIMESTAMP NOT NULL,
  outcome TEXT,
  answer TEXT NOT NULL,
  answered_by TEXT REFERENCES people (id),
  answered_at TIMESTAMP
);
CREATE INDEX promotions_by_call ON promotions (call_id, proposed_at);
CREATE INDEX promotions_by_application ON promotions (application_id, proposed_at);
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  SELECT 'grant:offered:lapse', 'grant', 'offered', 'lapse', 'declined', 'officer'
  WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges WHERE id = 'grant:offered:lapse');
UPDATE lifecycle_edges SET roles = 'officer director' WHERE id = 'application:reserve_listed:award';

CREATE TABLE erasures (
  application_id TEXT PRIMARY KEY NOT NULL REFERENCES applications (id),
  call_id TEXT NOT NULL REFERENCES calls (id),
  ground TEXT NOT NULL,
  warned_at TIMESTAMP,
  reminded_at TIMESTAMP,
  erased_at TIMESTAMP,
  files INTEGER NOT NULL
);
CREATE INDEX erasures_by_call ON erasures (call_id, ground);
CREATE INDEX erasures_by_instant ON erasures (erased_at);
CREATE TABLE keepings (
  application_id TEXT NOT NULL REFERENCES applications (id),
  kept_at TIMESTAMP NOT NULL,
  until_on DATE NOT NULL,
  reason TEXT NOT NULL,
  kept_by TEXT NOT NULL REFERENCES people (id),
  PRIMARY KEY (application_id, kept_at)
);
CREATE TABLE account_erasures (
  person_id TEXT PRIMARY KEY NOT NULL REFERENCES people (id),
  warned_at TIMESTAMP NOT NULL,
  erased_at TIMESTAMP
);
CREATE TABLE doomed_files (
  sha256 TEXT PRIMARY KEY NOT NULL,
  doomed_at TIMESTAMP NOT NULL,
  claimed_at TIMESTAMP,
  removed_at TIMESTAMP
);
CREATE INDEX messages_by_link ON messages (login_link_id);
CREATE INDEX field_saves_by_instant ON field_saves (saved_at);

-- Codes sent by mail and typed back within minutes. The code itself is kept nowhere.
CREATE TABLE one_time_codes (
  id TEXT PRIMARY KEY NOT NULL,
  purpose TEXT NOT NULL,
  person_id TEXT NOT NULL REFERENCES people (id),
  subject_id TEXT NOT NULL,
  subject_digest TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  tries INTEGER NOT NULL,
  asked_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  spent_at TIMESTAMP
);
CREATE INDEX one_time_codes_by_subject ON one_time_codes (subject_id, person_id, purpose);
CREATE INDEX one_time_codes_by_term ON one_time_codes (expires_at);

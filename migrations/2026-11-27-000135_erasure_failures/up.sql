-- What could not be erased in its night, and is tried again the next one: an application or an account, by identifier.
CREATE TABLE erasure_failures (
  subject_id TEXT PRIMARY KEY NOT NULL,
  first_failed_at TIMESTAMP NOT NULL,
  last_failed_at TIMESTAMP NOT NULL,
  attempts INTEGER NOT NULL,
  error TEXT NOT NULL
);

-- Organisations for which nothing is kept any more and nobody comes: told, then erased with their vault.
CREATE TABLE organisation_erasures (
  organisation_id TEXT PRIMARY KEY NOT NULL REFERENCES organisations (id),
  warned_at TIMESTAMP NOT NULL,
  erased_at TIMESTAMP,
  files INTEGER NOT NULL
);
CREATE INDEX organisation_erasures_by_instant ON organisation_erasures (erased_at);

CREATE TABLE filing_signatures (
  application_id TEXT NOT NULL REFERENCES applications (id),
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  asked_at TIMESTAMP,
  person_id TEXT REFERENCES people (id),
  content_hash TEXT,
  signed_at TIMESTAMP,
  PRIMARY KEY (application_id, organisation_id)
);

CREATE TABLE application_copies (
  application_id TEXT PRIMARY KEY NOT NULL REFERENCES applications (id),
  source_id TEXT NOT NULL REFERENCES applications (id),
  carried TEXT NOT NULL,
  copied_at TIMESTAMP NOT NULL,
  dismissed_at TIMESTAMP
);

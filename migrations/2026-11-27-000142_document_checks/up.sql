-- When the stored bytes of a document were last read and compared with its hash, and whether they were its own.
CREATE TABLE document_checks (
  document_id TEXT PRIMARY KEY NOT NULL REFERENCES documents (id),
  checked_at TIMESTAMP NOT NULL,
  is_whole BOOLEAN NOT NULL
);
CREATE INDEX document_checks_by_time ON document_checks (is_whole, checked_at, document_id);

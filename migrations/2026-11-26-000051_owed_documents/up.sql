CREATE TABLE owed_documents (
  application_id TEXT NOT NULL REFERENCES applications (id),
  document_code TEXT NOT NULL,
  due_on DATE NOT NULL,
  promised_by TEXT NOT NULL REFERENCES people (id),
  promised_at TIMESTAMP NOT NULL,
  reminders INTEGER NOT NULL,
  settled_at TIMESTAMP,
  PRIMARY KEY (application_id, document_code)
);
CREATE INDEX owed_documents_by_day ON owed_documents (settled_at, due_on, application_id, document_code);

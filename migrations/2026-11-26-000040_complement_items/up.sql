CREATE TABLE filings (
  application_id TEXT NOT NULL REFERENCES applications (id),
  number INTEGER NOT NULL,
  filed_at TIMESTAMP NOT NULL,
  digest TEXT NOT NULL,
  said TEXT NOT NULL,
  PRIMARY KEY (application_id, number)
);
CREATE TABLE complement_items (
  request_id TEXT NOT NULL REFERENCES complement_requests (id),
  position INTEGER NOT NULL,
  item TEXT NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (request_id, position)
);
ALTER TABLE complement_requests ADD COLUMN filing_before INTEGER;
ALTER TABLE complement_requests ADD COLUMN filing_after INTEGER;

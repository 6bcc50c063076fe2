CREATE TABLE field_saves (
  application_id TEXT NOT NULL REFERENCES applications (id),
  field TEXT NOT NULL,
  page TEXT NOT NULL,
  number BIGINT NOT NULL,
  mark TEXT NOT NULL,
  saved_at TIMESTAMP NOT NULL,
  PRIMARY KEY (application_id, field, page)
);

-- What officers wrote in place of the model of one letter: each version is kept, the last one counts.
CREATE TABLE letter_edits (
  application_id TEXT NOT NULL REFERENCES applications (id),
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,
  is_model BOOLEAN NOT NULL,
  subject TEXT NOT NULL,
  opening TEXT NOT NULL,
  ending TEXT NOT NULL,
  basis TEXT NOT NULL,
  edited_by TEXT NOT NULL REFERENCES people (id),
  edited_at TIMESTAMP NOT NULL,
  PRIMARY KEY (application_id, number)
);
-- When the people of a file first opened its decision.
CREATE TABLE decision_readings (
  application_id TEXT PRIMARY KEY NOT NULL REFERENCES applications (id),
  opened_by TEXT NOT NULL REFERENCES people (id),
  opened_at TIMESTAMP NOT NULL
);

CREATE TABLE tie_declarations (
  application_id TEXT PRIMARY KEY NOT NULL REFERENCES applications (id),
  has_ties BOOLEAN NOT NULL,
  declared_by TEXT NOT NULL REFERENCES people (id),
  declared_at TIMESTAMP NOT NULL
);
CREATE TABLE declared_ties (
  application_id TEXT NOT NULL REFERENCES applications (id),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  nature TEXT NOT NULL,
  PRIMARY KEY (application_id, position)
);

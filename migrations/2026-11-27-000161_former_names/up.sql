-- What organisations, and whoever represented them in law, were called before: a file written then says it still.
CREATE TABLE former_names (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  name TEXT NOT NULL,
  is_person BOOLEAN NOT NULL,
  until_at TIMESTAMP NOT NULL,
  PRIMARY KEY (organisation_id, name)
);

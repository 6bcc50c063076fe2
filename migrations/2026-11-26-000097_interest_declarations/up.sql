CREATE TABLE interest_declarations (
  id TEXT PRIMARY KEY NOT NULL,
  person_id TEXT NOT NULL REFERENCES people (id),
  session_id TEXT REFERENCES sessions (id),
  declared_at TIMESTAMP NOT NULL
);
CREATE INDEX interest_declarations_by_person ON interest_declarations (person_id, declared_at);
CREATE INDEX interest_declarations_by_session ON interest_declarations (session_id);
CREATE TABLE interests (
  declaration_id TEXT NOT NULL REFERENCES interest_declarations (id),
  position INTEGER NOT NULL,
  organisation TEXT NOT NULL,
  number TEXT NOT NULL,
  bond TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (declaration_id, position)
);

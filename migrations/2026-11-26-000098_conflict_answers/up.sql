CREATE TABLE conflict_answers (
  id TEXT PRIMARY KEY NOT NULL,
  person_id TEXT NOT NULL REFERENCES people (id),
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  clue TEXT NOT NULL,
  fact TEXT NOT NULL,
  is_conflict BOOLEAN NOT NULL,
  reason TEXT NOT NULL,
  answered_by TEXT NOT NULL REFERENCES people (id),
  answered_at TIMESTAMP NOT NULL
);
CREATE INDEX conflict_answers_by_person ON conflict_answers (person_id, organisation_id);

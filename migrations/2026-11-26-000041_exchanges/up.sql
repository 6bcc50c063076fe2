CREATE TABLE exchanges (
  id TEXT PRIMARY KEY NOT NULL,
  application_id TEXT NOT NULL REFERENCES applications (id),
  number INTEGER NOT NULL,
  side TEXT NOT NULL,
  author_id TEXT NOT NULL REFERENCES people (id),
  body TEXT NOT NULL,
  written_at TIMESTAMP NOT NULL,
  UNIQUE (application_id, number)
);
CREATE TABLE exchange_threads (
  application_id TEXT PRIMARY KEY NOT NULL REFERENCES applications (id),
  exchanges INTEGER NOT NULL,
  read_by_applicant INTEGER NOT NULL,
  read_by_team INTEGER NOT NULL,
  unread_by_applicant INTEGER NOT NULL,
  unread_by_team INTEGER NOT NULL
);
CREATE INDEX exchange_threads_by_unread ON exchange_threads (unread_by_team, application_id);

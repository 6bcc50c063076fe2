CREATE TABLE funder_people (
  person_id TEXT PRIMARY KEY NOT NULL REFERENCES people (id),
  funder_id TEXT NOT NULL REFERENCES funders (id),
  seated_at TIMESTAMP NOT NULL
);
CREATE INDEX funder_people_by_funder ON funder_people (funder_id);

CREATE TABLE source_changes (
  id TEXT PRIMARY KEY NOT NULL,
  funding_source_id TEXT NOT NULL REFERENCES funding_sources (id),
  settings TEXT NOT NULL,
  changed_by TEXT NOT NULL REFERENCES people (id),
  changed_at TIMESTAMP NOT NULL
);
CREATE INDEX source_changes_by_source ON source_changes (funding_source_id, id);

CREATE TABLE source_instalments (
  id TEXT PRIMARY KEY NOT NULL,
  funding_source_id TEXT NOT NULL REFERENCES funding_sources (id),
  label TEXT NOT NULL,
  expected_on DATE NOT NULL,
  expected_cents BIGINT NOT NULL,
  received_on DATE,
  received_cents BIGINT,
  bank_reference TEXT,
  recorded_by TEXT NOT NULL REFERENCES people (id),
  recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX source_instalments_by_source ON source_instalments (funding_source_id, expected_on);

CREATE TABLE source_reports (
  id TEXT PRIMARY KEY NOT NULL,
  funding_source_id TEXT NOT NULL REFERENCES funding_sources (id),
  title TEXT NOT NULL,
  due_on DATE NOT NULL,
  sent_on DATE,
  recorded_by TEXT NOT NULL REFERENCES people (id),
  recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX source_reports_by_source ON source_reports (funding_source_id, due_on);
CREATE INDEX source_reports_by_day ON source_reports (due_on);

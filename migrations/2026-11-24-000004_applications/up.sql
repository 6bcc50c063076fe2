CREATE TABLE applications (
  id TEXT PRIMARY KEY NOT NULL,
  call_id TEXT NOT NULL REFERENCES calls (id),
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  partner_organisation_id TEXT REFERENCES organisations (id),
  reference TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  requested_cents BIGINT NOT NULL,
  starts_on DATE,
  ends_on DATE,
  commune_code TEXT REFERENCES communes (code),
  country_code TEXT,
  revision INTEGER NOT NULL,
  live_key TEXT UNIQUE,
  pass_until TIMESTAMP,
  created_by TEXT NOT NULL REFERENCES people (id),
  submitted_by TEXT REFERENCES people (id),
  submitted_at TIMESTAMP,
  content_hash TEXT,
  appeal TEXT,
  decided_cents BIGINT,
  motive TEXT,
  conditions TEXT,
  score_sum BIGINT NOT NULL,
  score_count INTEGER NOT NULL,
  score_mean BIGINT NOT NULL,
  sort_key TEXT NOT NULL,
  search_key TEXT NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  state_at TIMESTAMP NOT NULL,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE INDEX applications_by_call ON applications (call_id, state, id);
CREATE INDEX applications_by_reference ON applications (call_id, reference);
CREATE INDEX applications_by_score ON applications (call_id, score_mean, reference);
CREATE INDEX applications_by_organisation ON applications (organisation_id, id);
CREATE INDEX applications_by_partner ON applications (partner_organisation_id);
CREATE INDEX applications_by_state ON applications (state, id);

CREATE TABLE answers (
  application_id TEXT NOT NULL REFERENCES applications (id),
  question TEXT NOT NULL,
  value TEXT NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  PRIMARY KEY (application_id, question)
);

CREATE TABLE budget_lines (
  application_id TEXT NOT NULL REFERENCES applications (id),
  position INTEGER NOT NULL,
  account TEXT NOT NULL,
  side TEXT NOT NULL,
  label TEXT NOT NULL,
  planned_cents BIGINT NOT NULL,
  is_eligible BOOLEAN NOT NULL,
  is_secured BOOLEAN NOT NULL,
  PRIMARY KEY (application_id, position)
);

CREATE TABLE application_tags (
  application_id TEXT NOT NULL REFERENCES applications (id),
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  level INTEGER NOT NULL,
  PRIMARY KEY (application_id, kind, code)
);
CREATE INDEX application_tags_by_code ON application_tags (kind, code, application_id);

CREATE TABLE application_partners (
  application_id TEXT NOT NULL REFERENCES applications (id),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  part TEXT NOT NULL,
  country_code TEXT NOT NULL,
  email TEXT,
  PRIMARY KEY (application_id, position)
);

CREATE TABLE complement_requests (
  id TEXT PRIMARY KEY NOT NULL,
  application_id TEXT NOT NULL REFERENCES applications (id),
  asked_by TEXT NOT NULL REFERENCES people (id),
  asked_at TIMESTAMP NOT NULL,
  wanted TEXT NOT NULL,
  due_at TIMESTAMP NOT NULL,
  answer TEXT,
  answered_at TIMESTAMP
);
CREATE INDEX complement_requests_by_application ON complement_requests (application_id, asked_at);
CREATE INDEX complement_requests_by_due ON complement_requests (due_at);

CREATE TABLE funders (
  id TEXT PRIMARY KEY NOT NULL,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  mention TEXT NOT NULL
);

CREATE TABLE funding_sources (
  id TEXT PRIMARY KEY NOT NULL,
  funder_id TEXT NOT NULL REFERENCES funders (id),
  reference TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  amount_cents BIGINT NOT NULL,
  starts_on DATE NOT NULL,
  ends_on DATE NOT NULL,
  regranting_clause TEXT,
  beneficiary_ceiling_cents BIGINT,
  retention_years INTEGER NOT NULL,
  settings TEXT NOT NULL
);
CREATE INDEX funding_sources_by_funder ON funding_sources (funder_id);

CREATE TABLE funds (
  id TEXT PRIMARY KEY NOT NULL,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  settings TEXT NOT NULL
);

CREATE TABLE calls (
  id TEXT PRIMARY KEY NOT NULL,
  fund_id TEXT NOT NULL REFERENCES funds (id),
  reference TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  opens_at TIMESTAMP NOT NULL,
  closes_at TIMESTAMP NOT NULL,
  envelope_cents BIGINT NOT NULL,
  revision INTEGER NOT NULL,
  settings TEXT NOT NULL,
  next_number INTEGER NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  state_at TIMESTAMP NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX calls_by_state ON calls (state, closes_at, id);
CREATE INDEX calls_by_fund ON calls (fund_id);

CREATE TABLE call_sources (
  call_id TEXT NOT NULL REFERENCES calls (id),
  funding_source_id TEXT NOT NULL REFERENCES funding_sources (id),
  position INTEGER NOT NULL,
  amount_cents BIGINT NOT NULL,
  PRIMARY KEY (call_id, funding_source_id)
);

CREATE TABLE form_revisions (
  call_id TEXT NOT NULL REFERENCES calls (id),
  revision INTEGER NOT NULL,
  settings TEXT NOT NULL,
  made_at TIMESTAMP NOT NULL,
  PRIMARY KEY (call_id, revision)
);

CREATE TABLE grants (
  id TEXT PRIMARY KEY NOT NULL,
  application_id TEXT NOT NULL UNIQUE REFERENCES applications (id),
  call_id TEXT NOT NULL REFERENCES calls (id),
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  reference TEXT NOT NULL UNIQUE,
  amount_cents BIGINT NOT NULL,
  rate_points INTEGER NOT NULL,
  accepted_cost_cents BIGINT,
  decided_on DATE NOT NULL,
  confirm_by DATE,
  starts_on DATE,
  ends_on DATE,
  is_agreement_required BOOLEAN NOT NULL,
  accepted_by TEXT REFERENCES people (id),
  accepted_at TIMESTAMP,
  holder_signed_by TEXT REFERENCES people (id),
  holder_signed_at TIMESTAMP,
  issuer_signed_by TEXT REFERENCES people (id),
  issuer_signed_at TIMESTAMP,
  reason TEXT,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  state_at TIMESTAMP NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX grants_by_call ON grants (call_id, state, id);
CREATE INDEX grants_by_organisation ON grants (organisation_id);
CREATE INDEX grants_by_state ON grants (state, id);

CREATE TABLE amendments (
  id TEXT PRIMARY KEY NOT NULL,
  grant_id TEXT NOT NULL REFERENCES grants (id),
  kind TEXT NOT NULL,
  wanted TEXT NOT NULL,
  new_ends_on DATE,
  reason TEXT NOT NULL,
  motive TEXT,
  requested_by TEXT NOT NULL REFERENCES people (id),
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  state_at TIMESTAMP NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX amendments_by_grant ON amendments (grant_id);

CREATE TABLE payment_runs (
  id TEXT PRIMARY KEY NOT NULL,
  reference TEXT NOT NULL UNIQUE,
  payer_account_id TEXT NOT NULL REFERENCES payer_accounts (id),
  execution_on DATE NOT NULL,
  prepared_by TEXT NOT NULL REFERENCES people (id),
  approved_by TEXT REFERENCES people (id),
  approved_at TIMESTAMP,
  exported_at TIMESTAMP,
  reason TEXT,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  state_at TIMESTAMP NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX payment_runs_by_state ON payment_runs (state, id);

CREATE TABLE payment_files (
  payment_run_id TEXT PRIMARY KEY NOT NULL REFERENCES payment_runs (id),
  sha256 TEXT NOT NULL,
  content TEXT NOT NULL,
  made_at TIMESTAMP NOT NULL
);

CREATE TABLE disbursements (
  id TEXT PRIMARY KEY NOT NULL,
  grant_id TEXT NOT NULL REFERENCES grants (id),
  call_id TEXT NOT NULL REFERENCES calls (id),
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,
  amount_cents BIGINT NOT NULL,
  due_on DATE,
  conditions TEXT NOT NULL,
  authorised_by TEXT REFERENCES people (id),
  authorised_on DATE,
  bank_account_id TEXT REFERENCES bank_accounts (id),
  payment_run_id TEXT REFERENCES payment_runs (id),
  end_to_end_id TEXT UNIQUE,
  paid_on DATE,
  reason TEXT,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  state_at TIMESTAMP NOT NULL,
  created_at TIMESTAMP NOT NULL,
  UNIQUE (grant_id, number)
);
CREATE INDEX disbursements_by_state ON disbursements (state, id);
CREATE INDEX disbursements_by_run ON disbursements (payment_run_id);
CREATE INDEX disbursements_by_call ON disbursements (call_id, id);
CREATE INDEX disbursements_by_paid ON disbursements (paid_on);

CREATE TABLE disbursement_splits (
  disbursement_id TEXT NOT NULL REFERENCES disbursements (id),
  funding_source_id TEXT NOT NULL REFERENCES funding_sources (id),
  amount_cents BIGINT NOT NULL,
  PRIMARY KEY (disbursement_id, funding_source_id)
);

CREATE TABLE reports (
  id TEXT PRIMARY KEY NOT NULL,
  grant_id TEXT NOT NULL REFERENCES grants (id),
  call_id TEXT NOT NULL REFERENCES calls (id),
  kind TEXT NOT NULL,
  due_on DATE NOT NULL,
  submitted_by TEXT REFERENCES people (id),
  submitted_at TIMESTAMP,
  accepted_cost_cents BIGINT,
  reason TEXT,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  state_at TIMESTAMP NOT NULL,
  created_at TIMESTAMP NOT NULL,
  UNIQUE (grant_id, kind)
);
CREATE INDEX reports_by_state ON reports (state, due_on, id);
CREATE INDEX reports_by_call ON reports (call_id, state);

CREATE TABLE report_answers (
  report_id TEXT NOT NULL REFERENCES reports (id),
  question TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (report_id, question)
);

CREATE TABLE report_lines (
  report_id TEXT NOT NULL REFERENCES reports (id),
  position INTEGER NOT NULL,
  account TEXT NOT NULL,
  side TEXT NOT NULL,
  label TEXT NOT NULL,
  planned_cents BIGINT NOT NULL,
  actual_cents BIGINT NOT NULL,
  is_eligible BOOLEAN NOT NULL,
  explanation TEXT NOT NULL,
  PRIMARY KEY (report_id, position)
);

CREATE TABLE recoveries (
  id TEXT PRIMARY KEY NOT NULL,
  grant_id TEXT NOT NULL REFERENCES grants (id),
  amount_cents BIGINT NOT NULL,
  requested_on DATE NOT NULL,
  due_on DATE NOT NULL,
  received_on DATE,
  reason TEXT,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  state_at TIMESTAMP NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX recoveries_by_grant ON recoveries (grant_id);
CREATE INDEX recoveries_by_state ON recoveries (state, due_on, id);

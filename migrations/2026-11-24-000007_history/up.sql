CREATE TABLE lifecycle_edges (
  id TEXT PRIMARY KEY NOT NULL,
  machine TEXT NOT NULL,
  from_state TEXT NOT NULL,
  event TEXT NOT NULL,
  to_state TEXT NOT NULL,
  roles TEXT NOT NULL,
  UNIQUE (machine, from_state, event)
);
CREATE INDEX lifecycle_edges_by_move ON lifecycle_edges (machine, from_state, to_state);

CREATE TABLE transitions (
  seq BIGINT PRIMARY KEY NOT NULL,
  machine TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  edge_id TEXT NOT NULL REFERENCES lifecycle_edges (id),
  from_state TEXT NOT NULL,
  event TEXT NOT NULL,
  to_state TEXT NOT NULL,
  actor_id TEXT REFERENCES people (id),
  role TEXT NOT NULL,
  reason TEXT NOT NULL,
  at TIMESTAMP NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX transitions_by_subject ON transitions (subject_id, seq);

CREATE TABLE accounts (
  id TEXT PRIMARY KEY NOT NULL,
  account_key TEXT NOT NULL UNIQUE,
  stage TEXT NOT NULL,
  funding_source_id TEXT NOT NULL REFERENCES funding_sources (id),
  call_id TEXT REFERENCES calls (id),
  grant_id TEXT REFERENCES grants (id)
);
CREATE INDEX accounts_by_call ON accounts (call_id, stage);
CREATE INDEX accounts_by_grant ON accounts (grant_id, stage);
CREATE INDEX accounts_by_source ON accounts (funding_source_id, stage);

CREATE TABLE transfers (
  seq BIGINT PRIMARY KEY NOT NULL,
  from_account TEXT NOT NULL REFERENCES accounts (id),
  to_account TEXT NOT NULL REFERENCES accounts (id),
  amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
  kind TEXT NOT NULL,
  disbursement_id TEXT REFERENCES disbursements (id),
  reverses_seq BIGINT REFERENCES transfers (seq),
  transition_seq BIGINT REFERENCES transitions (seq),
  at TIMESTAMP NOT NULL
);
CREATE INDEX transfers_by_from ON transfers (from_account, amount_cents);
CREATE INDEX transfers_by_to ON transfers (to_account, amount_cents);
CREATE INDEX transfers_by_disbursement ON transfers (disbursement_id);

CREATE TABLE documents (
  id TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  reference TEXT NOT NULL,
  title TEXT NOT NULL,
  check_code TEXT NOT NULL UNIQUE,
  facts TEXT NOT NULL,
  sha256 TEXT,
  size BIGINT,
  issued_at TIMESTAMP NOT NULL,
  transition_seq BIGINT NOT NULL REFERENCES transitions (seq)
);
CREATE INDEX documents_by_subject ON documents (subject_id, issued_at);
CREATE INDEX documents_by_reference ON documents (reference);
CREATE INDEX documents_by_hash ON documents (sha256, id);

CREATE TABLE messages (
  id TEXT PRIMARY KEY NOT NULL,
  dedupe_key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  recipient_id TEXT REFERENCES people (id),
  recipient_address TEXT NOT NULL,
  recipient_name TEXT NOT NULL,
  subject_line TEXT NOT NULL,
  facts TEXT NOT NULL,
  document_id TEXT REFERENCES documents (id),
  about_id TEXT NOT NULL,
  cause_seq BIGINT REFERENCES transitions (seq),
  login_link_id TEXT REFERENCES login_links (id),
  attempts INTEGER NOT NULL,
  next_attempt_at TIMESTAMP NOT NULL,
  leased_until TIMESTAMP,
  last_error TEXT,
  sent_at TIMESTAMP,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  state_at TIMESTAMP NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX messages_by_state ON messages (state, next_attempt_at, id);
CREATE INDEX messages_by_recipient ON messages (recipient_id, id);
CREATE INDEX messages_by_about ON messages (about_id, id);

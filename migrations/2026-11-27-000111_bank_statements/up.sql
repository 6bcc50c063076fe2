-- What the bank says it did on an account the house pays from. A line is kept once per account, whatever file brought
-- it; of whose account it names, only what the house already knew.
CREATE TABLE statement_imports (
  id TEXT PRIMARY KEY NOT NULL,
  payer_account_id TEXT NOT NULL REFERENCES payer_accounts (id),
  sha256 TEXT NOT NULL,
  format TEXT NOT NULL,
  file_name TEXT NOT NULL,
  reference TEXT NOT NULL,
  from_on DATE NOT NULL,
  until_on DATE NOT NULL,
  line_count INTEGER NOT NULL,
  known_count INTEGER NOT NULL,
  imported_by TEXT NOT NULL REFERENCES people (id),
  imported_at TIMESTAMP NOT NULL,
  UNIQUE (payer_account_id, sha256)
);

CREATE TABLE statement_lines (
  id TEXT PRIMARY KEY NOT NULL,
  import_id TEXT NOT NULL REFERENCES statement_imports (id),
  payer_account_id TEXT NOT NULL REFERENCES payer_accounts (id),
  position INTEGER NOT NULL,
  line_key TEXT NOT NULL,
  is_double BOOLEAN NOT NULL,
  booked_on DATE NOT NULL,
  side TEXT NOT NULL,
  amount_cents BIGINT NOT NULL,
  currency TEXT NOT NULL,
  end_to_end_id TEXT,
  batch_id TEXT,
  bank_reference TEXT,
  counterpart TEXT NOT NULL,
  masked_account TEXT NOT NULL,
  bank_account_id TEXT REFERENCES bank_accounts (id),
  label TEXT NOT NULL,
  return_reason TEXT,
  UNIQUE (import_id, position),
  UNIQUE (payer_account_id, line_key)
);

-- What a confirmed line did: which payment it settled or sent back, or which debt it paid.
CREATE TABLE statement_effects (
  line_id TEXT NOT NULL REFERENCES statement_lines (id),
  subject_id TEXT NOT NULL,
  doing TEXT NOT NULL,
  disbursement_id TEXT REFERENCES disbursements (id),
  recovery_id TEXT REFERENCES recoveries (id),
  amount_cents BIGINT NOT NULL,
  done_by TEXT NOT NULL REFERENCES people (id),
  done_at TIMESTAMP NOT NULL,
  PRIMARY KEY (line_id, subject_id)
);
CREATE INDEX statement_effects_by_subject ON statement_effects (subject_id);
CREATE INDEX bank_accounts_by_iban ON bank_accounts (iban);

-- Which column of the bank's table says what, as chosen for each account.
CREATE TABLE statement_mappings (
  payer_account_id TEXT PRIMARY KEY NOT NULL REFERENCES payer_accounts (id),
  mapping TEXT NOT NULL,
  kept_by TEXT NOT NULL REFERENCES people (id),
  kept_at TIMESTAMP NOT NULL
);

-- Accounting entries as they left for the accountant, in words that never change: what is written again of them is the same
-- to the byte. A movement of the journal becomes one entry, once.
CREATE TABLE accounting_exports (
  id TEXT PRIMARY KEY NOT NULL,
  number INTEGER NOT NULL UNIQUE,
  file_name TEXT NOT NULL UNIQUE,
  from_on DATE NOT NULL,
  until_on DATE NOT NULL UNIQUE,
  first_entry BIGINT NOT NULL UNIQUE,
  entry_count BIGINT NOT NULL CHECK (entry_count > 0),
  total_cents BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  made_by TEXT REFERENCES people (id),
  made_at TIMESTAMP NOT NULL
);

CREATE TABLE accounting_entries (
  number BIGINT PRIMARY KEY NOT NULL,
  export_id TEXT NOT NULL REFERENCES accounting_exports (id),
  transfer_seq BIGINT NOT NULL UNIQUE REFERENCES transfers (seq),
  journal_code TEXT NOT NULL,
  journal_label TEXT NOT NULL,
  entry_on DATE NOT NULL,
  piece TEXT NOT NULL,
  piece_on DATE NOT NULL,
  label TEXT NOT NULL,
  amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
  debit_account TEXT NOT NULL,
  debit_label TEXT NOT NULL,
  credit_account TEXT NOT NULL,
  credit_label TEXT NOT NULL,
  third_account TEXT NOT NULL,
  third_number TEXT NOT NULL,
  third_name TEXT NOT NULL
);
CREATE INDEX accounting_entries_by_export ON accounting_entries (export_id, number);

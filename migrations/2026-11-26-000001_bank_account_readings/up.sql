-- Who read a whole account number, and when: a deliberate act each time.
CREATE TABLE bank_account_readings (
  id TEXT PRIMARY KEY NOT NULL,
  bank_account_id TEXT NOT NULL REFERENCES bank_accounts (id),
  person_id TEXT NOT NULL REFERENCES people (id),
  read_at TIMESTAMP NOT NULL
);
CREATE INDEX bank_account_readings_by_account ON bank_account_readings (bank_account_id, read_at);

-- Why the account was last put aside or closed.
ALTER TABLE bank_accounts ADD COLUMN reason TEXT;

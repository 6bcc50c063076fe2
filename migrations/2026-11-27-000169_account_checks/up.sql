-- How each account was verified: what the bank answered about the name of its holder, and how the organisation confirmed it.
-- Accounts verified before have none.
CREATE TABLE account_checks (
  bank_account_id TEXT NOT NULL REFERENCES bank_accounts (id),
  account_version INTEGER NOT NULL,
  answer TEXT NOT NULL,
  name_given TEXT NOT NULL,
  confirmation TEXT NOT NULL,
  reason TEXT NOT NULL,
  checked_by TEXT NOT NULL REFERENCES people (id),
  checked_at TIMESTAMP NOT NULL,
  PRIMARY KEY (bank_account_id, account_version)
);

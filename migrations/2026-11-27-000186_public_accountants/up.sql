-- Why an account in another name than its organisation's is its own: a public body is paid on the account of its public
-- accountant. One row for each time it was verified, written by whoever verified it.
CREATE TABLE public_accountants (
  bank_account_id TEXT NOT NULL REFERENCES bank_accounts (id),
  account_version INTEGER NOT NULL,
  legal_form TEXT NOT NULL,
  reason TEXT NOT NULL,
  written_by TEXT NOT NULL REFERENCES people (id),
  written_at TIMESTAMP NOT NULL,
  PRIMARY KEY (bank_account_id, account_version)
);

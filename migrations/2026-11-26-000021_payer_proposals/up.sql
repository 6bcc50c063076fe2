-- An account the house pays from is proposed by one person and confirmed by another before any run uses it. An account
-- without a line here was there before, or was opened by whoever runs the site.
CREATE TABLE payer_proposals (
  payer_account_id TEXT PRIMARY KEY NOT NULL REFERENCES payer_accounts (id),
  proposed_by TEXT NOT NULL REFERENCES people (id),
  proposed_at TIMESTAMP NOT NULL,
  confirmed_by TEXT REFERENCES people (id),
  confirmed_at TIMESTAMP
);

-- Account numbers lie sealed from now on; what finds the same number again is a keyed mark. The program seals what is
-- there already when it next has its key.
ALTER TABLE bank_accounts ADD COLUMN iban_mark TEXT NOT NULL DEFAULT '';
ALTER TABLE payer_accounts ADD COLUMN iban_mark TEXT NOT NULL DEFAULT '';
DROP INDEX bank_accounts_by_iban;
CREATE INDEX bank_accounts_by_mark ON bank_accounts (iban_mark);
CREATE UNIQUE INDEX payer_accounts_by_mark ON payer_accounts (iban_mark) WHERE iban_mark <> '';

-- A bank file is kept with references in place of its numbers; this is the digest of what is kept.
ALTER TABLE payment_files ADD COLUMN kept_sha256 TEXT NOT NULL DEFAULT '';

-- The numbers answered in forms. The answer itself is the token, which shows their ends only.
CREATE TABLE sealed_answers (
  token TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  sealed TEXT NOT NULL,
  PRIMARY KEY (token, subject_id)
);

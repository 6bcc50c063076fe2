DROP TABLE sealed_answers;
ALTER TABLE payment_files DROP COLUMN kept_sha256;
DROP INDEX payer_accounts_by_mark;
DROP INDEX bank_accounts_by_mark;
CREATE INDEX bank_accounts_by_iban ON bank_accounts (iban);
ALTER TABLE payer_accounts DROP COLUMN iban_mark;
ALTER TABLE bank_accounts DROP COLUMN iban_mark;

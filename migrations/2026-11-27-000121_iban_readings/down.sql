CREATE TABLE bank_account_readings (
  id TEXT PRIMARY KEY NOT NULL,
  bank_account_id TEXT NOT NULL REFERENCES bank_accounts (id),
  person_id TEXT NOT NULL REFERENCES people (id),
  read_at TIMESTAMP NOT NULL
);
CREATE INDEX bank_account_readings_by_account ON bank_account_readings (bank_account_id, read_at);
INSERT INTO bank_account_readings (id, bank_account_id, person_id, read_at)
  SELECT id, subject_id, person_id, read_at FROM iban_readings
  WHERE person_id IS NOT NULL AND subject_id IN (SELECT id FROM bank_accounts);
DROP TABLE iban_readings;

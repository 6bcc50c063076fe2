-- Who had a whole account number before their eyes, when and why: of a beneficiary, of the house, of an answer.
CREATE TABLE iban_readings (
  id TEXT PRIMARY KEY NOT NULL,
  subject_id TEXT NOT NULL,
  person_id TEXT REFERENCES people (id),
  purpose TEXT NOT NULL,
  detail TEXT NOT NULL,
  read_at TIMESTAMP NOT NULL
);
CREATE INDEX iban_readings_by_subject ON iban_readings (subject_id, read_at);
INSERT INTO iban_readings (id, subject_id, person_id, purpose, detail, read_at)
  SELECT id, bank_account_id, person_id, 'verification', '', read_at FROM bank_account_readings;
DROP TABLE bank_account_readings;

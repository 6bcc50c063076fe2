ALTER TABLE bank_accounts DROP COLUMN reason;
DROP TABLE bank_account_readings;

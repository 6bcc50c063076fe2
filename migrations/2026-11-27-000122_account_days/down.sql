DROP INDEX transfers_by_time;
DROP INDEX transfers_by_to;
DROP INDEX transfers_by_from;
CREATE INDEX transfers_by_from ON transfers (from_account, amount_cents);
CREATE INDEX transfers_by_to ON transfers (to_account, amount_cents);
DROP TABLE account_days;

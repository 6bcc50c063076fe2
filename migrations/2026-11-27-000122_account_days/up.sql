-- What came into and went out of each account on each day in UTC (`2027-03-31`), kept by a trigger (src/store/guards.rs): a
-- balance adds up days and the hours of the last one, however long the journal.
CREATE TABLE account_days (
  account_id TEXT NOT NULL REFERENCES accounts (id),
  day TEXT NOT NULL,
  into_cents BIGINT NOT NULL,
  out_cents BIGINT NOT NULL,
  PRIMARY KEY (account_id, day)
);
INSERT INTO account_days (account_id, day, into_cents, out_cents)
SELECT account_id, day, CAST(SUM(into_cents) AS BIGINT), CAST(SUM(out_cents) AS BIGINT)
FROM (SELECT to_account AS account_id, SUBSTR(CAST(at AS TEXT), 1, 10) AS day, amount_cents AS into_cents, 0 AS out_cents
      FROM transfers
      UNION ALL
      SELECT from_account, SUBSTR(CAST(at AS TEXT), 1, 10), 0, amount_cents FROM transfers) moves
GROUP BY account_id, day;

-- The journal is read by time, whole or account by account.
DROP INDEX transfers_by_from;
DROP INDEX transfers_by_to;
CREATE INDEX transfers_by_from ON transfers (from_account, at, seq, amount_cents);
CREATE INDEX transfers_by_to ON transfers (to_account, at, seq, amount_cents);
CREATE INDEX transfers_by_time ON transfers (at, seq);

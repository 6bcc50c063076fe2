-- The lines of a payment run as they were when it was approved, whatever becomes of each payment: what leaves the bank, what
-- is kept back, and how it went. `carried_to` is the run that paid a returned one again.
CREATE TABLE payment_run_lines (
  payment_run_id TEXT NOT NULL REFERENCES payment_runs (id),
  disbursement_id TEXT NOT NULL REFERENCES disbursements (id),
  bank_account_id TEXT NOT NULL REFERENCES bank_accounts (id),
  end_to_end_id TEXT NOT NULL,
  amount_cents BIGINT NOT NULL,
  kept_back_cents BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  carried_to TEXT REFERENCES payment_runs (id),
  PRIMARY KEY (payment_run_id, disbursement_id)
);
CREATE INDEX payment_run_lines_by_disbursement ON payment_run_lines (disbursement_id);

INSERT INTO payment_run_lines (payment_run_id, disbursement_id, bank_account_id, end_to_end_id, amount_cents,
    kept_back_cents, outcome, carried_to)
  SELECT l.run, l.id, l.account, l.reference, l.amount_cents - l.kept, l.kept, l.outcome, NULL
  FROM (SELECT d.payment_run_id AS run, d.id, d.bank_account_id AS account, d.end_to_end_id AS reference, d.amount_cents,
          CAST(COALESCE((SELECT SUM(t.amount_cents) FROM transfers t
            WHERE t.disbursement_id = d.id AND t.kind = 'recover'), 0) AS BIGINT) AS kept,
          CASE d.state WHEN 'paid' THEN 'paid' WHEN 'returned' THEN 'returned' ELSE 'waiting' END AS outcome
        FROM disbursements d JOIN payment_runs r ON r.id = d.payment_run_id
        WHERE r.state IN ('approved', 'exported', 'settled') AND d.bank_account_id IS NOT NULL
          AND d.end_to_end_id IS NOT NULL) l;

-- Lines that have left their first run since: its file still names them, by the reference they had before their return.
INSERT INTO payment_run_lines (payment_run_id, disbursement_id, bank_account_id, end_to_end_id, amount_cents,
    kept_back_cents, outcome, carried_to)
  SELECT l.run, l.id, l.account, l.reference, l.amount_cents - l.kept, l.kept,
    CASE WHEN l.later IS NULL THEN 'returned' ELSE 'carried' END, l.later
  FROM (SELECT f.payment_run_id AS run, d.id, d.bank_account_id AS account,
          SUBSTR(d.end_to_end_id, 1, LENGTH(d.end_to_end_id) - 3) AS reference, d.amount_cents, d.payment_run_id AS later,
          CAST(COALESCE((SELECT SUM(t.amount_cents) FROM transfers t
            WHERE t.disbursement_id = d.id AND t.kind = 'recover'), 0) AS BIGINT) AS kept
        FROM disbursements d JOIN payment_files f
          ON f.content LIKE '%<EndToEndId>' || SUBSTR(d.end_to_end_id, 1, LENGTH(d.end_to_end_id) - 3) || '</EndToEndId>%'
        WHERE d.end_to_end_id LIKE '%-R_' AND d.bank_account_id IS NOT NULL
          AND (d.payment_run_id IS NULL OR d.payment_run_id <> f.payment_run_id)) l;

-- Money that comes back is looked for among what left in its amount.
CREATE INDEX payment_run_lines_by_amount ON payment_run_lines (amount_cents, outcome);

-- The part of a line of expense the fund cannot pay for, where it is not the whole line.
ALTER TABLE budget_lines ADD COLUMN ineligible_cents BIGINT NOT NULL DEFAULT 0;
ALTER TABLE report_lines ADD COLUMN ineligible_cents BIGINT NOT NULL DEFAULT 0;
-- The revision of the form that a draft keeps, where the officer who published the next one chose so.
CREATE TABLE kept_forms (
  application_id TEXT PRIMARY KEY NOT NULL REFERENCES applications (id),
  revision INTEGER NOT NULL
);
-- What officers found ineligible of a line of a filed budget: each mark is kept, the last one of a line counts.
CREATE TABLE cost_marks (
  application_id TEXT NOT NULL REFERENCES applications (id),
  account TEXT NOT NULL,
  number INTEGER NOT NULL,
  ineligible_cents BIGINT NOT NULL,
  reason TEXT NOT NULL,
  marked_by TEXT NOT NULL REFERENCES people (id),
  marked_at TIMESTAMP NOT NULL,
  PRIMARY KEY (application_id, account, number)
);

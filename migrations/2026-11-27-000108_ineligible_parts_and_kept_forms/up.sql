-- The part of a line of expense the fund cannot pay for, where it is not the whole line.
ALTER TABLE budget_lines ADD COLUMN ineligible_cents BIGINT NOT NULL DEFAULT 0;
ALTER TABLE report_lines ADD COLUMN ineligible_cents BIGINT NOT NULL DEFAULT 0;
-- The revision of the form that a draft keeps, where the officer who published the next one chose so.
ALTER TABLE applications ADD COLUMN kept_revision INTEGER;

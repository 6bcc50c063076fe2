DROP TABLE cost_marks;
ALTER TABLE applications DROP COLUMN kept_revision;
ALTER TABLE report_lines DROP COLUMN ineligible_cents;
ALTER TABLE budget_lines DROP COLUMN ineligible_cents;

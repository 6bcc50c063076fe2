DROP TABLE cost_marks;
DROP TABLE kept_forms;
ALTER TABLE report_lines DROP COLUMN ineligible_cents;
ALTER TABLE budget_lines DROP COLUMN ineligible_cents;

DROP INDEX signing_papers_by_day;
ALTER TABLE paper_signatures DROP COLUMN signed_on;
ALTER TABLE paper_signatures DROP COLUMN signed_by;

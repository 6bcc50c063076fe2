-- A signed copy that came by post is deposited by the team: who signed it by hand, and on which day. Nothing where whoever
-- sent it in says so by sending it.
ALTER TABLE paper_signatures ADD COLUMN signed_by TEXT;
ALTER TABLE paper_signatures ADD COLUMN signed_on DATE;
-- What is still to be signed is looked for by its day.
CREATE INDEX signing_papers_by_day ON signing_papers (sign_by);

-- The papers that payments of a grant waited for and that another one has replaced, each with what was said of it then. One
-- that was accepted before the antivirus refused it is here twice, under either word.
CREATE TABLE former_pieces (
  attachment_id TEXT NOT NULL,
  outcome TEXT NOT NULL,
  grant_id TEXT NOT NULL REFERENCES grants (id),
  code TEXT NOT NULL,
  label TEXT NOT NULL,
  motive TEXT NOT NULL,
  provided_by TEXT NOT NULL REFERENCES people (id),
  provided_at TIMESTAMP NOT NULL,
  judged_by TEXT REFERENCES people (id),
  judged_at TIMESTAMP,
  PRIMARY KEY (attachment_id, outcome)
);
CREATE INDEX former_pieces_by_grant ON former_pieces (grant_id);

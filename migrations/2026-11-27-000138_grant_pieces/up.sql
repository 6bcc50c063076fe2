-- The papers that payments of a grant wait for, each as it was last provided and what is said of it. The file itself may be
-- erased with its application; what was said of it stays.
CREATE TABLE grant_pieces (
  grant_id TEXT NOT NULL REFERENCES grants (id),
  code TEXT NOT NULL,
  label TEXT NOT NULL,
  attachment_id TEXT NOT NULL,
  outcome TEXT NOT NULL,
  motive TEXT NOT NULL,
  provided_by TEXT NOT NULL REFERENCES people (id),
  provided_at TIMESTAMP NOT NULL,
  judged_by TEXT REFERENCES people (id),
  judged_at TIMESTAMP,
  PRIMARY KEY (grant_id, code)
);

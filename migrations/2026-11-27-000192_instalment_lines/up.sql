-- Which line of a bank statement brought which instalment of a funder: a line brings one at most, an instalment comes by
-- one at most.
CREATE TABLE instalment_lines (
  line_id TEXT PRIMARY KEY NOT NULL REFERENCES statement_lines (id),
  instalment_id TEXT NOT NULL UNIQUE REFERENCES source_instalments (id),
  done_by TEXT NOT NULL REFERENCES people (id),
  done_at TIMESTAMP NOT NULL
);

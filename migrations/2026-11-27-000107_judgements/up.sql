-- What officers judged of the conditions that no fact settles: each judgement is kept, the last one counts.
CREATE TABLE judgements (
  application_id TEXT NOT NULL REFERENCES applications (id),
  rule_code TEXT NOT NULL,
  number INTEGER NOT NULL,
  is_met BOOLEAN NOT NULL,
  sentence TEXT NOT NULL,
  note TEXT NOT NULL,
  basis TEXT NOT NULL,
  judged_by TEXT NOT NULL REFERENCES people (id),
  judged_at TIMESTAMP NOT NULL,
  PRIMARY KEY (application_id, rule_code, number)
);

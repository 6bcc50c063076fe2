-- Each time the promises were asked: by whom, or by the worker at night, and what was found of each.
CREATE TABLE integrity_runs (
  id TEXT PRIMARY KEY NOT NULL,
  ran_at TIMESTAMP NOT NULL,
  ran_by TEXT REFERENCES people (id),
  promises INTEGER NOT NULL,
  broken_promises INTEGER NOT NULL,
  fingerprint TEXT NOT NULL
);

CREATE TABLE integrity_findings (
  run_id TEXT NOT NULL REFERENCES integrity_runs (id),
  position INTEGER NOT NULL,
  number INTEGER NOT NULL,
  promise TEXT NOT NULL,
  checked BIGINT NOT NULL,
  broken BIGINT NOT NULL,
  examples TEXT NOT NULL,
  PRIMARY KEY (run_id, position)
);

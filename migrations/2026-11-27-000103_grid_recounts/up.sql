-- Totals worked out again because the grid of a call came to count otherwise after scoring had begun, with each mean before
-- and after, in hundredths of a point.
CREATE TABLE grid_recounts (
  call_id TEXT NOT NULL REFERENCES calls (id),
  revision INTEGER NOT NULL,
  weights TEXT NOT NULL,
  recounted_by TEXT NOT NULL REFERENCES people (id),
  recounted_at TIMESTAMP NOT NULL,
  PRIMARY KEY (call_id, revision)
);
CREATE TABLE grid_recount_lines (
  application_id TEXT NOT NULL REFERENCES applications (id),
  revision INTEGER NOT NULL,
  mean_before BIGINT NOT NULL,
  mean_after BIGINT NOT NULL,
  PRIMARY KEY (application_id, revision)
);

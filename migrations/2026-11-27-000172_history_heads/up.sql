-- The head of the history each time the promises were asked, and whether it was mailed out that night.
CREATE TABLE history_heads (
  run_id TEXT PRIMARY KEY NOT NULL REFERENCES integrity_runs (id),
  seq BIGINT NOT NULL,
  hash TEXT NOT NULL,
  is_mailed BOOLEAN NOT NULL,
  published_at TIMESTAMP NOT NULL
);

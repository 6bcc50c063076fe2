-- What a published call is to say next, while it is being prepared; empty settings while nothing is.
CREATE TABLE draft_revisions (
  call_id TEXT PRIMARY KEY NOT NULL REFERENCES calls (id),
  number INTEGER NOT NULL,
  settings TEXT NOT NULL,
  changed_by TEXT NOT NULL REFERENCES people (id),
  changed_at TIMESTAMP NOT NULL
);
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('call:published:revise', 'call', 'published', 'revise', 'published', 'officer');

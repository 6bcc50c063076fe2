CREATE TABLE passes (
  application_id TEXT NOT NULL REFERENCES applications (id),
  kind TEXT NOT NULL,
  opened_at TIMESTAMP NOT NULL,
  until_at TIMESTAMP NOT NULL,
  opened_by TEXT NOT NULL REFERENCES people (id),
  reason TEXT NOT NULL,
  PRIMARY KEY (application_id, kind, opened_at)
);
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  SELECT 'application:draft:open_late', 'application', 'draft', 'open_late', 'draft', 'officer'
  WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges WHERE id = 'application:draft:open_late');

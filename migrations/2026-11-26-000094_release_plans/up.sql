-- When the results of a call are to be announced by the clock, and who said so. A plan that was stopped says when.
CREATE TABLE release_plans (
  call_id TEXT PRIMARY KEY NOT NULL REFERENCES calls (id),
  release_at TIMESTAMP NOT NULL,
  fixed_by TEXT NOT NULL REFERENCES people (id),
  fixed_at TIMESTAMP NOT NULL,
  halted_at TIMESTAMP
);
CREATE INDEX release_plans_by_time ON release_plans (release_at);
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  SELECT 'call:deliberated:plan_release', 'call', 'deliberated', 'plan_release', 'deliberated', 'officer'
  WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges WHERE id = 'call:deliberated:plan_release');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  SELECT 'call:deliberated:drop_release', 'call', 'deliberated', 'drop_release', 'deliberated', 'officer'
  WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges WHERE id = 'call:deliberated:drop_release');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  SELECT 'call:deliberated:halt_release', 'call', 'deliberated', 'halt_release', 'deliberated', 'system'
  WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges WHERE id = 'call:deliberated:halt_release');
UPDATE lifecycle_edges SET roles = 'officer system' WHERE id = 'call:deliberated:announce';

-- More time for a debt is part of its history.
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('recovery:requested:postpone', 'recovery', 'requested', 'postpone', 'requested', 'finance');

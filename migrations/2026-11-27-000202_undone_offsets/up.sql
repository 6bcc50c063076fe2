-- A debt kept back from a payment that leaves no more is owed again, and the grant it closed is open again.
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('recovery:offset:reopen', 'recovery', 'offset', 'reopen', 'requested', 'system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('grant:closed:reopen', 'grant', 'closed', 'reopen', 'closing', 'system');

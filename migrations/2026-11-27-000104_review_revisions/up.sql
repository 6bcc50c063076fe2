-- The grid of a call may change while its committee scores.
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('call:in_review:revise', 'call', 'in_review', 'revise', 'in_review', 'officer');

CREATE INDEX applications_by_waiting ON applications (state, state_at, id);
CREATE INDEX applications_by_call_waiting ON applications (call_id, state, state_at, id);

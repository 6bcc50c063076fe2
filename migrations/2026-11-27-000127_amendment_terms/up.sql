-- What an amendment asks for beside a new end, and what it changed once it was granted.
ALTER TABLE amendments ADD COLUMN new_amount_cents BIGINT;
ALTER TABLE amendments ADD COLUMN new_partner TEXT;

CREATE TABLE amendment_lines (
  amendment_id TEXT NOT NULL REFERENCES amendments (id),
  position INTEGER NOT NULL,
  planned_cents BIGINT NOT NULL,
  PRIMARY KEY (amendment_id, position)
);

CREATE TABLE amendment_changes (
  amendment_id TEXT NOT NULL REFERENCES amendments (id),
  position INTEGER NOT NULL,
  label TEXT NOT NULL,
  was TEXT NOT NULL,
  becomes TEXT NOT NULL,
  PRIMARY KEY (amendment_id, position)
);

INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  SELECT 'amendment:requested:propose', 'amendment', 'requested', 'propose', 'to_sign', 'officer director'
  WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges WHERE id = 'amendment:requested:propose');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  SELECT 'amendment:to_sign:take_effect', 'amendment', 'to_sign', 'take_effect', 'approved', 'system'
  WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges WHERE id = 'amendment:to_sign:take_effect');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  SELECT 'amendment:to_sign:refuse', 'amendment', 'to_sign', 'refuse', 'refused', 'officer director'
  WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges WHERE id = 'amendment:to_sign:refuse');

-- An award may go beyond a ceiling more than once: when it is decided, and when an amendment raises it.
CREATE TABLE several_overrides (
  application_id TEXT NOT NULL REFERENCES applications (id),
  axis TEXT NOT NULL,
  scope_key TEXT NOT NULL,
  number INTEGER NOT NULL,
  call_id TEXT NOT NULL REFERENCES calls (id),
  funding_source_id TEXT REFERENCES funding_sources (id),
  amendment_id TEXT REFERENCES amendments (id),
  over_cents BIGINT NOT NULL CHECK (over_cents > 0),
  reason TEXT NOT NULL,
  decided_by TEXT NOT NULL REFERENCES people (id),
  decided_at TIMESTAMP NOT NULL,
  PRIMARY KEY (application_id, axis, scope_key, number)
);
INSERT INTO several_overrides
    (application_id, axis, scope_key, number, call_id, funding_source_id, over_cents, reason, decided_by, decided_at)
  SELECT application_id, axis, scope_key, 1, call_id, funding_source_id, over_cents, reason, decided_by, decided_at
  FROM earmark_overrides;
DROP TABLE earmark_overrides;
ALTER TABLE several_overrides RENAME TO earmark_overrides;
CREATE INDEX earmark_overrides_by_call ON earmark_overrides (call_id, axis);
CREATE INDEX earmark_overrides_by_source ON earmark_overrides (funding_source_id, axis);

-- Why an amendment that is granted may go beyond ceilings once it is in force.
CREATE TABLE amendment_overrides (
  amendment_id TEXT PRIMARY KEY NOT NULL REFERENCES amendments (id),
  reason TEXT NOT NULL,
  decided_by TEXT NOT NULL REFERENCES people (id),
  decided_at TIMESTAMP NOT NULL
);

-- The same of a proposal from the reserve list; empty where it needs none.
ALTER TABLE promotions ADD COLUMN beyond TEXT NOT NULL DEFAULT '';

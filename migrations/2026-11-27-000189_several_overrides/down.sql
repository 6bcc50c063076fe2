ALTER TABLE promotions DROP COLUMN beyond;
DROP TABLE amendment_overrides;
CREATE TABLE single_overrides (
  application_id TEXT NOT NULL REFERENCES applications (id),
  axis TEXT NOT NULL,
  scope_key TEXT NOT NULL,
  call_id TEXT NOT NULL REFERENCES calls (id),
  funding_source_id TEXT REFERENCES funding_sources (id),
  over_cents BIGINT NOT NULL CHECK (over_cents > 0),
  reason TEXT NOT NULL,
  decided_by TEXT NOT NULL REFERENCES people (id),
  decided_at TIMESTAMP NOT NULL,
  PRIMARY KEY (application_id, axis, scope_key)
);
INSERT INTO single_overrides
    (application_id, axis, scope_key, call_id, funding_source_id, over_cents, reason, decided_by, decided_at)
  SELECT application_id, axis, scope_key, call_id, funding_source_id, over_cents, reason, decided_by, decided_at
  FROM earmark_overrides WHERE number = 1;
DROP TABLE earmark_overrides;
ALTER TABLE single_overrides RENAME TO earmark_overrides;
CREATE INDEX earmark_overrides_by_call ON earmark_overrides (call_id, axis);
CREATE INDEX earmark_overrides_by_source ON earmark_overrides (funding_source_id, axis);

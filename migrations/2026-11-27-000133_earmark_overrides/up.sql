-- Awards that went beyond a ceiling on their axis where the call allows it, each with the reason of whoever decided so.
-- `scope_key` is the funding source that set the ceiling, or 'call'.
CREATE TABLE earmark_overrides (
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
CREATE INDEX earmark_overrides_by_call ON earmark_overrides (call_id, axis);
CREATE INDEX earmark_overrides_by_source ON earmark_overrides (funding_source_id, axis);

-- What of each line of a report the house accepts, and why it is not what was proposed.
CREATE TABLE accepted_lines (
  report_id TEXT NOT NULL REFERENCES reports (id),
  position INTEGER NOT NULL,
  accepted_cents BIGINT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (report_id, position)
);

-- What an officer wants corrected in a report: only that reopens.
CREATE TABLE report_changes (
  report_id TEXT NOT NULL REFERENCES reports (id),
  position INTEGER NOT NULL,
  item TEXT NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (report_id, position)
);

-- The word of the legal representative that a report is exact.
CREATE TABLE report_signatures (
  report_id TEXT PRIMARY KEY NOT NULL REFERENCES reports (id),
  asked_at TIMESTAMP,
  person_id TEXT REFERENCES people (id),
  content_hash TEXT,
  signed_at TIMESTAMP
);

-- More time for a report: asked for by its holder and decided, or given at once.
CREATE TABLE report_extensions (
  report_id TEXT NOT NULL REFERENCES reports (id),
  number INTEGER NOT NULL,
  former_on DATE NOT NULL,
  wanted_on DATE NOT NULL,
  reason TEXT NOT NULL,
  asked_by TEXT NOT NULL REFERENCES people (id),
  asked_at TIMESTAMP NOT NULL,
  granted_on DATE,
  motive TEXT NOT NULL,
  decided_by TEXT REFERENCES people (id),
  decided_at TIMESTAMP,
  PRIMARY KEY (report_id, number)
);

-- How the balance of a grant was computed: the grant itself is revised to what it finally comes to.
CREATE TABLE balances (
  grant_id TEXT PRIMARY KEY NOT NULL REFERENCES grants (id),
  cost_cents BIGINT NOT NULL,
  rate_points INTEGER NOT NULL,
  award_cents BIGINT NOT NULL,
  paid_cents BIGINT NOT NULL,
  to_return_cents BIGINT NOT NULL,
  computed_at TIMESTAMP NOT NULL
);

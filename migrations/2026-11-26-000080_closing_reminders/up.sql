CREATE TABLE closing_reminders (
  call_id TEXT NOT NULL REFERENCES calls (id),
  closes_at TIMESTAMP NOT NULL,
  days_before INTEGER NOT NULL,
  last_application_id TEXT NOT NULL,
  done_at TIMESTAMP,
  PRIMARY KEY (call_id, closes_at, days_before)
);

CREATE TABLE session_file_turns (
  session_id TEXT NOT NULL REFERENCES sessions (id),
  application_id TEXT NOT NULL REFERENCES applications (id),
  turn BIGINT NOT NULL,
  PRIMARY KEY (session_id, application_id)
);

-- Places that may send mails and pay for this database: what a place is called, and what a copy of it would not have.
CREATE TABLE instances (
  id TEXT NOT NULL,
  place TEXT NOT NULL,
  known_at TIMESTAMP NOT NULL,
  PRIMARY KEY (id, place)
);

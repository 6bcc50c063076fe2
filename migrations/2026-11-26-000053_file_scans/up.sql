CREATE TABLE file_scans (
  sha256 TEXT PRIMARY KEY NOT NULL,
  verdict TEXT NOT NULL,
  due_at TIMESTAMP NOT NULL,
  scanned_at TIMESTAMP,
  finding TEXT
);
CREATE INDEX file_scans_by_verdict ON file_scans (verdict, due_at, sha256);

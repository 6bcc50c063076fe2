CREATE INDEX attachments_by_bytes ON attachments (sha256);

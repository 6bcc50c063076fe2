DROP INDEX attachments_by_bytes;

-- The SHA-256 of what is kept of a filing once the account numbers it held are taken out; `digest` stays that of what was
-- filed. Empty until the program next has its key and has looked.
ALTER TABLE filings ADD COLUMN kept_sha256 TEXT NOT NULL DEFAULT '';

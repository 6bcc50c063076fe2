-- Each start asks for the papers that nobody has looked into, without reading all that the others say.
CREATE INDEX filings_kept ON filings (kept_sha256);
CREATE INDEX payment_files_kept ON payment_files (kept_sha256);

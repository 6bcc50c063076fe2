DROP INDEX payment_files_kept;
DROP INDEX filings_kept;

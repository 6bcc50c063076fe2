ALTER TABLE complement_requests DROP COLUMN filing_after;
ALTER TABLE complement_requests DROP COLUMN filing_before;
DROP TABLE complement_items;
DROP TABLE filings;

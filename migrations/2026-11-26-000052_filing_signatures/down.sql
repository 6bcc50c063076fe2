DROP TABLE filing_signatures;

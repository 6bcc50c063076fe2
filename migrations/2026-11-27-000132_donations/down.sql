DROP TABLE tax_receipts;
DROP TABLE donations;

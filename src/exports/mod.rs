//! Files that leave the house: CSV, XLSX, SEPA credit transfers.

DROP TABLE accounting_entries;
DROP TABLE accounting_exports;

DROP INDEX bank_accounts_by_iban;
DROP TABLE statement_mappings;
DROP TABLE statement_effects;
DROP TABLE statement_lines;
DROP TABLE statement_imports;

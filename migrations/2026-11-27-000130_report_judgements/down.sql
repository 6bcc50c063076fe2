DROP TABLE balances;
DROP TABLE report_extensions;
DROP TABLE report_signatures;
DROP TABLE report_changes;
DROP TABLE accepted_lines;

DROP TABLE source_reports;
DROP TABLE source_instalments;
DROP TABLE source_changes;
DROP TABLE funder_people;

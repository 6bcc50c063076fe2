DROP INDEX field_saves_by_instant;
DROP TABLE doomed_files;
DROP TABLE account_erasures;
DROP TABLE keepings;
DROP TABLE erasures;

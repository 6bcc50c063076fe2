DROP INDEX field_saves_by_instant;
DROP INDEX messages_by_link;
DROP TABLE doomed_files;
DROP TABLE account_erasures;
DROP TABLE keepings;
DROP TABLE erasures;

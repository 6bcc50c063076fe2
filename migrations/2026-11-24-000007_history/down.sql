DROP TABLE messages;
DROP TABLE documents;
DROP TABLE transfers;
DROP TABLE accounts;
DROP TABLE transitions;
DROP TABLE lifecycle_edges;

DROP TABLE owed_documents;

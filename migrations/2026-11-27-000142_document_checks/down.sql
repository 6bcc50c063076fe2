DROP TABLE document_checks;

DROP TABLE application_copies;

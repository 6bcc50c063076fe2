DROP TABLE organisation_erasures;

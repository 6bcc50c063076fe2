DROP TABLE erasure_failures;

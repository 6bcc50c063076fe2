DROP TABLE integrity_findings;
DROP TABLE integrity_runs;

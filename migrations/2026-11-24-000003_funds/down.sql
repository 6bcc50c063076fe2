DROP TABLE form_revisions;
DROP TABLE call_sources;
DROP TABLE calls;
DROP TABLE funds;
DROP TABLE funding_sources;
DROP TABLE funders;

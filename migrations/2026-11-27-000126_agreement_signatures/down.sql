DROP TABLE signing_codes;
DROP TABLE paper_signatures;
DROP TABLE signing_papers;

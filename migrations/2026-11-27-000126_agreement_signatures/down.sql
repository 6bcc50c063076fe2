DROP TABLE paper_signatures;
DROP TABLE signing_papers;

DROP TABLE complement_requests;
DROP TABLE application_partners;
DROP TABLE application_tags;
DROP TABLE budget_lines;
DROP TABLE answers;
DROP TABLE applications;

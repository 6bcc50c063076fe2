DROP TABLE decision_readings;
DROP TABLE letter_edits;

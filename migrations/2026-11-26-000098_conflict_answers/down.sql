DROP TABLE conflict_answers;

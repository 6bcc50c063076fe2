DROP TABLE instalment_lines;

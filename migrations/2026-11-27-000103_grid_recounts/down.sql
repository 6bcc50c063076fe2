DROP TABLE grid_recount_lines;
DROP TABLE grid_recounts;

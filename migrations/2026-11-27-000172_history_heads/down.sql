DROP TABLE history_heads;

DROP TABLE seat_origins;

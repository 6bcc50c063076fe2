DROP TABLE pairings;
DROP TABLE pairing_wishes;

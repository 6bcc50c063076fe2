DROP TABLE former_pieces;

DROP TABLE grant_pieces;

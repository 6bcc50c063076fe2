DROP TABLE declared_ties;
DROP TABLE tie_declarations;

DROP TABLE review_notices;

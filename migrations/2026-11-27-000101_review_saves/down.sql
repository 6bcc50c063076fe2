DROP TABLE review_saves;

DROP TABLE review_confidences;

CREATE TABLE review_scores_old (
  review_id TEXT NOT NULL REFERENCES reviews (id),
  criterion TEXT NOT NULL,
  points INTEGER NOT NULL,
  comment TEXT NOT NULL,
  PRIMARY KEY (review_id, criterion)
);
INSERT INTO review_scores_old (review_id, criterion, points, comment)
  SELECT review_id, criterion, points, comment FROM review_scores WHERE points IS NOT NULL;
DROP TABLE review_scores;
ALTER TABLE review_scores_old RENAME TO review_scores;

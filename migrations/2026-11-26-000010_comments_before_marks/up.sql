-- A reader may comment on a criterion before marking it.
CREATE TABLE review_scores_new (
  review_id TEXT NOT NULL REFERENCES reviews (id),
  criterion TEXT NOT NULL,
  points INTEGER,
  comment TEXT NOT NULL,
  PRIMARY KEY (review_id, criterion)
);
INSERT INTO review_scores_new (review_id, criterion, points, comment)
  SELECT review_id, criterion, points, comment FROM review_scores;
DROP TABLE review_scores;
ALTER TABLE review_scores_new RENAME TO review_scores;

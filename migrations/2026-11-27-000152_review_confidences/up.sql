-- How sure a reader is of what they think of a file, where they say it.
CREATE TABLE review_confidences (
  review_id TEXT PRIMARY KEY NOT NULL REFERENCES reviews (id),
  confidence TEXT NOT NULL
);

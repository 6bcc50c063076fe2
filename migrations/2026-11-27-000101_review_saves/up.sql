CREATE TABLE review_saves (
  review_id TEXT NOT NULL REFERENCES reviews (id),
  field TEXT NOT NULL,
  page TEXT NOT NULL,
  number BIGINT NOT NULL,
  mark TEXT NOT NULL,
  saved_at TIMESTAMP NOT NULL,
  PRIMARY KEY (review_id, field, page)
);

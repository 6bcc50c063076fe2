-- Which mail tells of which reviews: several files entrusted, or given up, make one mail.
CREATE TABLE review_notices (
  message_id TEXT NOT NULL REFERENCES messages (id),
  review_id TEXT NOT NULL REFERENCES reviews (id),
  PRIMARY KEY (message_id, review_id)
);
CREATE INDEX review_notices_by_review ON review_notices (review_id);

DROP TABLE session_items;
DROP TABLE session_attendance;
DROP TABLE sessions;
DROP TABLE review_scores;
DROP TABLE reviews;
DROP TABLE recusals;
DROP TABLE committee_seats;

DROP INDEX reviews_by_call;
CREATE INDEX reviews_by_call ON reviews (call_id, state);

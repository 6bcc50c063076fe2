-- The totals of a call's reviews, for medians, gaps and the severity of readers: read from this index alone.
DROP INDEX reviews_by_call;
CREATE INDEX reviews_by_call ON reviews (call_id, state, application_id, person_id, total);

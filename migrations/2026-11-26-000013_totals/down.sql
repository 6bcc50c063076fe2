DROP INDEX amendments_by_state;
DROP INDEX reviews_by_reader;
CREATE INDEX reviews_by_person ON reviews (person_id, state, id);
DROP TABLE disbursement_totals;

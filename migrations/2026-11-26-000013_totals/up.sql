-- What the disbursements of each call add up to in each state, kept by triggers (src/store/guards.rs): a page never counts
-- them again.
CREATE TABLE disbursement_totals (
    call_id TEXT NOT NULL REFERENCES calls (id),
    state TEXT NOT NULL,
    disbursements BIGINT NOT NULL,
    amount_cents BIGINT NOT NULL,
    PRIMARY KEY (call_id, state)
);
INSERT INTO disbursement_totals (call_id, state, disbursements, amount_cents)
SELECT call_id, state, COUNT(*), CAST(SUM(amount_cents) AS BIGINT) FROM disbursements GROUP BY call_id, state;

-- A reader's own files by call: counted and stepped through without reading the reviews themselves.
DROP INDEX reviews_by_person;
CREATE INDEX reviews_by_reader ON reviews (person_id, call_id, state, due_on, application_id);
CREATE INDEX amendments_by_state ON amendments (state, grant_id);

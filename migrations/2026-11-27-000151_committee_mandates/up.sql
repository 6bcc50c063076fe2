-- Mandates of members: who sits in the committee of a fund, since when and until when; and for which of them each declaration
-- of interests was made. Whoever declared before did so for every mandate they had.
CREATE TABLE committee_mandates (
  id TEXT PRIMARY KEY NOT NULL,
  person_id TEXT NOT NULL REFERENCES people (id),
  fund_id TEXT NOT NULL REFERENCES funds (id),
  started_at TIMESTAMP NOT NULL,
  ended_at TIMESTAMP
);
CREATE INDEX committee_mandates_by_person ON committee_mandates (person_id, fund_id);
CREATE TABLE mandate_declarations (
  mandate_id TEXT NOT NULL REFERENCES committee_mandates (id),
  declaration_id TEXT NOT NULL REFERENCES interest_declarations (id),
  PRIMARY KEY (mandate_id, declaration_id)
);
CREATE INDEX mandate_declarations_by_declaration ON mandate_declarations (declaration_id);
INSERT INTO committee_mandates (id, person_id, fund_id, started_at, ended_at)
SELECT MIN(committee_seats.id), committee_seats.person_id, calls.fund_id, MIN(committee_seats.created_at),
  CASE WHEN COUNT(*) = COUNT(committee_seats.ended_at) THEN MAX(committee_seats.ended_at) END
FROM committee_seats
JOIN calls ON calls.id = committee_seats.call_id
GROUP BY committee_seats.person_id, calls.fund_id;
INSERT INTO mandate_declarations (mandate_id, declaration_id)
SELECT committee_mandates.id, interest_declarations.id
FROM interest_declarations
JOIN committee_mandates ON committee_mandates.person_id = interest_declarations.person_id;

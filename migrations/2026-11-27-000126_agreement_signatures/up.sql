-- What both sides are to sign: the agreement of a grant, or an amendment to it. A new version replaces the one before.
CREATE TABLE signing_papers (
  document_id TEXT PRIMARY KEY NOT NULL REFERENCES documents (id),
  grant_id TEXT NOT NULL REFERENCES grants (id),
  amendment_id TEXT REFERENCES amendments (id),
  sign_by DATE NOT NULL,
  replaced_at TIMESTAMP
);
CREATE INDEX signing_papers_by_grant ON signing_papers (grant_id);

CREATE TABLE paper_signatures (
  document_id TEXT NOT NULL REFERENCES signing_papers (document_id),
  side TEXT NOT NULL,
  person_id TEXT NOT NULL REFERENCES people (id),
  name TEXT NOT NULL,
  masked_address TEXT NOT NULL,
  way TEXT NOT NULL,
  session TEXT NOT NULL,
  digest TEXT NOT NULL,
  attachment_id TEXT,
  scan_sha256 TEXT,
  signed_at TIMESTAMP NOT NULL,
  PRIMARY KEY (document_id, side)
);

-- Agreements on their way are signed anew, with a code.
UPDATE grants SET holder_signed_by = NULL, holder_signed_at = NULL, issuer_signed_by = NULL, issuer_signed_at = NULL
  WHERE state = 'agreement_sent';
INSERT INTO signing_papers (document_id, grant_id, sign_by)
  SELECT d.id, g.id, COALESCE(g.starts_on, g.decided_on) FROM grants g JOIN documents d ON d.subject_id = g.id
  WHERE g.state = 'agreement_sent' AND d.kind = 'agreement' AND d.facts <> '';

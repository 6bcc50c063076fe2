-- What was taken out of evidence packs after they were made: the content of a grant's file, or its beneficiary's name.
CREATE TABLE evidence_pack_erasures (
  pack_id TEXT NOT NULL REFERENCES evidence_packs (id),
  grant_id TEXT NOT NULL REFERENCES grants (id),
  is_nameless BOOLEAN NOT NULL,
  erased_at TIMESTAMP NOT NULL,
  PRIMARY KEY (pack_id, grant_id, is_nameless)
);

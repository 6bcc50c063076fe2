CREATE TABLE evidence_packs (
  id TEXT PRIMARY KEY NOT NULL,
  funder_id TEXT NOT NULL REFERENCES funders (id),
  from_on DATE NOT NULL,
  until_on DATE NOT NULL,
  asked_by TEXT NOT NULL REFERENCES people (id),
  asked_at TIMESTAMP NOT NULL,
  is_whole BOOLEAN NOT NULL,
  facts_at TIMESTAMP,
  facts TEXT,
  sha256 TEXT,
  size BIGINT,
  made_at TIMESTAMP,
  again_at TIMESTAMP,
  remade_at TIMESTAMP,
  remade_sha256 TEXT,
  failure TEXT
);
CREATE INDEX evidence_packs_by_funder ON evidence_packs (funder_id, id);

CREATE TABLE evidence_pack_grants (
  pack_id TEXT NOT NULL REFERENCES evidence_packs (id),
  grant_id TEXT NOT NULL REFERENCES grants (id),
  PRIMARY KEY (pack_id, grant_id)
);
CREATE INDEX evidence_pack_grants_by_grant ON evidence_pack_grants (grant_id);

CREATE TABLE vault_papers (
  attachment_id TEXT PRIMARY KEY NOT NULL REFERENCES attachments (id),
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  expires_on DATE
);
CREATE INDEX vault_papers_by_organisation ON vault_papers (organisation_id);

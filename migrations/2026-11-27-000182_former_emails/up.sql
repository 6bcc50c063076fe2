-- The general address an organisation had before: for a while it hears of another bank account, which whoever took the address
-- over would keep from it.
CREATE TABLE former_emails (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  email TEXT NOT NULL,
  until_at TIMESTAMP NOT NULL,
  PRIMARY KEY (organisation_id, email)
);

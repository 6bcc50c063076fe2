CREATE TABLE organisation_profiles (
  organisation_id TEXT PRIMARY KEY NOT NULL REFERENCES organisations (id),
  is_osim BOOLEAN,
  staff TEXT,
  volunteers INTEGER,
  members INTEGER,
  membership TEXT,
  delegation TEXT NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE TABLE mandates (
  id TEXT PRIMARY KEY NOT NULL,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  name TEXT NOT NULL,
  duty TEXT NOT NULL,
  from_on DATE,
  until_on DATE,
  updated_at TIMESTAMP NOT NULL
);
CREATE INDEX mandates_by_organisation ON mandates (organisation_id);

CREATE TABLE communes (
  code TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  department TEXT NOT NULL,
  intercommunality TEXT,
  search_key TEXT NOT NULL
);
CREATE INDEX communes_by_search ON communes (search_key, code);

CREATE TABLE countries (
  code TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  is_dac BOOLEAN NOT NULL,
  sort_key TEXT NOT NULL
);

CREATE TABLE organisations (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  legal_form TEXT NOT NULL,
  siret TEXT,
  rna TEXT,
  uai TEXT,
  street TEXT NOT NULL,
  postcode TEXT NOT NULL,
  city TEXT NOT NULL,
  commune_code TEXT REFERENCES communes (code),
  department TEXT NOT NULL,
  country_code TEXT NOT NULL,
  founded_on DATE,
  annual_budget_cents BIGINT,
  is_member BOOLEAN NOT NULL,
  email TEXT,
  phone TEXT,
  website TEXT,
  representative_name TEXT NOT NULL,
  representative_title TEXT NOT NULL,
  sort_key TEXT NOT NULL,
  search_key TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE INDEX organisations_by_name ON organisations (sort_key, id);
CREATE INDEX organisations_by_siret ON organisations (siret);

CREATE TABLE organisation_members (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  person_id TEXT NOT NULL REFERENCES people (id),
  seat TEXT NOT NULL,
  since TIMESTAMP NOT NULL,
  PRIMARY KEY (organisation_id, person_id)
);
CREATE INDEX organisation_members_by_person ON organisation_members (person_id);

CREATE TABLE attachments (
  id TEXT PRIMARY KEY NOT NULL,
  owner_kind TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  document_code TEXT NOT NULL,
  file_name TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  uploaded_by TEXT NOT NULL REFERENCES people (id),
  uploaded_at TIMESTAMP NOT NULL,
  removed_at TIMESTAMP
);
CREATE INDEX attachments_by_owner ON attachments (owner_id, document_code);

CREATE TABLE bank_accounts (
  id TEXT PRIMARY KEY NOT NULL,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  holder TEXT NOT NULL,
  iban TEXT NOT NULL,
  bic TEXT,
  bank_name TEXT NOT NULL,
  rib_attachment_id TEXT REFERENCES attachments (id),
  replaces_id TEXT REFERENCES bank_accounts (id),
  quarantined_until TIMESTAMP,
  entered_by TEXT NOT NULL REFERENCES people (id),
  verified_by TEXT REFERENCES people (id),
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  state_at TIMESTAMP NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX bank_accounts_by_organisation ON bank_accounts (organisation_id, state);
CREATE INDEX bank_accounts_by_state ON bank_accounts (state, id);

CREATE TABLE payer_accounts (
  id TEXT PRIMARY KEY NOT NULL,
  holder TEXT NOT NULL,
  iban TEXT NOT NULL UNIQUE,
  bic TEXT,
  created_at TIMESTAMP NOT NULL
);

CREATE TABLE people (
  id TEXT PRIMARY KEY NOT NULL,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  phone TEXT,
  password_hash TEXT,
  sort_key TEXT NOT NULL,
  search_key TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  disabled_at TIMESTAMP
);
CREATE INDEX people_by_name ON people (sort_key, id);

CREATE TABLE person_roles (
  person_id TEXT NOT NULL REFERENCES people (id),
  role TEXT NOT NULL,
  granted_by TEXT REFERENCES people (id),
  granted_at TIMESTAMP NOT NULL,
  PRIMARY KEY (person_id, role)
);

CREATE TABLE sign_ins (
  id TEXT PRIMARY KEY NOT NULL,
  person_id TEXT NOT NULL REFERENCES people (id),
  token_hash TEXT NOT NULL UNIQUE,
  device TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  last_seen_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  ended_at TIMESTAMP
);
CREATE INDEX sign_ins_by_person ON sign_ins (person_id, created_at);

CREATE TABLE login_links (
  id TEXT PRIMARY KEY NOT NULL,
  person_id TEXT NOT NULL REFERENCES people (id),
  token_hash TEXT NOT NULL UNIQUE,
  next_path TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  used_at TIMESTAMP
);
CREATE INDEX login_links_by_person ON login_links (person_id, created_at);

CREATE TABLE login_attempts (
  id TEXT PRIMARY KEY NOT NULL,
  who TEXT NOT NULL,
  at TIMESTAMP NOT NULL
);
CREATE INDEX login_attempts_by_who ON login_attempts (who, at);

CREATE TABLE form_tokens (
  token TEXT PRIMARY KEY NOT NULL,
  person_id TEXT NOT NULL REFERENCES people (id),
  route TEXT NOT NULL,
  body_digest TEXT NOT NULL,
  answer TEXT NOT NULL,
  answered_at TIMESTAMP NOT NULL
);
CREATE INDEX form_tokens_by_age ON form_tokens (answered_at);

CREATE TABLE settings (
  name TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
);

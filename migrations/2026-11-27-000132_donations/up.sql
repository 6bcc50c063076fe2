-- Donations that feed a funding source, each with its donor, and the tax receipts issued for them. Both are numbered
-- without a gap in each year; a receipt that is void keeps its number.
CREATE TABLE donations (
  id TEXT PRIMARY KEY NOT NULL,
  year INTEGER NOT NULL,
  number INTEGER NOT NULL,
  reference TEXT NOT NULL UNIQUE,
  funding_source_id TEXT NOT NULL REFERENCES funding_sources (id),
  transfer_seq BIGINT NOT NULL REFERENCES transfers (seq),
  donor_kind TEXT NOT NULL,
  name TEXT NOT NULL,
  first_names TEXT NOT NULL,
  legal_form TEXT NOT NULL,
  siren TEXT NOT NULL,
  street TEXT NOT NULL,
  postcode TEXT NOT NULL,
  city TEXT NOT NULL,
  email TEXT NOT NULL,
  search_key TEXT NOT NULL,
  amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
  given_on DATE NOT NULL,
  means TEXT NOT NULL,
  gift_form TEXT NOT NULL,
  fund_id TEXT REFERENCES funds (id),
  axis TEXT NOT NULL,
  reason TEXT,
  recorded_by TEXT NOT NULL REFERENCES people (id),
  erased_at TIMESTAMP,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  state_at TIMESTAMP NOT NULL,
  created_at TIMESTAMP NOT NULL,
  UNIQUE (year, number)
);
CREATE INDEX donations_by_day ON donations (given_on, id);
CREATE INDEX donations_by_source ON donations (funding_source_id, axis);

CREATE TABLE tax_receipts (
  id TEXT PRIMARY KEY NOT NULL,
  donation_id TEXT NOT NULL REFERENCES donations (id),
  live_key TEXT UNIQUE,
  year INTEGER NOT NULL,
  number INTEGER NOT NULL,
  reference TEXT NOT NULL UNIQUE,
  amount_cents BIGINT NOT NULL,
  articles TEXT NOT NULL,
  document_id TEXT NOT NULL REFERENCES documents (id),
  issued_by TEXT NOT NULL REFERENCES people (id),
  issued_at TIMESTAMP NOT NULL,
  cancelled_at TIMESTAMP,
  cancel_reason TEXT NOT NULL,
  void_document_id TEXT REFERENCES documents (id),
  UNIQUE (year, number)
);
CREATE INDEX tax_receipts_by_donation ON tax_receipts (donation_id, issued_at);
CREATE INDEX tax_receipts_by_document ON tax_receipts (document_id);

INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  SELECT 'donation::create', 'donation', '', 'create', 'recorded', 'finance'
  WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges WHERE id = 'donation::create');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  SELECT 'donation:recorded:issue_receipt', 'donation', 'recorded', 'issue_receipt', 'receipted', 'finance'
  WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges WHERE id = 'donation:recorded:issue_receipt');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  SELECT 'donation:receipted:cancel_receipt', 'donation', 'receipted', 'cancel_receipt', 'recorded', 'finance'
  WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges WHERE id = 'donation:receipted:cancel_receipt');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  SELECT 'donation:recorded:cancel', 'donation', 'recorded', 'cancel', 'cancelled', 'finance'
  WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges WHERE id = 'donation:recorded:cancel');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  SELECT 'donation:receipted:cancel', 'donation', 'receipted', 'cancel', 'cancelled', 'finance'
  WHERE NOT EXISTS (SELECT 1 FROM lifecycle_edges WHERE id = 'donation:receipted:cancel');

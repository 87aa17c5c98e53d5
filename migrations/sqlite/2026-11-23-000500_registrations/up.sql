-- why: customers, and the registrations that protect a prospect until it becomes one (R32 to R38).
CREATE TABLE customers (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  master_id TEXT NOT NULL REFERENCES masters (id),
  -- Each customer always has exactly one responsible company (R51).
  responsible_id TEXT NOT NULL,
  name TEXT NOT NULL,
  country TEXT NOT NULL CHECK (length(country) = 2),
  tax_id TEXT,
  tax_key TEXT,
  domain TEXT,
  email TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  FOREIGN KEY (responsible_id, network_id) REFERENCES companies (id, network_id),
  CHECK ((tax_id IS NULL) = (tax_key IS NULL))
) STRICT;
CREATE UNIQUE INDEX customers_one_per_tax_id ON customers (network_id, tax_key) WHERE tax_key IS NOT NULL;
CREATE UNIQUE INDEX customers_one_per_domain ON customers (network_id, domain) WHERE domain IS NOT NULL;
CREATE INDEX customers_of_master ON customers (master_id, id);
CREATE INDEX customers_of_master_by_change ON customers (master_id, updated_at, id);
CREATE INDEX customers_of_responsible ON customers (responsible_id, id);

CREATE TABLE registrations (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  master_id TEXT NOT NULL REFERENCES masters (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  prospect_name TEXT NOT NULL,
  country TEXT NOT NULL CHECK (length(country) = 2),
  tax_id TEXT,
  tax_key TEXT,
  domain TEXT,
  email TEXT,
  state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'in_review', 'action_required', 'accepted', 'rejected', 'won', 'lost', 'withdrawn', 'expired', 'released')),
  reason TEXT,
  note TEXT,
  submitted_at INTEGER,
  decided_by TEXT,
  decided_at INTEGER,
  protected_from INTEGER,
  protected_until INTEGER,
  ended_at INTEGER,
  customer_id TEXT REFERENCES customers (id),
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK ((protected_from IS NULL) = (protected_until IS NULL)),
  CHECK (state <> 'accepted' OR protected_until IS NOT NULL),
  CHECK (protected_until > protected_from),
  CHECK ((tax_id IS NULL) = (tax_key IS NULL)),
  CHECK (tax_key IS NOT NULL OR domain IS NOT NULL)
) STRICT;
CREATE INDEX registrations_of_master ON registrations (master_id, id);
CREATE INDEX registrations_of_master_by_change ON registrations (master_id, updated_at, id);
CREATE INDEX registrations_of_partner ON registrations (partner_id, id);
CREATE INDEX registrations_of_partner_by_change ON registrations (partner_id, updated_at, id);
CREATE INDEX registrations_by_expiry ON registrations (protected_until) WHERE state = 'accepted';

-- What makes two prospects the same (D17), one row a key of a registration.
CREATE TABLE registration_keys (
  registration_id TEXT NOT NULL REFERENCES registrations (id),
  key TEXT NOT NULL,
  network_id TEXT NOT NULL,
  partner_id TEXT NOT NULL,
  live INTEGER NOT NULL,
  protects INTEGER NOT NULL,
  PRIMARY KEY (registration_id, key),
  CHECK (live OR NOT protects)
) STRICT;
-- At no instant do two registrations protect the same prospect, whatever the number of processes.
CREATE UNIQUE INDEX registration_keys_one_protection ON registration_keys (network_id, key) WHERE protects;
CREATE UNIQUE INDEX registration_keys_one_live_per_partner ON registration_keys (network_id, partner_id, key) WHERE live;

CREATE TABLE evidence (
  id TEXT NOT NULL PRIMARY KEY,
  registration_id TEXT NOT NULL REFERENCES registrations (id),
  kind TEXT NOT NULL CHECK (kind IN ('proposal_sent', 'meeting', 'written_request', 'demonstration')),
  dated_on TEXT NOT NULL,
  description TEXT NOT NULL,
  document TEXT,
  recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX evidence_of_registration ON evidence (registration_id, id);
CREATE TRIGGER evidence_no_update BEFORE UPDATE ON evidence BEGIN SELECT RAISE(ABORT, 'append-only: evidence'); END;
CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence BEGIN SELECT RAISE(ABORT, 'append-only: evidence'); END;
CREATE TRIGGER evidence_no_replace BEFORE INSERT ON evidence WHEN EXISTS (SELECT 1 FROM evidence WHERE (id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'append-only: evidence'); END;

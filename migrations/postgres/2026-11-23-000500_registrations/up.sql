-- why: customers, and the registrations that protect a prospect until it becomes one (R32 to R38).
CREATE TABLE customers (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  master_id UUID NOT NULL REFERENCES masters (id),
  -- Each customer always has exactly one responsible company (R51).
  responsible_id UUID NOT NULL,
  name TEXT NOT NULL,
  country TEXT NOT NULL CHECK (length(country) = 2),
  tax_id TEXT,
  tax_key TEXT COLLATE "C",
  domain TEXT COLLATE "C",
  email TEXT,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  FOREIGN KEY (responsible_id, network_id) REFERENCES companies (id, network_id),
  CHECK ((tax_id IS NULL) = (tax_key IS NULL))
);
CREATE UNIQUE INDEX customers_one_per_tax_id ON customers (network_id, tax_key) WHERE tax_key IS NOT NULL;
CREATE UNIQUE INDEX customers_one_per_domain ON customers (network_id, domain) WHERE domain IS NOT NULL;
CREATE INDEX customers_of_master ON customers (master_id, id);
CREATE INDEX customers_of_master_by_change ON customers (master_id, updated_at, id);
CREATE INDEX customers_of_responsible ON customers (responsible_id, id);

CREATE TABLE registrations (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  master_id UUID NOT NULL REFERENCES masters (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  prospect_name TEXT NOT NULL,
  country TEXT NOT NULL CHECK (length(country) = 2),
  tax_id TEXT,
  tax_key TEXT COLLATE "C",
  domain TEXT COLLATE "C",
  email TEXT,
  state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'in_review', 'action_required', 'accepted', 'rejected', 'won', 'lost', 'withdrawn', 'expired', 'released')),
  reason TEXT,
  note TEXT,
  submitted_at TIMESTAMPTZ,
  decided_by TEXT COLLATE "C",
  decided_at TIMESTAMPTZ,
  protected_from TIMESTAMPTZ,
  protected_until TIMESTAMPTZ,
  ended_at TIMESTAMPTZ,
  customer_id UUID REFERENCES customers (id),
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  CHECK ((protected_from IS NULL) = (protected_until IS NULL)),
  CHECK (state <> 'accepted' OR protected_until IS NOT NULL),
  CHECK (protected_until > protected_from),
  CHECK ((tax_id IS NULL) = (tax_key IS NULL)),
  CHECK (tax_key IS NOT NULL OR domain IS NOT NULL)
);
CREATE INDEX registrations_of_master ON registrations (master_id, id);
CREATE INDEX registrations_of_master_by_change ON registrations (master_id, updated_at, id);
CREATE INDEX registrations_of_partner ON registrations (partner_id, id);
CREATE INDEX registrations_of_partner_by_change ON registrations (partner_id, updated_at, id);
CREATE INDEX registrations_by_expiry ON registrations (protected_until) WHERE state = 'accepted';

-- What makes two prospects the same (D17), one row a key of a registration.
CREATE TABLE registration_keys (
  registration_id UUID NOT NULL REFERENCES registrations (id),
  key TEXT COLLATE "C" NOT NULL,
  network_id UUID NOT NULL,
  partner_id UUID NOT NULL,
  live BOOLEAN NOT NULL,
  protects BOOLEAN NOT NULL,
  PRIMARY KEY (registration_id, key),
  CHECK (live OR NOT protects)
);
-- At no instant do two registrations protect the same prospect, whatever the number of processes.
CREATE UNIQUE INDEX registration_keys_one_protection ON registration_keys (network_id, key) WHERE protects;
CREATE UNIQUE INDEX registration_keys_one_live_per_partner ON registration_keys (network_id, partner_id, key) WHERE live;

CREATE TABLE evidence (
  id UUID NOT NULL PRIMARY KEY,
  registration_id UUID NOT NULL REFERENCES registrations (id),
  kind TEXT NOT NULL CHECK (kind IN ('proposal_sent', 'meeting', 'written_request', 'demonstration')),
  dated_on DATE NOT NULL,
  description TEXT NOT NULL,
  document TEXT,
  recorded_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX evidence_of_registration ON evidence (registration_id, id);
CREATE TRIGGER evidence_no_change BEFORE UPDATE OR DELETE ON evidence FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER evidence_no_truncate BEFORE TRUNCATE ON evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

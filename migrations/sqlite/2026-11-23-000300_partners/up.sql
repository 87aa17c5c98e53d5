-- why: applications to a master, the partners they become, and the names other systems give to what is here.
CREATE TABLE partners (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  master_id TEXT NOT NULL REFERENCES masters (id),
  name TEXT NOT NULL,
  legal_form TEXT NOT NULL CHECK (legal_form IN ('natural_person', 'independent_professional', 'company', 'other_legal_entity')),
  country TEXT NOT NULL CHECK (length(country) = 2),
  registration_number TEXT,
  tax_id TEXT,
  tax_key TEXT,
  billing_ability INTEGER NOT NULL,
  support_structure INTEGER NOT NULL,
  technical_qualification INTEGER NOT NULL,
  email TEXT NOT NULL,
  phone TEXT,
  language TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  FOREIGN KEY (id, network_id) REFERENCES companies (id, network_id),
  CHECK ((tax_id IS NULL) = (tax_key IS NULL))
) STRICT;
CREATE UNIQUE INDEX partners_one_per_tax_id ON partners (network_id, tax_key) WHERE tax_key IS NOT NULL;
CREATE INDEX partners_of_master ON partners (master_id, id);
CREATE INDEX partners_of_master_by_change ON partners (master_id, updated_at, id);

CREATE TABLE applications (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  master_id TEXT NOT NULL REFERENCES masters (id),
  type_id TEXT NOT NULL REFERENCES partnership_types (id),
  name TEXT NOT NULL,
  legal_form TEXT NOT NULL CHECK (legal_form IN ('natural_person', 'independent_professional', 'company', 'other_legal_entity')),
  country TEXT NOT NULL CHECK (length(country) = 2),
  registration_number TEXT,
  tax_id TEXT,
  tax_key TEXT,
  contact_name TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT,
  language TEXT NOT NULL,
  message TEXT,
  state TEXT NOT NULL CHECK (state IN ('submitted', 'accepted', 'rejected')),
  reason TEXT,
  partner_id TEXT REFERENCES partners (id),
  decided_by TEXT,
  decided_at INTEGER,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK ((state = 'accepted') = (partner_id IS NOT NULL))
) STRICT;
CREATE INDEX applications_of_master ON applications (master_id, id);
CREATE INDEX applications_of_master_by_change ON applications (master_id, updated_at, id);

CREATE TABLE external_references (
  company_id TEXT NOT NULL REFERENCES companies (id),
  system TEXT NOT NULL,
  external_id TEXT NOT NULL,
  resource_kind TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  PRIMARY KEY (company_id, resource_kind, system, external_id),
  UNIQUE (company_id, resource_id, system)
) STRICT;

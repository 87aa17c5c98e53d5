-- why: applications to a master, the partners they become, and the names other systems give to what is here.
CREATE TABLE partners (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  master_id UUID NOT NULL REFERENCES masters (id),
  name TEXT NOT NULL,
  legal_form TEXT NOT NULL CHECK (legal_form IN ('natural_person', 'independent_professional', 'company', 'other_legal_entity')),
  country TEXT NOT NULL CHECK (length(country) = 2),
  registration_number TEXT,
  tax_id TEXT,
  tax_key TEXT COLLATE "C",
  billing_ability BOOLEAN NOT NULL,
  support_structure BOOLEAN NOT NULL,
  technical_qualification BOOLEAN NOT NULL,
  email TEXT NOT NULL,
  phone TEXT,
  language TEXT NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  FOREIGN KEY (id, network_id) REFERENCES companies (id, network_id),
  CHECK ((tax_id IS NULL) = (tax_key IS NULL))
);
CREATE UNIQUE INDEX partners_one_per_tax_id ON partners (network_id, tax_key) WHERE tax_key IS NOT NULL;
CREATE INDEX partners_of_master ON partners (master_id, id);
CREATE INDEX partners_of_master_by_change ON partners (master_id, updated_at, id);

CREATE TABLE applications (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  master_id UUID NOT NULL REFERENCES masters (id),
  type_id UUID NOT NULL REFERENCES partnership_types (id),
  name TEXT NOT NULL,
  legal_form TEXT NOT NULL CHECK (legal_form IN ('natural_person', 'independent_professional', 'company', 'other_legal_entity')),
  country TEXT NOT NULL CHECK (length(country) = 2),
  registration_number TEXT,
  tax_id TEXT,
  tax_key TEXT COLLATE "C",
  contact_name TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT,
  language TEXT NOT NULL,
  message TEXT,
  state TEXT NOT NULL CHECK (state IN ('submitted', 'accepted', 'rejected')),
  reason TEXT,
  partner_id UUID REFERENCES partners (id),
  decided_by TEXT COLLATE "C",
  decided_at TIMESTAMPTZ,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  CHECK ((state = 'accepted') = (partner_id IS NOT NULL))
);
CREATE INDEX applications_of_master ON applications (master_id, id);
CREATE INDEX applications_of_master_by_change ON applications (master_id, updated_at, id);

CREATE TABLE external_references (
  company_id UUID NOT NULL REFERENCES companies (id),
  system TEXT COLLATE "C" NOT NULL,
  external_id TEXT COLLATE "C" NOT NULL,
  resource_kind TEXT COLLATE "C" NOT NULL,
  resource_id UUID NOT NULL,
  PRIMARY KEY (company_id, resource_kind, system, external_id),
  UNIQUE (company_id, resource_id, system)
);

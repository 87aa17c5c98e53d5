-- why: project consultants declare areas of expertise that masters confirm, and advise and follow projects within them, together with a
-- network company (R21).
CREATE TABLE expertise (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  master_id UUID NOT NULL REFERENCES masters (id),
  -- The other party of the consultant's agreement.
  company_id UUID NOT NULL,
  partner_id UUID NOT NULL REFERENCES partners (id),
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  area TEXT COLLATE "C" NOT NULL,
  description TEXT NOT NULL,
  document TEXT,
  declared_on DATE NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('declared', 'confirmed', 'refused', 'revoked', 'withdrawn')),
  from_day DATE,
  until_day DATE,
  reason TEXT,
  decided_by TEXT COLLATE "C",
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  FOREIGN KEY (company_id, network_id) REFERENCES companies (id, network_id),
  CHECK (from_day >= declared_on),
  CHECK (until_day > from_day),
  CHECK (until_day IS NULL OR from_day IS NOT NULL),
  CHECK ((state IN ('confirmed', 'revoked')) = (from_day IS NOT NULL)),
  CHECK (state <> 'revoked' OR until_day IS NOT NULL),
  CHECK ((state IN ('refused', 'revoked')) = (reason IS NOT NULL))
);
-- What waits, or is confirmed without an end, is not declared again.
CREATE UNIQUE INDEX expertise_one_open ON expertise (partner_id, area) WHERE state = 'declared' OR (state = 'confirmed' AND until_day IS NULL);
CREATE INDEX expertise_of_master ON expertise (master_id, id);
CREATE INDEX expertise_of_master_by_change ON expertise (master_id, updated_at, id);
CREATE INDEX expertise_of_company ON expertise (company_id, id);
CREATE INDEX expertise_of_company_by_change ON expertise (company_id, updated_at, id);
CREATE INDEX expertise_of_partner ON expertise (partner_id, id);
CREATE INDEX expertise_of_partner_by_change ON expertise (partner_id, updated_at, id);

CREATE TABLE projects (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  master_id UUID NOT NULL REFERENCES masters (id),
  -- The network company whose customer it is for, and the consultant.
  company_id UUID NOT NULL,
  partner_id UUID NOT NULL REFERENCES partners (id),
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  -- The customer; where the consultant proposes the project, as it calls it until the company says which it is.
  customer_id UUID REFERENCES customers (id),
  customer_name TEXT NOT NULL,
  area TEXT COLLATE "C" NOT NULL,
  title TEXT NOT NULL,
  description TEXT,
  proposed_by TEXT NOT NULL CHECK (proposed_by IN ('company', 'consultant')),
  state TEXT NOT NULL CHECK (state IN ('proposed', 'running', 'completed', 'cancelled', 'declined')),
  starts_on DATE NOT NULL,
  due_on DATE,
  ended_on DATE,
  reason TEXT,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  FOREIGN KEY (company_id, network_id) REFERENCES companies (id, network_id),
  CHECK (partner_id <> company_id),
  CHECK (due_on >= starts_on),
  CHECK (state NOT IN ('running', 'completed') OR customer_id IS NOT NULL),
  CHECK ((state IN ('completed', 'cancelled', 'declined')) = (ended_on IS NOT NULL)),
  CHECK (state NOT IN ('cancelled', 'declined') OR reason IS NOT NULL)
);
CREATE INDEX projects_of_master ON projects (master_id, id);
CREATE INDEX projects_of_master_by_change ON projects (master_id, updated_at, id);
CREATE INDEX projects_of_company ON projects (company_id, id);
CREATE INDEX projects_of_company_by_change ON projects (company_id, updated_at, id);
CREATE INDEX projects_of_partner ON projects (partner_id, id);
CREATE INDEX projects_of_partner_by_change ON projects (partner_id, updated_at, id);

CREATE TABLE project_advice (
  id UUID NOT NULL PRIMARY KEY,
  project_id UUID NOT NULL REFERENCES projects (id),
  dated_on DATE NOT NULL,
  advice TEXT NOT NULL,
  document TEXT,
  given_by TEXT COLLATE "C" NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX project_advice_of_project ON project_advice (project_id, id);
CREATE TRIGGER project_advice_no_change BEFORE UPDATE OR DELETE ON project_advice FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER project_advice_no_truncate BEFORE TRUNCATE ON project_advice FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE milestones (
  id UUID NOT NULL PRIMARY KEY,
  project_id UUID NOT NULL REFERENCES projects (id),
  title TEXT NOT NULL,
  due_on DATE NOT NULL,
  progress INTEGER NOT NULL CHECK (progress >= 0 AND progress <= 100),
  reached_on DATE,
  note TEXT,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  CHECK ((progress = 100) = (reached_on IS NOT NULL))
);
CREATE INDEX milestones_of_project ON milestones (project_id, id);

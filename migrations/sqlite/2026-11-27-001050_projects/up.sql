-- why: project consultants declare areas of expertise that masters confirm, and advise and follow projects within them, together with a
-- network company (R21).
CREATE TABLE expertise (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  master_id TEXT NOT NULL REFERENCES masters (id),
  -- The other party of the consultant's agreement.
  company_id TEXT NOT NULL,
  partner_id TEXT NOT NULL REFERENCES partners (id),
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  area TEXT NOT NULL,
  description TEXT NOT NULL,
  document TEXT,
  declared_on TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('declared', 'confirmed', 'refused', 'revoked', 'withdrawn')),
  from_day TEXT,
  until_day TEXT,
  reason TEXT,
  decided_by TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  FOREIGN KEY (company_id, network_id) REFERENCES companies (id, network_id),
  CHECK (from_day >= declared_on),
  CHECK (until_day > from_day),
  CHECK (until_day IS NULL OR from_day IS NOT NULL),
  CHECK ((state IN ('confirmed', 'revoked')) = (from_day IS NOT NULL)),
  CHECK (state <> 'revoked' OR until_day IS NOT NULL),
  CHECK ((state IN ('refused', 'revoked')) = (reason IS NOT NULL))
) STRICT;
-- What waits, or is confirmed without an end, is not declared again.
CREATE UNIQUE INDEX expertise_one_open ON expertise (partner_id, area) WHERE state = 'declared' OR (state = 'confirmed' AND until_day IS NULL);
CREATE INDEX expertise_of_master ON expertise (master_id, id);
CREATE INDEX expertise_of_master_by_change ON expertise (master_id, updated_at, id);
CREATE INDEX expertise_of_company ON expertise (company_id, id);
CREATE INDEX expertise_of_company_by_change ON expertise (company_id, updated_at, id);
CREATE INDEX expertise_of_partner ON expertise (partner_id, id);
CREATE INDEX expertise_of_partner_by_change ON expertise (partner_id, updated_at, id);

CREATE TABLE projects (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  master_id TEXT NOT NULL REFERENCES masters (id),
  -- The network company whose customer it is for, and the consultant.
  company_id TEXT NOT NULL,
  partner_id TEXT NOT NULL REFERENCES partners (id),
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  -- The customer; where the consultant proposes the project, as it calls it until the company says which it is.
  customer_id TEXT REFERENCES customers (id),
  customer_name TEXT NOT NULL,
  area TEXT NOT NULL,
  title TEXT NOT NULL,
  description TEXT,
  proposed_by TEXT NOT NULL CHECK (proposed_by IN ('company', 'consultant')),
  state TEXT NOT NULL CHECK (state IN ('proposed', 'running', 'completed', 'cancelled', 'declined')),
  starts_on TEXT NOT NULL,
  due_on TEXT,
  ended_on TEXT,
  reason TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  FOREIGN KEY (company_id, network_id) REFERENCES companies (id, network_id),
  CHECK (partner_id <> company_id),
  CHECK (due_on >= starts_on),
  CHECK (state NOT IN ('running', 'completed') OR customer_id IS NOT NULL),
  CHECK ((state IN ('completed', 'cancelled', 'declined')) = (ended_on IS NOT NULL)),
  CHECK (state NOT IN ('cancelled', 'declined') OR reason IS NOT NULL)
) STRICT;
CREATE INDEX projects_of_master ON projects (master_id, id);
CREATE INDEX projects_of_master_by_change ON projects (master_id, updated_at, id);
CREATE INDEX projects_of_company ON projects (company_id, id);
CREATE INDEX projects_of_company_by_change ON projects (company_id, updated_at, id);
CREATE INDEX projects_of_partner ON projects (partner_id, id);
CREATE INDEX projects_of_partner_by_change ON projects (partner_id, updated_at, id);

CREATE TABLE project_advice (
  id TEXT NOT NULL PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  dated_on TEXT NOT NULL,
  advice TEXT NOT NULL,
  document TEXT,
  given_by TEXT NOT NULL,
  recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX project_advice_of_project ON project_advice (project_id, id);
CREATE TRIGGER project_advice_no_update BEFORE UPDATE ON project_advice BEGIN SELECT RAISE(ABORT, 'append-only: project_advice'); END;
CREATE TRIGGER project_advice_no_delete BEFORE DELETE ON project_advice BEGIN SELECT RAISE(ABORT, 'append-only: project_advice'); END;
CREATE TRIGGER project_advice_no_replace BEFORE INSERT ON project_advice WHEN EXISTS (SELECT 1 FROM project_advice WHERE (id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'append-only: project_advice'); END;

CREATE TABLE milestones (
  id TEXT NOT NULL PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  title TEXT NOT NULL,
  due_on TEXT NOT NULL,
  progress INTEGER NOT NULL CHECK (progress >= 0 AND progress <= 100),
  reached_on TEXT,
  note TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK ((progress = 100) = (reached_on IS NOT NULL))
) STRICT;
CREATE INDEX milestones_of_project ON milestones (project_id, id);

-- why: whatever hangs on a partner that fails its customers follows whoever takes over (R49, R51): open proposals stand again as drafts
-- of who answers now, projects and places in portfolios are with the new company from its day on, and all of it can be taken back.

-- The open proposal that this one took over: the old one is never rewritten. What was taken back makes room for another one.
ALTER TABLE proposals ADD COLUMN follows_id TEXT REFERENCES proposals (id);
CREATE UNIQUE INDEX proposals_one_successor ON proposals (follows_id)
  WHERE follows_id IS NOT NULL AND (reason IS NULL OR reason <> 'takeover_reverted');
CREATE INDEX proposals_of_customer ON proposals (customer_id, id) WHERE customer_id IS NOT NULL;

-- With whom a project was and is, and since when: the first row says with whom it began, written when it first changed hands.
CREATE TABLE project_companies (
  project_id TEXT NOT NULL REFERENCES projects (id),
  number INTEGER NOT NULL CHECK (number > 0),
  company_id TEXT NOT NULL REFERENCES companies (id),
  from_day TEXT,
  case_id TEXT REFERENCES continuity_cases (id),
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (project_id, number),
  CHECK ((number = 1) = (from_day IS NULL)),
  CHECK ((number = 1) = (case_id IS NULL))
) STRICT;
CREATE INDEX project_companies_by_case ON project_companies (case_id, project_id);
CREATE TRIGGER project_companies_no_update BEFORE UPDATE ON project_companies BEGIN SELECT RAISE(ABORT, 'append-only: project_companies'); END;
CREATE TRIGGER project_companies_no_delete BEFORE DELETE ON project_companies BEGIN SELECT RAISE(ABORT, 'append-only: project_companies'); END;
CREATE TRIGGER project_companies_no_replace BEFORE INSERT ON project_companies WHEN EXISTS (SELECT 1 FROM project_companies WHERE (project_id = NEW.project_id AND number = NEW.number))
BEGIN SELECT RAISE(ABORT, 'append-only: project_companies'); END;
CREATE TRIGGER project_companies_in_order BEFORE INSERT ON project_companies WHEN
  NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM project_companies WHERE project_id = NEW.project_id)
BEGIN SELECT RAISE(ABORT, 'project out of order'); END;
CREATE INDEX projects_of_customer ON projects (customer_id, id) WHERE customer_id IS NOT NULL;
-- Null while it is with whom it began.
ALTER TABLE projects ADD COLUMN company_from TEXT;

-- The case by which a place ended. A place that was taken back has no day: it ends on its first.
ALTER TABLE portfolio_places ADD COLUMN case_id TEXT REFERENCES continuity_cases (id) CHECK (case_id IS NULL OR until_day IS NOT NULL);
-- The other company's place that this one goes on with.
ALTER TABLE portfolio_places ADD COLUMN took_over_id TEXT REFERENCES portfolio_places (id);
CREATE UNIQUE INDEX portfolio_places_took_over ON portfolio_places (took_over_id) WHERE took_over_id IS NOT NULL;
CREATE INDEX portfolio_places_by_case ON portfolio_places (case_id, customer_id) WHERE case_id IS NOT NULL;
-- SQLite cannot change a CHECK in place: it is widened where it is written, as entry fees did.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (until_day > from_day)', 'CHECK (until_day >= from_day)')
  WHERE type = 'table' AND name = 'portfolio_places';
PRAGMA writable_schema = RESET;

-- Who takes over a protected prospect, where it is not the one that takes over the rest.
CREATE TABLE continuity_prospects (
  case_id TEXT NOT NULL REFERENCES continuity_cases (id),
  registration_id TEXT NOT NULL REFERENCES registrations (id),
  company_id TEXT NOT NULL REFERENCES companies (id),
  agreement_id TEXT REFERENCES agreements (id),
  PRIMARY KEY (case_id, registration_id)
) STRICT;

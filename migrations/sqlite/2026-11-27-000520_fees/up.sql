-- why: services of partners that terms pay a fee for (R24): reported by the partner, decided by the company that it served (R25).
CREATE TABLE services (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  master_id TEXT NOT NULL REFERENCES masters (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  terms_id TEXT NOT NULL REFERENCES terms (id),
  -- The network company that it served, which pays it.
  served_id TEXT NOT NULL,
  fee TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('fixed_fee', 'time_fee', 'per_course_fee', 'in_kind')),
  unit TEXT NOT NULL CHECK (unit IN ('piece', 'hour', 'day', 'course')),
  rate_minor INTEGER NOT NULL CHECK (rate_minor > 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  -- In hundredths of a unit.
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
  done_on TEXT NOT NULL,
  description TEXT NOT NULL,
  evidence TEXT NOT NULL,
  reference TEXT,
  state TEXT NOT NULL CHECK (state IN ('reported', 'confirmed', 'refused', 'withdrawn')),
  reason TEXT,
  decided_by TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (agreement_id, reference),
  FOREIGN KEY (served_id, network_id) REFERENCES companies (id, network_id),
  CHECK (partner_id <> served_id),
  CHECK ((state = 'reported') = (decided_by IS NULL)),
  CHECK (state <> 'refused' OR reason IS NOT NULL)
) STRICT;
CREATE INDEX services_of_master ON services (master_id, id);
CREATE INDEX services_of_master_by_change ON services (master_id, updated_at, id);
CREATE INDEX services_of_partner ON services (partner_id, id);
CREATE INDEX services_of_partner_by_change ON services (partner_id, updated_at, id);
CREATE INDEX services_for ON services (served_id, id);
CREATE INDEX services_for_by_change ON services (served_id, updated_at, id);

-- why: services of partners that terms pay a fee for (R24): reported by the partner, decided by the company that it served (R25).
CREATE TABLE services (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  master_id UUID NOT NULL REFERENCES masters (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  terms_id UUID NOT NULL REFERENCES terms (id),
  -- The network company that it served, which pays it.
  served_id UUID NOT NULL,
  fee TEXT COLLATE "C" NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('fixed_fee', 'time_fee', 'per_course_fee', 'in_kind')),
  unit TEXT NOT NULL CHECK (unit IN ('piece', 'hour', 'day', 'course')),
  rate_minor BIGINT NOT NULL CHECK (rate_minor > 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  -- In hundredths of a unit.
  quantity BIGINT NOT NULL CHECK (quantity > 0),
  amount_minor BIGINT NOT NULL CHECK (amount_minor >= 0),
  done_on DATE NOT NULL,
  description TEXT NOT NULL,
  evidence TEXT NOT NULL,
  reference TEXT COLLATE "C",
  state TEXT NOT NULL CHECK (state IN ('reported', 'confirmed', 'refused', 'withdrawn')),
  reason TEXT,
  decided_by TEXT COLLATE "C",
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  UNIQUE (agreement_id, reference),
  FOREIGN KEY (served_id, network_id) REFERENCES companies (id, network_id),
  CHECK (partner_id <> served_id),
  CHECK ((state = 'reported') = (decided_by IS NULL)),
  CHECK (state <> 'refused' OR reason IS NOT NULL)
);
CREATE INDEX services_of_master ON services (master_id, id);
CREATE INDEX services_of_master_by_change ON services (master_id, updated_at, id);
CREATE INDEX services_of_partner ON services (partner_id, id);
CREATE INDEX services_of_partner_by_change ON services (partner_id, updated_at, id);
CREATE INDEX services_for ON services (served_id, id);
CREATE INDEX services_for_by_change ON services (served_id, updated_at, id);

-- why: a partner goes over to another master, or to another partnership type, from a day on (D4): planned by one person, decided by
-- another, with everything that hangs on it; what was sold before stays under the old terms.
CREATE TABLE transfers (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  kind TEXT NOT NULL CHECK (kind IN ('master', 'partnership_type')),
  from_master_id UUID NOT NULL REFERENCES masters (id),
  to_master_id UUID NOT NULL REFERENCES masters (id),
  -- The agreement that ends, and the one that takes its place: a draft until the day.
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  successor_id UUID NOT NULL UNIQUE,
  type_id UUID NOT NULL REFERENCES partnership_types (id),
  stage TEXT,
  from_day DATE NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('proposed', 'agreed', 'executing', 'done', 'refused', 'withdrawn')),
  proposed_by TEXT COLLATE "C" NOT NULL,
  decided_by TEXT COLLATE "C",
  decided_at TIMESTAMPTZ,
  -- What the decision rests on, as JSON: the checklist of the new terms, answered.
  findings TEXT,
  note TEXT,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  CHECK ((kind = 'master') = (from_master_id <> to_master_id)),
  -- A second person decides.
  CHECK (decided_by IS NULL OR decided_by <> proposed_by),
  CHECK ((decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (findings IS NULL)),
  CHECK (state NOT IN ('agreed', 'executing', 'done', 'refused') OR decided_by IS NOT NULL)
);
-- One transfer of a partner at a time.
CREATE UNIQUE INDEX transfers_one_open ON transfers (partner_id) WHERE state IN ('proposed', 'agreed', 'executing');
CREATE INDEX transfers_from_master ON transfers (from_master_id, id);
CREATE INDEX transfers_to_master ON transfers (to_master_id, id);
CREATE INDEX transfers_of_partner ON transfers (partner_id, id);
CREATE INDEX transfers_at_work ON transfers (from_day) WHERE state IN ('agreed', 'executing');

-- why: promotions of partners into the next stage of their terms (R39 to R46): proposed, measured, decided by a master.
CREATE TABLE promotions (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  master_id UUID NOT NULL REFERENCES masters (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  stage_before TEXT COLLATE "C" NOT NULL,
  stage TEXT COLLATE "C" NOT NULL,
  -- The first day of the stage: as proposed, and once it is approved as decided.
  from_day DATE NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'refused', 'withdrawn')),
  proposed_side TEXT NOT NULL CHECK (proposed_side IN ('partner', 'master')),
  proposed_by TEXT COLLATE "C" NOT NULL,
  note TEXT,
  -- What the stage asks for, as it was measured last, and on which day.
  conditions TEXT NOT NULL,
  measured_on DATE NOT NULL,
  findings TEXT,
  reason TEXT,
  decided_by TEXT COLLATE "C",
  decided_at TIMESTAMPTZ,
  -- The first day of the agreement's stage that it led to.
  entered_on DATE,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  FOREIGN KEY (agreement_id, entered_on) REFERENCES agreement_stages (agreement_id, from_day),
  CHECK (stage <> stage_before),
  CHECK ((state = 'proposed') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
  CHECK ((state = 'approved') = (entered_on IS NOT NULL)),
  CHECK (entered_on IS NULL OR entered_on = from_day),
  CHECK (state NOT IN ('approved', 'refused') OR reason IS NOT NULL)
);
CREATE UNIQUE INDEX promotions_one_proposed ON promotions (agreement_id) WHERE state = 'proposed';
CREATE INDEX promotions_of_agreement ON promotions (agreement_id, id);
CREATE INDEX promotions_of_master ON promotions (master_id, id);
CREATE INDEX promotions_of_master_by_change ON promotions (master_id, updated_at, id);
CREATE INDEX promotions_of_partner ON promotions (partner_id, id);
CREATE INDEX promotions_of_partner_by_change ON promotions (partner_id, updated_at, id);

-- Why a stage was entered, where a master said it.
ALTER TABLE agreement_stages ADD COLUMN reason TEXT;

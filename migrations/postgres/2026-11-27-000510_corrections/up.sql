-- why: corrections have their cause (D20): what is the master's fault takes nothing back, a second person approves what a master
-- adjusts, and a debt may be recovered by plan.
ALTER TABLE instalments ADD COLUMN reason TEXT, ADD COLUMN at_fault TEXT
  CHECK (at_fault IS NULL OR (at_fault = 'master' AND reason IS NOT NULL AND kind IN ('credit', 'refund')));
ALTER TABLE contracts ADD COLUMN at_fault TEXT CHECK (at_fault IS NULL OR (at_fault = 'master' AND state = 'cancelled'));

CREATE TABLE adjustments (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  master_id UUID NOT NULL REFERENCES masters (id),
  entry_id UUID NOT NULL REFERENCES entries (id),
  direction TEXT NOT NULL CHECK (direction IN ('increase', 'decrease')),
  amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'rejected')),
  proposed_by TEXT COLLATE "C" NOT NULL,
  decided_by TEXT COLLATE "C",
  note TEXT,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  CHECK ((state = 'proposed') = (decided_by IS NULL)),
  -- A second person decides.
  CHECK (decided_by IS NULL OR decided_by <> proposed_by)
);
CREATE INDEX adjustments_of_master ON adjustments (master_id, id);
CREATE INDEX adjustments_of_master_by_change ON adjustments (master_id, updated_at, id);
CREATE INDEX adjustments_of_entry ON adjustments (entry_id, id);

CREATE TABLE recovery_plans (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  master_id UUID NOT NULL REFERENCES masters (id),
  -- The entry by which the partner owes back, and the partner.
  entry_id UUID NOT NULL REFERENCES entries (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'cancelled')),
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX recovery_plans_one_active ON recovery_plans (entry_id) WHERE state = 'active';
CREATE INDEX recovery_plans_of_master ON recovery_plans (master_id, id);
CREATE INDEX recovery_plans_of_master_by_change ON recovery_plans (master_id, updated_at, id);
CREATE INDEX recovery_plans_of_partner ON recovery_plans (partner_id, id);
CREATE INDEX recovery_plans_of_partner_by_change ON recovery_plans (partner_id, updated_at, id);

CREATE TABLE recovery_instalments (
  plan_id UUID NOT NULL REFERENCES recovery_plans (id),
  due_on DATE NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
  PRIMARY KEY (plan_id, due_on)
);
CREATE TRIGGER recovery_instalments_no_change BEFORE UPDATE OR DELETE ON recovery_instalments FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER recovery_instalments_no_truncate BEFORE TRUNCATE ON recovery_instalments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- why: corrections have their cause (D20): what is the master's fault takes nothing back, a second person approves what a master
-- adjusts, and a debt may be recovered by plan.
ALTER TABLE instalments ADD COLUMN reason TEXT;
ALTER TABLE instalments ADD COLUMN at_fault TEXT
  CHECK (at_fault IS NULL OR (at_fault = 'master' AND reason IS NOT NULL AND kind IN ('credit', 'refund')));
ALTER TABLE contracts ADD COLUMN at_fault TEXT CHECK (at_fault IS NULL OR (at_fault = 'master' AND state = 'cancelled'));

CREATE TABLE adjustments (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  master_id TEXT NOT NULL REFERENCES masters (id),
  entry_id TEXT NOT NULL REFERENCES entries (id),
  direction TEXT NOT NULL CHECK (direction IN ('increase', 'decrease')),
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'rejected')),
  proposed_by TEXT NOT NULL,
  decided_by TEXT,
  note TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK ((state = 'proposed') = (decided_by IS NULL)),
  -- A second person decides.
  CHECK (decided_by IS NULL OR decided_by <> proposed_by)
) STRICT;
CREATE INDEX adjustments_of_master ON adjustments (master_id, id);
CREATE INDEX adjustments_of_master_by_change ON adjustments (master_id, updated_at, id);
CREATE INDEX adjustments_of_entry ON adjustments (entry_id, id);

CREATE TABLE recovery_plans (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  master_id TEXT NOT NULL REFERENCES masters (id),
  -- The entry by which the partner owes back, and the partner.
  entry_id TEXT NOT NULL REFERENCES entries (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'cancelled')),
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX recovery_plans_one_active ON recovery_plans (entry_id) WHERE state = 'active';
CREATE INDEX recovery_plans_of_master ON recovery_plans (master_id, id);
CREATE INDEX recovery_plans_of_master_by_change ON recovery_plans (master_id, updated_at, id);
CREATE INDEX recovery_plans_of_partner ON recovery_plans (partner_id, id);
CREATE INDEX recovery_plans_of_partner_by_change ON recovery_plans (partner_id, updated_at, id);

CREATE TABLE recovery_instalments (
  plan_id TEXT NOT NULL REFERENCES recovery_plans (id),
  due_on TEXT NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  PRIMARY KEY (plan_id, due_on)
) STRICT;
CREATE TRIGGER recovery_instalments_no_update BEFORE UPDATE ON recovery_instalments BEGIN SELECT RAISE(ABORT, 'append-only: recovery_instalments'); END;
CREATE TRIGGER recovery_instalments_no_delete BEFORE DELETE ON recovery_instalments BEGIN SELECT RAISE(ABORT, 'append-only: recovery_instalments'); END;
CREATE TRIGGER recovery_instalments_no_replace BEFORE INSERT ON recovery_instalments WHEN EXISTS (SELECT 1 FROM recovery_instalments WHERE (plan_id = NEW.plan_id AND due_on = NEW.due_on))
BEGIN SELECT RAISE(ABORT, 'append-only: recovery_instalments'); END;

-- why: a past sale that an amendment's terms cannot count holds up no other one: it stays as it was, the amendment says so, and goes on
-- with it when it is resumed.
CREATE TABLE new_amendments (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  -- The master that proposed it.
  master_id TEXT NOT NULL REFERENCES masters (id),
  type_id TEXT NOT NULL REFERENCES partnership_types (id),
  reach TEXT NOT NULL CHECK (reach IN ('new_agreements', 'existing_agreements')),
  effective_from TEXT NOT NULL,
  texts TEXT NOT NULL,
  document TEXT NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('proposed', 'withdrawn', 'rejected', 'applying', 'approved', 'incomplete')),
  proposed_by TEXT NOT NULL,
  decided_by TEXT,
  decision_reason TEXT,
  -- The version that it became.
  terms_id TEXT UNIQUE REFERENCES terms (id),
  -- How many past sales were counted again.
  restated_sales INTEGER NOT NULL CHECK (restated_sales >= 0),
  -- How often past sales are being counted again: once, and once more each time it was resumed.
  turn INTEGER NOT NULL CHECK (turn > 0),
  -- How many past sales could not be counted in the last turn.
  uncounted_sales INTEGER NOT NULL CHECK (uncounted_sales >= 0),
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK ((state IN ('applying', 'approved', 'incomplete')) = (terms_id IS NOT NULL)),
  CHECK ((state = 'proposed') = (decided_by IS NULL)),
  -- A second person decides.
  CHECK (state NOT IN ('applying', 'approved', 'incomplete', 'rejected') OR (decided_by <> proposed_by AND decision_reason IS NOT NULL)),
  CHECK (restated_sales = 0 OR (reach = 'existing_agreements' AND state IN ('applying', 'approved', 'incomplete'))),
  CHECK (state = 'applying' OR (state = 'incomplete') = (uncounted_sales > 0))
) STRICT;
INSERT INTO new_amendments SELECT id, network_id, master_id, type_id, reach, effective_from, texts, document, reason, state, proposed_by, decided_by, decision_reason, terms_id, restated_sales, 1, 0, version, created_at, updated_at FROM amendments;
DROP TABLE amendments;
ALTER TABLE new_amendments RENAME TO amendments;
CREATE INDEX amendments_of_network ON amendments (network_id, id);
CREATE INDEX amendments_of_network_by_change ON amendments (network_id, updated_at, id);
CREATE INDEX amendments_of_type ON amendments (type_id, effective_from);
-- One after the other: what the first one changes is posted before the next one is counted.
CREATE UNIQUE INDEX amendments_one_applying ON amendments (type_id) WHERE state = 'applying';
CREATE TRIGGER amendments_no_delete BEFORE DELETE ON amendments BEGIN SELECT RAISE(ABORT, 'append-only: amendments'); END;
-- What was proposed is what is decided.
CREATE TRIGGER amendments_keep BEFORE UPDATE ON amendments WHEN NEW.type_id <> OLD.type_id OR NEW.reach <> OLD.reach
  OR NEW.effective_from <> OLD.effective_from OR NEW.texts <> OLD.texts OR NEW.document <> OLD.document
  OR NEW.reason <> OLD.reason OR NEW.proposed_by <> OLD.proposed_by OR OLD.terms_id <> NEW.terms_id
  OR (OLD.state <> 'proposed' AND (NEW.decided_by <> OLD.decided_by OR NOT ((OLD.state = 'applying' AND NEW.state IN ('applying', 'approved', 'incomplete')) OR (OLD.state = 'incomplete' AND NEW.state = 'applying'))))
BEGIN SELECT RAISE(ABORT, 'append-only: amendments'); END;

-- The sales that could not be counted, in the turn in which that was found.
CREATE TABLE uncounted_sales (
  id TEXT NOT NULL PRIMARY KEY,
  amendment_id TEXT NOT NULL REFERENCES amendments (id),
  contract_id TEXT NOT NULL REFERENCES contracts (id),
  turn INTEGER NOT NULL CHECK (turn > 0),
  reason TEXT NOT NULL CHECK (reason IN ('no_stage_in_force', 'amounts_too_large', 'failed')),
  -- The codes of the rules that cannot be counted, as JSON.
  rules TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  UNIQUE (amendment_id, turn, contract_id)
) STRICT;
CREATE INDEX uncounted_sales_in_order ON uncounted_sales (amendment_id, turn, id);
CREATE TRIGGER uncounted_sales_no_update BEFORE UPDATE ON uncounted_sales BEGIN SELECT RAISE(ABORT, 'append-only: uncounted_sales'); END;
CREATE TRIGGER uncounted_sales_no_delete BEFORE DELETE ON uncounted_sales BEGIN SELECT RAISE(ABORT, 'append-only: uncounted_sales'); END;
CREATE TRIGGER uncounted_sales_no_replace BEFORE INSERT ON uncounted_sales WHEN EXISTS (SELECT 1 FROM uncounted_sales WHERE (id = NEW.id) OR (amendment_id = NEW.amendment_id AND turn = NEW.turn AND contract_id = NEW.contract_id))
BEGIN SELECT RAISE(ABORT, 'append-only: uncounted_sales'); END;

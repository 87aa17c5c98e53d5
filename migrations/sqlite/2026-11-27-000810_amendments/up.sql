-- why: a change of a type's terms is proposed by one person of a master and decided by another; approved, its version is published.
-- Where it reaches back, past sales are counted again by it, each once, and nothing that was posted is rewritten (R86, R90).
CREATE TABLE amendments (
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
  state TEXT NOT NULL CHECK (state IN ('proposed', 'withdrawn', 'rejected', 'applying', 'approved')),
  proposed_by TEXT NOT NULL,
  decided_by TEXT,
  decision_reason TEXT,
  -- The version that it became.
  terms_id TEXT UNIQUE REFERENCES terms (id),
  -- How many past sales were counted again.
  restated_sales INTEGER NOT NULL CHECK (restated_sales >= 0),
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK ((state IN ('applying', 'approved')) = (terms_id IS NOT NULL)),
  CHECK ((state = 'proposed') = (decided_by IS NULL)),
  -- A second person decides.
  CHECK (state NOT IN ('applying', 'approved', 'rejected') OR (decided_by <> proposed_by AND decision_reason IS NOT NULL)),
  CHECK (restated_sales = 0 OR (reach = 'existing_agreements' AND state IN ('applying', 'approved')))
) STRICT;
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
  OR (OLD.state <> 'proposed' AND (NEW.decided_by <> OLD.decided_by OR NOT (OLD.state = 'applying' AND NEW.state IN ('applying', 'approved'))))
BEGIN SELECT RAISE(ABORT, 'append-only: amendments'); END;

CREATE TABLE restatements (
  id TEXT NOT NULL PRIMARY KEY,
  amendment_id TEXT NOT NULL REFERENCES amendments (id),
  contract_id TEXT NOT NULL REFERENCES contracts (id),
  recorded_at INTEGER NOT NULL,
  UNIQUE (amendment_id, contract_id)
) STRICT;
CREATE INDEX restatements_of_contract ON restatements (contract_id);
CREATE TRIGGER restatements_no_update BEFORE UPDATE ON restatements BEGIN SELECT RAISE(ABORT, 'append-only: restatements'); END;
CREATE TRIGGER restatements_no_delete BEFORE DELETE ON restatements BEGIN SELECT RAISE(ABORT, 'append-only: restatements'); END;
CREATE TRIGGER restatements_no_replace BEFORE INSERT ON restatements WHEN EXISTS (SELECT 1 FROM restatements WHERE (id = NEW.id) OR (amendment_id = NEW.amendment_id AND contract_id = NEW.contract_id))
BEGIN SELECT RAISE(ABORT, 'append-only: restatements'); END;

-- The terms by which a place in a sale is counted from then on. The place itself stays as it was frozen.
CREATE TABLE restated_places (
  attribution_id TEXT NOT NULL REFERENCES attributions (id),
  terms_id TEXT NOT NULL REFERENCES terms (id),
  restatement_id TEXT NOT NULL REFERENCES restatements (id),
  PRIMARY KEY (attribution_id, terms_id)
) STRICT;
CREATE INDEX restated_places_of_restatement ON restated_places (restatement_id);
CREATE TRIGGER restated_places_no_update BEFORE UPDATE ON restated_places BEGIN SELECT RAISE(ABORT, 'append-only: restated_places'); END;
CREATE TRIGGER restated_places_no_delete BEFORE DELETE ON restated_places BEGIN SELECT RAISE(ABORT, 'append-only: restated_places'); END;
CREATE TRIGGER restated_places_no_replace BEFORE INSERT ON restated_places WHEN EXISTS (SELECT 1 FROM restated_places WHERE (attribution_id = NEW.attribution_id AND terms_id = NEW.terms_id))
BEGIN SELECT RAISE(ABORT, 'append-only: restated_places'); END;

CREATE TABLE simulations (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  -- The master whose sales it is about.
  master_id TEXT NOT NULL REFERENCES masters (id),
  amendment_id TEXT NOT NULL REFERENCES amendments (id),
  signed_from TEXT NOT NULL,
  signed_to TEXT NOT NULL,
  sales INTEGER NOT NULL CHECK (sales >= 0),
  left_out INTEGER NOT NULL CHECK (left_out >= 0),
  made_by TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  CHECK (signed_from <= signed_to)
) STRICT;
CREATE INDEX simulations_of_master ON simulations (master_id, id);
CREATE INDEX simulations_of_amendment ON simulations (amendment_id, id);
CREATE TRIGGER simulations_no_update BEFORE UPDATE ON simulations BEGIN SELECT RAISE(ABORT, 'append-only: simulations'); END;
CREATE TRIGGER simulations_no_delete BEFORE DELETE ON simulations BEGIN SELECT RAISE(ABORT, 'append-only: simulations'); END;
CREATE TRIGGER simulations_no_replace BEFORE INSERT ON simulations WHEN EXISTS (SELECT 1 FROM simulations WHERE (id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'append-only: simulations'); END;

CREATE TABLE simulated_differences (
  id TEXT NOT NULL PRIMARY KEY,
  simulation_id TEXT NOT NULL REFERENCES simulations (id),
  contract_id TEXT NOT NULL REFERENCES contracts (id),
  annuity_id TEXT NOT NULL REFERENCES annuities (id),
  attribution_id TEXT NOT NULL REFERENCES attributions (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  counterparty_id TEXT NOT NULL REFERENCES companies (id),
  rule TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('commission', 'share', 'buy_price')),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  before_minor INTEGER NOT NULL CHECK (before_minor >= 0),
  after_minor INTEGER NOT NULL CHECK (after_minor >= 0),
  -- How far that what was posted has come.
  accrued_minor INTEGER NOT NULL,
  held_minor INTEGER NOT NULL,
  payable_minor INTEGER NOT NULL,
  stated_minor INTEGER NOT NULL,
  paid_minor INTEGER NOT NULL,
  explanation TEXT NOT NULL,
  UNIQUE (simulation_id, annuity_id, attribution_id, rule),
  CHECK (before_minor <> after_minor),
  CHECK (before_minor = accrued_minor + held_minor + payable_minor + stated_minor + paid_minor)
) STRICT;
CREATE TRIGGER simulated_differences_no_update BEFORE UPDATE ON simulated_differences BEGIN SELECT RAISE(ABORT, 'append-only: simulated_differences'); END;
CREATE TRIGGER simulated_differences_no_delete BEFORE DELETE ON simulated_differences BEGIN SELECT RAISE(ABORT, 'append-only: simulated_differences'); END;
CREATE TRIGGER simulated_differences_no_replace BEFORE INSERT ON simulated_differences WHEN EXISTS (SELECT 1 FROM simulated_differences WHERE (id = NEW.id) OR (simulation_id = NEW.simulation_id AND annuity_id = NEW.annuity_id AND attribution_id = NEW.attribution_id AND rule = NEW.rule))
BEGIN SELECT RAISE(ABORT, 'append-only: simulated_differences'); END;

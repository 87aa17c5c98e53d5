-- why: a change of a type's terms is proposed by one person of a master and decided by another; approved, its version is published.
-- Where it reaches back, past sales are counted again by it, each once, and nothing that was posted is rewritten (R86, R90).
CREATE TABLE amendments (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  -- The master that proposed it.
  master_id UUID NOT NULL REFERENCES masters (id),
  type_id UUID NOT NULL REFERENCES partnership_types (id),
  reach TEXT NOT NULL CHECK (reach IN ('new_agreements', 'existing_agreements')),
  effective_from DATE NOT NULL,
  texts TEXT NOT NULL,
  document TEXT NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('proposed', 'withdrawn', 'rejected', 'applying', 'approved')),
  proposed_by TEXT COLLATE "C" NOT NULL,
  decided_by TEXT COLLATE "C",
  decision_reason TEXT,
  -- The version that it became.
  terms_id UUID UNIQUE REFERENCES terms (id),
  -- How many past sales were counted again.
  restated_sales INTEGER NOT NULL CHECK (restated_sales >= 0),
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  CHECK ((state IN ('applying', 'approved')) = (terms_id IS NOT NULL)),
  CHECK ((state = 'proposed') = (decided_by IS NULL)),
  -- A second person decides.
  CHECK (state NOT IN ('applying', 'approved', 'rejected') OR (decided_by <> proposed_by AND decision_reason IS NOT NULL)),
  CHECK (restated_sales = 0 OR (reach = 'existing_agreements' AND state IN ('applying', 'approved')))
);
CREATE INDEX amendments_of_network ON amendments (network_id, id);
CREATE INDEX amendments_of_network_by_change ON amendments (network_id, updated_at, id);
CREATE INDEX amendments_of_type ON amendments (type_id, effective_from);
-- One after the other: what the first one changes is posted before the next one is counted.
CREATE UNIQUE INDEX amendments_one_applying ON amendments (type_id) WHERE state = 'applying';
-- What was proposed is what is decided.
CREATE FUNCTION keep_amendment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.type_id <> OLD.type_id OR NEW.reach <> OLD.reach OR NEW.effective_from <> OLD.effective_from OR NEW.texts <> OLD.texts
    OR NEW.document <> OLD.document OR NEW.reason <> OLD.reason OR NEW.proposed_by <> OLD.proposed_by OR OLD.terms_id <> NEW.terms_id
    OR (OLD.state <> 'proposed' AND (NEW.decided_by <> OLD.decided_by
      OR NOT (OLD.state = 'applying' AND NEW.state IN ('applying', 'approved')))) THEN
    RAISE EXCEPTION 'append-only: amendments';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER amendments_keep BEFORE UPDATE ON amendments FOR EACH ROW EXECUTE FUNCTION keep_amendment();
CREATE TRIGGER amendments_no_delete BEFORE DELETE ON amendments FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER amendments_no_truncate BEFORE TRUNCATE ON amendments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE restatements (
  id UUID NOT NULL PRIMARY KEY,
  amendment_id UUID NOT NULL REFERENCES amendments (id),
  contract_id UUID NOT NULL REFERENCES contracts (id),
  recorded_at TIMESTAMPTZ NOT NULL,
  UNIQUE (amendment_id, contract_id)
);
CREATE INDEX restatements_of_contract ON restatements (contract_id);
CREATE TRIGGER restatements_no_change BEFORE UPDATE OR DELETE ON restatements FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER restatements_no_truncate BEFORE TRUNCATE ON restatements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The terms by which a place in a sale is counted from then on. The place itself stays as it was frozen.
CREATE TABLE restated_places (
  attribution_id UUID NOT NULL REFERENCES attributions (id),
  terms_id UUID NOT NULL REFERENCES terms (id),
  restatement_id UUID NOT NULL REFERENCES restatements (id),
  PRIMARY KEY (attribution_id, terms_id)
);
CREATE INDEX restated_places_of_restatement ON restated_places (restatement_id);
CREATE TRIGGER restated_places_no_change BEFORE UPDATE OR DELETE ON restated_places FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER restated_places_no_truncate BEFORE TRUNCATE ON restated_places FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE simulations (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  -- The master whose sales it is about.
  master_id UUID NOT NULL REFERENCES masters (id),
  amendment_id UUID NOT NULL REFERENCES amendments (id),
  signed_from DATE NOT NULL,
  signed_to DATE NOT NULL,
  sales INTEGER NOT NULL CHECK (sales >= 0),
  left_out INTEGER NOT NULL CHECK (left_out >= 0),
  made_by TEXT COLLATE "C" NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  CHECK (signed_from <= signed_to)
);
CREATE INDEX simulations_of_master ON simulations (master_id, id);
CREATE INDEX simulations_of_amendment ON simulations (amendment_id, id);
CREATE TRIGGER simulations_no_change BEFORE UPDATE OR DELETE ON simulations FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER simulations_no_truncate BEFORE TRUNCATE ON simulations FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE simulated_differences (
  id UUID NOT NULL PRIMARY KEY,
  simulation_id UUID NOT NULL REFERENCES simulations (id),
  contract_id UUID NOT NULL REFERENCES contracts (id),
  annuity_id UUID NOT NULL REFERENCES annuities (id),
  attribution_id UUID NOT NULL REFERENCES attributions (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  counterparty_id UUID NOT NULL REFERENCES companies (id),
  rule TEXT COLLATE "C" NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('commission', 'share', 'buy_price')),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  before_minor BIGINT NOT NULL CHECK (before_minor >= 0),
  after_minor BIGINT NOT NULL CHECK (after_minor >= 0),
  -- How far that what was posted has come.
  accrued_minor BIGINT NOT NULL,
  held_minor BIGINT NOT NULL,
  payable_minor BIGINT NOT NULL,
  stated_minor BIGINT NOT NULL,
  paid_minor BIGINT NOT NULL,
  explanation TEXT NOT NULL,
  UNIQUE (simulation_id, annuity_id, attribution_id, rule),
  CHECK (before_minor <> after_minor),
  CHECK (before_minor = accrued_minor + held_minor + payable_minor + stated_minor + paid_minor)
);
CREATE TRIGGER simulated_differences_no_change BEFORE UPDATE OR DELETE ON simulated_differences FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER simulated_differences_no_truncate BEFORE TRUNCATE ON simulated_differences FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

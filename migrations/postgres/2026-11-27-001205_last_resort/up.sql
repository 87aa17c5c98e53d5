-- why: should a partner company fail its customers, the masters ensure continuity (R49 to R51, D19): a case, on the partner's own
-- recorded guarantees first, that two people approve and that any process carries out, each customer once.
CREATE TABLE guarantees (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  master_id UUID NOT NULL REFERENCES masters (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  kind TEXT NOT NULL CHECK (kind IN ('bank_guarantee', 'insurance', 'deposit', 'successor', 'source_code_escrow', 'other')),
  covers TEXT NOT NULL,
  amount_minor BIGINT CHECK (amount_minor > 0),
  currency TEXT CHECK (length(currency) = 3),
  provider TEXT NOT NULL,
  reference TEXT,
  valid_from DATE NOT NULL,
  valid_until DATE,
  state TEXT NOT NULL CHECK (state IN ('active', 'withdrawn')),
  reason TEXT,
  recorded_by TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  CHECK ((amount_minor IS NULL) = (currency IS NULL)),
  CHECK (valid_until >= valid_from),
  CHECK ((state = 'withdrawn') = (reason IS NOT NULL))
);
CREATE INDEX guarantees_of_master ON guarantees (master_id, id);
CREATE INDEX guarantees_of_master_by_change ON guarantees (master_id, updated_at, id);
CREATE INDEX guarantees_of_partner ON guarantees (partner_id, id);
CREATE INDEX guarantees_of_partner_by_change ON guarantees (partner_id, updated_at, id);

CREATE TABLE continuity_cases (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  master_id UUID NOT NULL REFERENCES masters (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  reason TEXT NOT NULL CHECK (reason IN ('insolvency', 'ceased_business', 'service_failure', 'unreachable', 'breach_of_contract', 'other')),
  statement TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'executing', 'executed', 'reverting', 'confirming', 'confirmed', 'closed', 'withdrawn')),
  -- Which plan it is: approvals and moves are of one.
  plan INTEGER NOT NULL CHECK (plan >= 0),
  -- Who takes over what no assignment names, under which agreement, and from which day.
  company_id UUID REFERENCES companies (id),
  agreement_id UUID REFERENCES agreements (id),
  from_day DATE,
  protections TEXT CHECK (protections IN ('transfer', 'release')),
  suspended_by TEXT COLLATE "C",
  suspended_at TIMESTAMPTZ,
  opened_by TEXT COLLATE "C" NOT NULL,
  note TEXT,
  ended_at TIMESTAMPTZ,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  CHECK ((plan = 0) = (company_id IS NULL) AND (plan = 0) = (from_day IS NULL) AND (plan = 0) = (protections IS NULL)),
  CHECK (company_id <> partner_id),
  CHECK ((suspended_by IS NULL) = (suspended_at IS NULL)),
  CHECK (state IN ('open', 'withdrawn') OR (plan > 0 AND suspended_at IS NOT NULL)),
  CHECK ((state IN ('closed', 'withdrawn')) = (ended_at IS NOT NULL))
);
-- One case about a partner at a time.
CREATE UNIQUE INDEX continuity_cases_one_open ON continuity_cases (partner_id) WHERE state NOT IN ('closed', 'withdrawn');
CREATE INDEX continuity_cases_of_master ON continuity_cases (master_id, id);
CREATE INDEX continuity_cases_of_master_by_change ON continuity_cases (master_id, updated_at, id);
CREATE INDEX continuity_cases_at_work ON continuity_cases (id) WHERE state IN ('executing', 'reverting', 'confirming');

CREATE TABLE continuity_evidence (
  case_id UUID NOT NULL REFERENCES continuity_cases (id),
  number INTEGER NOT NULL CHECK (number > 0),
  dated_on DATE NOT NULL,
  description TEXT NOT NULL,
  document TEXT,
  recorded_by TEXT COLLATE "C" NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (case_id, number)
);
CREATE TRIGGER continuity_evidence_no_change BEFORE UPDATE OR DELETE ON continuity_evidence FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER continuity_evidence_no_truncate BEFORE TRUNCATE ON continuity_evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The agreements that a case suspended: they go on if it is withdrawn.
CREATE TABLE continuity_suspensions (
  case_id UUID NOT NULL REFERENCES continuity_cases (id),
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  recorded_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (case_id, agreement_id)
);
CREATE TRIGGER continuity_suspensions_no_change BEFORE UPDATE OR DELETE ON continuity_suspensions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER continuity_suspensions_no_truncate BEFORE TRUNCATE ON continuity_suspensions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The partner's own guarantees come first: each was used, or it is said why not.
CREATE TABLE guarantee_uses (
  case_id UUID NOT NULL REFERENCES continuity_cases (id),
  guarantee_id UUID NOT NULL REFERENCES guarantees (id),
  outcome TEXT NOT NULL CHECK (outcome IN ('used', 'not_used')),
  amount_minor BIGINT CHECK (amount_minor > 0),
  currency TEXT CHECK (length(currency) = 3),
  reason TEXT NOT NULL,
  decided_by TEXT COLLATE "C" NOT NULL,
  decided_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (case_id, guarantee_id),
  CHECK ((amount_minor IS NULL) = (currency IS NULL)),
  CHECK (outcome = 'used' OR amount_minor IS NULL)
);
CREATE TRIGGER guarantee_uses_no_change BEFORE UPDATE OR DELETE ON guarantee_uses FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER guarantee_uses_no_truncate BEFORE TRUNCATE ON guarantee_uses FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Who takes over a customer, where it is not the one that takes over the rest.
CREATE TABLE continuity_assignments (
  case_id UUID NOT NULL REFERENCES continuity_cases (id),
  customer_id UUID NOT NULL REFERENCES customers (id),
  company_id UUID NOT NULL REFERENCES companies (id),
  agreement_id UUID REFERENCES agreements (id),
  PRIMARY KEY (case_id, customer_id)
);

-- A person approves a plan once; it takes two of them.
CREATE TABLE continuity_approvals (
  case_id UUID NOT NULL REFERENCES continuity_cases (id),
  plan INTEGER NOT NULL CHECK (plan > 0),
  approved_by TEXT COLLATE "C" NOT NULL,
  approved_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (case_id, plan, approved_by)
);
CREATE TRIGGER continuity_approvals_no_change BEFORE UPDATE OR DELETE ON continuity_approvals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER continuity_approvals_no_truncate BEFORE TRUNCATE ON continuity_approvals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was carried out of a plan: each customer goes over once, and comes back once at most.
CREATE TABLE continuity_moves (
  case_id UUID NOT NULL REFERENCES continuity_cases (id),
  plan INTEGER NOT NULL CHECK (plan > 0),
  customer_id UUID NOT NULL REFERENCES customers (id),
  direction TEXT COLLATE "C" NOT NULL CHECK (direction IN ('over', 'back')),
  company_id UUID NOT NULL REFERENCES companies (id),
  contracts INTEGER NOT NULL CHECK (contracts >= 0),
  recorded_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (case_id, plan, customer_id, direction)
);
CREATE TRIGGER continuity_moves_no_change BEFORE UPDATE OR DELETE ON continuity_moves FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER continuity_moves_no_truncate BEFORE TRUNCATE ON continuity_moves FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Who answers for a contract that somebody took over, from which day on, under which agreement: who sold it did before.
CREATE TABLE contract_takeovers (
  contract_id UUID NOT NULL REFERENCES contracts (id),
  number INTEGER NOT NULL CHECK (number > 0),
  company_id UUID NOT NULL REFERENCES companies (id),
  agreement_id UUID REFERENCES agreements (id),
  from_day DATE NOT NULL,
  case_id UUID NOT NULL REFERENCES continuity_cases (id),
  recorded_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (contract_id, number)
);
CREATE INDEX contract_takeovers_by_case ON contract_takeovers (case_id, contract_id);
CREATE TRIGGER contract_takeovers_no_change BEFORE UPDATE OR DELETE ON contract_takeovers FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER contract_takeovers_no_truncate BEFORE TRUNCATE ON contract_takeovers FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- Null while it is who sold it.
ALTER TABLE contracts ADD COLUMN answered_by_id UUID REFERENCES companies (id);
CREATE INDEX contracts_answered_by ON contracts (answered_by_id, id) WHERE answered_by_id IS NOT NULL;
CREATE INDEX contracts_of_seller ON contracts (seller_id, id);
-- One after the other, and the contract follows.
CREATE FUNCTION refuse_takeover_out_of_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM contract_takeovers WHERE contract_id = NEW.contract_id)
      OR NEW.company_id = (SELECT coalesce(answered_by_id, seller_id) FROM contracts WHERE id = NEW.contract_id) THEN
    RAISE EXCEPTION 'takeover out of order' USING ERRCODE = '23001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER contract_takeovers_in_order BEFORE INSERT ON contract_takeovers FOR EACH ROW EXECUTE FUNCTION refuse_takeover_out_of_order();
CREATE FUNCTION follow_takeover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE contracts SET answered_by_id = NEW.company_id WHERE id = NEW.contract_id;
  RETURN NULL;
END $$;
CREATE TRIGGER contract_takeovers_followed AFTER INSERT ON contract_takeovers FOR EACH ROW EXECUTE FUNCTION follow_takeover();

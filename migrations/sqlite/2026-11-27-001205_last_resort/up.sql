-- why: should a partner company fail its customers, the masters ensure continuity (R49 to R51, D19): a case, on the partner's own
-- recorded guarantees first, that two people approve and that any process carries out, each customer once.
CREATE TABLE guarantees (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  master_id TEXT NOT NULL REFERENCES masters (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  kind TEXT NOT NULL CHECK (kind IN ('bank_guarantee', 'insurance', 'deposit', 'successor', 'source_code_escrow', 'other')),
  covers TEXT NOT NULL,
  amount_minor INTEGER CHECK (amount_minor > 0),
  currency TEXT CHECK (length(currency) = 3),
  provider TEXT NOT NULL,
  reference TEXT,
  valid_from TEXT NOT NULL,
  valid_until TEXT,
  state TEXT NOT NULL CHECK (state IN ('active', 'withdrawn')),
  reason TEXT,
  recorded_by TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK ((amount_minor IS NULL) = (currency IS NULL)),
  CHECK (valid_until >= valid_from),
  CHECK ((state = 'withdrawn') = (reason IS NOT NULL))
) STRICT;
CREATE INDEX guarantees_of_master ON guarantees (master_id, id);
CREATE INDEX guarantees_of_master_by_change ON guarantees (master_id, updated_at, id);
CREATE INDEX guarantees_of_partner ON guarantees (partner_id, id);
CREATE INDEX guarantees_of_partner_by_change ON guarantees (partner_id, updated_at, id);

CREATE TABLE continuity_cases (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  master_id TEXT NOT NULL REFERENCES masters (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  reason TEXT NOT NULL CHECK (reason IN ('insolvency', 'ceased_business', 'service_failure', 'unreachable', 'breach_of_contract', 'other')),
  statement TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'executing', 'executed', 'reverting', 'confirming', 'confirmed', 'closed', 'withdrawn')),
  -- Which plan it is: approvals and moves are of one.
  plan INTEGER NOT NULL CHECK (plan >= 0),
  -- Who takes over what no assignment names, under which agreement, and from which day.
  company_id TEXT REFERENCES companies (id),
  agreement_id TEXT REFERENCES agreements (id),
  from_day TEXT,
  protections TEXT CHECK (protections IN ('transfer', 'release')),
  suspended_by TEXT,
  suspended_at INTEGER,
  opened_by TEXT NOT NULL,
  note TEXT,
  ended_at INTEGER,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK ((plan = 0) = (company_id IS NULL) AND (plan = 0) = (from_day IS NULL) AND (plan = 0) = (protections IS NULL)),
  CHECK (company_id <> partner_id),
  CHECK ((suspended_by IS NULL) = (suspended_at IS NULL)),
  CHECK (state IN ('open', 'withdrawn') OR (plan > 0 AND suspended_at IS NOT NULL)),
  CHECK ((state IN ('closed', 'withdrawn')) = (ended_at IS NOT NULL))
) STRICT;
-- One case about a partner at a time.
CREATE UNIQUE INDEX continuity_cases_one_open ON continuity_cases (partner_id) WHERE state NOT IN ('closed', 'withdrawn');
CREATE INDEX continuity_cases_of_master ON continuity_cases (master_id, id);
CREATE INDEX continuity_cases_of_master_by_change ON continuity_cases (master_id, updated_at, id);
CREATE INDEX continuity_cases_at_work ON continuity_cases (id) WHERE state IN ('executing', 'reverting', 'confirming');

CREATE TABLE continuity_evidence (
  case_id TEXT NOT NULL REFERENCES continuity_cases (id),
  number INTEGER NOT NULL CHECK (number > 0),
  dated_on TEXT NOT NULL,
  description TEXT NOT NULL,
  document TEXT,
  recorded_by TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (case_id, number)
) STRICT;
CREATE TRIGGER continuity_evidence_no_update BEFORE UPDATE ON continuity_evidence BEGIN SELECT RAISE(ABORT, 'append-only: continuity_evidence'); END;
CREATE TRIGGER continuity_evidence_no_delete BEFORE DELETE ON continuity_evidence BEGIN SELECT RAISE(ABORT, 'append-only: continuity_evidence'); END;
CREATE TRIGGER continuity_evidence_no_replace BEFORE INSERT ON continuity_evidence WHEN EXISTS (SELECT 1 FROM continuity_evidence WHERE (case_id = NEW.case_id AND number = NEW.number))
BEGIN SELECT RAISE(ABORT, 'append-only: continuity_evidence'); END;

-- The agreements that a case suspended: they go on if it is withdrawn.
CREATE TABLE continuity_suspensions (
  case_id TEXT NOT NULL REFERENCES continuity_cases (id),
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (case_id, agreement_id)
) STRICT;
CREATE TRIGGER continuity_suspensions_no_update BEFORE UPDATE ON continuity_suspensions BEGIN SELECT RAISE(ABORT, 'append-only: continuity_suspensions'); END;
CREATE TRIGGER continuity_suspensions_no_delete BEFORE DELETE ON continuity_suspensions BEGIN SELECT RAISE(ABORT, 'append-only: continuity_suspensions'); END;
CREATE TRIGGER continuity_suspensions_no_replace BEFORE INSERT ON continuity_suspensions WHEN EXISTS (SELECT 1 FROM continuity_suspensions WHERE (case_id = NEW.case_id AND agreement_id = NEW.agreement_id))
BEGIN SELECT RAISE(ABORT, 'append-only: continuity_suspensions'); END;

-- The partner's own guarantees come first: each was used, or it is said why not.
CREATE TABLE guarantee_uses (
  case_id TEXT NOT NULL REFERENCES continuity_cases (id),
  guarantee_id TEXT NOT NULL REFERENCES guarantees (id),
  outcome TEXT NOT NULL CHECK (outcome IN ('used', 'not_used')),
  amount_minor INTEGER CHECK (amount_minor > 0),
  currency TEXT CHECK (length(currency) = 3),
  reason TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  PRIMARY KEY (case_id, guarantee_id),
  CHECK ((amount_minor IS NULL) = (currency IS NULL)),
  CHECK (outcome = 'used' OR amount_minor IS NULL)
) STRICT;
CREATE TRIGGER guarantee_uses_no_update BEFORE UPDATE ON guarantee_uses BEGIN SELECT RAISE(ABORT, 'append-only: guarantee_uses'); END;
CREATE TRIGGER guarantee_uses_no_delete BEFORE DELETE ON guarantee_uses BEGIN SELECT RAISE(ABORT, 'append-only: guarantee_uses'); END;
CREATE TRIGGER guarantee_uses_no_replace BEFORE INSERT ON guarantee_uses WHEN EXISTS (SELECT 1 FROM guarantee_uses WHERE (case_id = NEW.case_id AND guarantee_id = NEW.guarantee_id))
BEGIN SELECT RAISE(ABORT, 'append-only: guarantee_uses'); END;

-- Who takes over a customer, where it is not the one that takes over the rest.
CREATE TABLE continuity_assignments (
  case_id TEXT NOT NULL REFERENCES continuity_cases (id),
  customer_id TEXT NOT NULL REFERENCES customers (id),
  company_id TEXT NOT NULL REFERENCES companies (id),
  agreement_id TEXT REFERENCES agreements (id),
  PRIMARY KEY (case_id, customer_id)
) STRICT;

-- A person approves a plan once; it takes two of them.
CREATE TABLE continuity_approvals (
  case_id TEXT NOT NULL REFERENCES continuity_cases (id),
  plan INTEGER NOT NULL CHECK (plan > 0),
  approved_by TEXT NOT NULL,
  approved_at INTEGER NOT NULL,
  PRIMARY KEY (case_id, plan, approved_by)
) STRICT;
CREATE TRIGGER continuity_approvals_no_update BEFORE UPDATE ON continuity_approvals BEGIN SELECT RAISE(ABORT, 'append-only: continuity_approvals'); END;
CREATE TRIGGER continuity_approvals_no_delete BEFORE DELETE ON continuity_approvals BEGIN SELECT RAISE(ABORT, 'append-only: continuity_approvals'); END;
CREATE TRIGGER continuity_approvals_no_replace BEFORE INSERT ON continuity_approvals WHEN EXISTS (SELECT 1 FROM continuity_approvals WHERE (case_id = NEW.case_id AND plan = NEW.plan AND approved_by = NEW.approved_by))
BEGIN SELECT RAISE(ABORT, 'append-only: continuity_approvals'); END;

-- What was carried out of a plan: each customer goes over once, and comes back once at most.
CREATE TABLE continuity_moves (
  case_id TEXT NOT NULL REFERENCES continuity_cases (id),
  plan INTEGER NOT NULL CHECK (plan > 0),
  customer_id TEXT NOT NULL REFERENCES customers (id),
  direction TEXT NOT NULL CHECK (direction IN ('over', 'back')),
  company_id TEXT NOT NULL REFERENCES companies (id),
  contracts INTEGER NOT NULL CHECK (contracts >= 0),
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (case_id, plan, customer_id, direction)
) STRICT;
CREATE TRIGGER continuity_moves_no_update BEFORE UPDATE ON continuity_moves BEGIN SELECT RAISE(ABORT, 'append-only: continuity_moves'); END;
CREATE TRIGGER continuity_moves_no_delete BEFORE DELETE ON continuity_moves BEGIN SELECT RAISE(ABORT, 'append-only: continuity_moves'); END;
CREATE TRIGGER continuity_moves_no_replace BEFORE INSERT ON continuity_moves WHEN EXISTS (SELECT 1 FROM continuity_moves WHERE (case_id = NEW.case_id AND plan = NEW.plan AND customer_id = NEW.customer_id AND direction = NEW.direction))
BEGIN SELECT RAISE(ABORT, 'append-only: continuity_moves'); END;

-- Who answers for a contract that somebody took over, from which day on, under which agreement: who sold it did before.
CREATE TABLE contract_takeovers (
  contract_id TEXT NOT NULL REFERENCES contracts (id),
  number INTEGER NOT NULL CHECK (number > 0),
  company_id TEXT NOT NULL REFERENCES companies (id),
  agreement_id TEXT REFERENCES agreements (id),
  from_day TEXT NOT NULL,
  case_id TEXT NOT NULL REFERENCES continuity_cases (id),
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (contract_id, number)
) STRICT;
CREATE INDEX contract_takeovers_by_case ON contract_takeovers (case_id, contract_id);
CREATE TRIGGER contract_takeovers_no_update BEFORE UPDATE ON contract_takeovers BEGIN SELECT RAISE(ABORT, 'append-only: contract_takeovers'); END;
CREATE TRIGGER contract_takeovers_no_delete BEFORE DELETE ON contract_takeovers BEGIN SELECT RAISE(ABORT, 'append-only: contract_takeovers'); END;
CREATE TRIGGER contract_takeovers_no_replace BEFORE INSERT ON contract_takeovers WHEN EXISTS (SELECT 1 FROM contract_takeovers WHERE (contract_id = NEW.contract_id AND number = NEW.number))
BEGIN SELECT RAISE(ABORT, 'append-only: contract_takeovers'); END;
-- Null while it is who sold it.
ALTER TABLE contracts ADD COLUMN answered_by_id TEXT REFERENCES companies (id);
CREATE INDEX contracts_answered_by ON contracts (answered_by_id, id) WHERE answered_by_id IS NOT NULL;
CREATE INDEX contracts_of_seller ON contracts (seller_id, id);
-- One after the other, and the contract follows.
CREATE TRIGGER contract_takeovers_in_order BEFORE INSERT ON contract_takeovers WHEN
  NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM contract_takeovers WHERE contract_id = NEW.contract_id)
  OR NEW.company_id = (SELECT coalesce(answered_by_id, seller_id) FROM contracts WHERE id = NEW.contract_id)
BEGIN SELECT RAISE(ABORT, 'takeover out of order'); END;
CREATE TRIGGER contract_takeovers_followed AFTER INSERT ON contract_takeovers
BEGIN UPDATE contracts SET answered_by_id = NEW.company_id WHERE id = NEW.contract_id; END;

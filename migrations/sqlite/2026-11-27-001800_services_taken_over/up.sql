-- why: an integrator does services on contracts that its master sold, and should it fail, somebody else does them: the sale stays where
-- it is (R49, R62). Who does the partner's part of a contract is known of each, and whose it was on which day stays known.
-- Null where its partner sold the contract itself, or does nothing on it.
ALTER TABLE contracts ADD COLUMN served_by_id TEXT REFERENCES companies (id);
UPDATE contracts SET served_by_id = partner_id WHERE partner_id IS NOT NULL AND seller_id <> partner_id AND EXISTS (
  SELECT 1 FROM lines l WHERE l.proposal_id = contracts.proposal_id AND l.number = contracts.number AND (
    l.duties LIKE '%start_up:partner%' OR l.duties LIKE '%integration:partner%' OR l.duties LIKE '%training:partner%'
    OR l.duties LIKE '%support:partner%' OR l.duties LIKE '%maintenance:partner%'));
CREATE INDEX contracts_served_by ON contracts (served_by_id, id) WHERE served_by_id IS NOT NULL;
CREATE TABLE service_takeovers (
  contract_id TEXT NOT NULL REFERENCES contracts (id),
  number INTEGER NOT NULL CHECK (number > 0),
  company_id TEXT NOT NULL REFERENCES companies (id),
  agreement_id TEXT REFERENCES agreements (id),
  from_day TEXT NOT NULL,
  case_id TEXT NOT NULL REFERENCES continuity_cases (id),
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (contract_id, number)
) STRICT;
CREATE INDEX service_takeovers_by_case ON service_takeovers (case_id, contract_id);
CREATE TRIGGER service_takeovers_no_update BEFORE UPDATE ON service_takeovers BEGIN SELECT RAISE(ABORT, 'append-only: service_takeovers'); END;
CREATE TRIGGER service_takeovers_no_delete BEFORE DELETE ON service_takeovers BEGIN SELECT RAISE(ABORT, 'append-only: service_takeovers'); END;
CREATE TRIGGER service_takeovers_no_replace BEFORE INSERT ON service_takeovers WHEN EXISTS (SELECT 1 FROM service_takeovers WHERE (contract_id = NEW.contract_id AND number = NEW.number))
BEGIN SELECT RAISE(ABORT, 'append-only: service_takeovers'); END;
-- One after the other, from one company to another, and the contract follows.
CREATE TRIGGER service_takeovers_in_order BEFORE INSERT ON service_takeovers WHEN
  NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM service_takeovers WHERE contract_id = NEW.contract_id)
  OR NOT EXISTS (SELECT 1 FROM contracts WHERE id = NEW.contract_id AND served_by_id <> NEW.company_id)
BEGIN SELECT RAISE(ABORT, 'takeover out of order'); END;
CREATE TRIGGER service_takeovers_followed AFTER INSERT ON service_takeovers
BEGIN UPDATE contracts SET served_by_id = NEW.company_id WHERE id = NEW.contract_id; END;

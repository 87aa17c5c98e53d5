-- why: an integrator does services on contracts that its master sold, and should it fail, somebody else does them: the sale stays where
-- it is (R49, R62). Who does the partner's part of a contract is known of each, and whose it was on which day stays known.
-- Null where its partner sold the contract itself, or does nothing on it.
ALTER TABLE contracts ADD COLUMN served_by_id UUID REFERENCES companies (id);
UPDATE contracts SET served_by_id = partner_id WHERE partner_id IS NOT NULL AND seller_id <> partner_id AND EXISTS (
  SELECT 1 FROM lines l WHERE l.proposal_id = contracts.proposal_id AND l.number = contracts.number AND (
    l.duties LIKE '%start_up:partner%' OR l.duties LIKE '%integration:partner%' OR l.duties LIKE '%training:partner%'
    OR l.duties LIKE '%support:partner%' OR l.duties LIKE '%maintenance:partner%'));
CREATE INDEX contracts_served_by ON contracts (served_by_id, id) WHERE served_by_id IS NOT NULL;
CREATE TABLE service_takeovers (
  contract_id UUID NOT NULL REFERENCES contracts (id),
  number INTEGER NOT NULL CHECK (number > 0),
  company_id UUID NOT NULL REFERENCES companies (id),
  agreement_id UUID REFERENCES agreements (id),
  from_day DATE NOT NULL,
  case_id UUID NOT NULL REFERENCES continuity_cases (id),
  recorded_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (contract_id, number)
);
CREATE INDEX service_takeovers_by_case ON service_takeovers (case_id, contract_id);
CREATE TRIGGER service_takeovers_no_change BEFORE UPDATE OR DELETE ON service_takeovers FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER service_takeovers_no_truncate BEFORE TRUNCATE ON service_takeovers FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- One after the other, from one company to another, and the contract follows.
CREATE FUNCTION refuse_service_takeover_out_of_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM service_takeovers WHERE contract_id = NEW.contract_id)
      OR NOT EXISTS (SELECT 1 FROM contracts WHERE id = NEW.contract_id AND served_by_id <> NEW.company_id) THEN
    RAISE EXCEPTION 'takeover out of order' USING ERRCODE = '23001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER service_takeovers_in_order BEFORE INSERT ON service_takeovers FOR EACH ROW EXECUTE FUNCTION refuse_service_takeover_out_of_order();
CREATE FUNCTION follow_service_takeover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE contracts SET served_by_id = NEW.company_id WHERE id = NEW.contract_id;
  RETURN NULL;
END $$;
CREATE TRIGGER service_takeovers_followed AFTER INSERT ON service_takeovers FOR EACH ROW EXECUTE FUNCTION follow_service_takeover();

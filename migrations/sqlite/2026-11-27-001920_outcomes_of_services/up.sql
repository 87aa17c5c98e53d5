-- why: a service that was refused, or is remunerated in kind, brings no money: no qualifying event ends in silence.
CREATE TABLE new_outcomes (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  -- The partner's place in the sale; none where it has none.
  attribution_id TEXT REFERENCES attributions (id),
  annuity_id TEXT REFERENCES annuities (id),
  contract_id TEXT REFERENCES contracts (id),
  rule TEXT NOT NULL,
  reason TEXT NOT NULL,
  explanation TEXT,
  recorded_at INTEGER NOT NULL,
  -- The agreement that it was not earned by.
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  -- The service that it is about, where it is about none of a sale's years.
  service_id TEXT REFERENCES services (id),
  CHECK ((service_id IS NULL) = (annuity_id IS NOT NULL)),
  CHECK ((service_id IS NULL) = (contract_id IS NOT NULL)),
  CHECK ((service_id IS NULL) = (explanation IS NOT NULL)),
  CHECK (service_id IS NULL OR attribution_id IS NULL),
  UNIQUE (annuity_id, attribution_id, rule, reason)
) STRICT;
INSERT INTO new_outcomes (id, network_id, partner_id, attribution_id, annuity_id, contract_id, rule, reason, explanation, recorded_at, agreement_id) SELECT id, network_id, partner_id, attribution_id, annuity_id, contract_id, rule, reason, explanation, recorded_at, agreement_id FROM outcomes;
DROP TABLE outcomes;
ALTER TABLE new_outcomes RENAME TO outcomes;
CREATE INDEX outcomes_of_partner ON outcomes (partner_id, id);
CREATE INDEX outcomes_of_contract ON outcomes (contract_id, id);
CREATE UNIQUE INDEX outcomes_without_place ON outcomes (annuity_id, agreement_id) WHERE attribution_id IS NULL;
CREATE UNIQUE INDEX outcomes_of_service ON outcomes (service_id) WHERE service_id IS NOT NULL;
CREATE TRIGGER outcomes_no_update BEFORE UPDATE ON outcomes BEGIN SELECT RAISE(ABORT, 'append-only: outcomes'); END;
CREATE TRIGGER outcomes_no_delete BEFORE DELETE ON outcomes BEGIN SELECT RAISE(ABORT, 'append-only: outcomes'); END;
CREATE TRIGGER outcomes_no_replace BEFORE INSERT ON outcomes WHEN EXISTS (SELECT 1 FROM outcomes WHERE (id = NEW.id) OR (annuity_id = NEW.annuity_id AND attribution_id = NEW.attribution_id AND rule = NEW.rule AND reason = NEW.reason) OR (NEW.attribution_id IS NULL AND attribution_id IS NULL AND annuity_id = NEW.annuity_id AND agreement_id = NEW.agreement_id) OR (service_id = NEW.service_id))
BEGIN SELECT RAISE(ABORT, 'append-only: outcomes'); END;
-- What was decided before: the outcome has the service's own number.
INSERT INTO outcomes (id, network_id, partner_id, rule, reason, recorded_at, agreement_id, service_id)
  SELECT s.id, s.network_id, s.partner_id, s.fee, CASE WHEN s.state = 'refused' THEN 'service_refused' WHEN s.kind = 'in_kind' THEN 'in_kind'
    ELSE 'rounds_to_nothing' END, s.updated_at, s.agreement_id, s.id
  FROM services s WHERE s.state = 'refused' OR (s.state = 'confirmed' AND (s.kind = 'in_kind' OR s.amount_minor = 0));

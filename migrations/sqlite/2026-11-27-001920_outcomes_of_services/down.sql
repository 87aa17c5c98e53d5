CREATE TABLE new_outcomes (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  -- The partner's place in the sale; none where it has none.
  attribution_id TEXT REFERENCES attributions (id),
  annuity_id TEXT NOT NULL REFERENCES annuities (id),
  contract_id TEXT NOT NULL REFERENCES contracts (id),
  rule TEXT NOT NULL,
  reason TEXT NOT NULL,
  explanation TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  -- The agreement that it was not earned by.
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  UNIQUE (annuity_id, attribution_id, rule, reason)
) STRICT;
INSERT INTO new_outcomes SELECT id, network_id, partner_id, attribution_id, annuity_id, contract_id, rule, reason, explanation, recorded_at, agreement_id
  FROM outcomes WHERE service_id IS NULL;
DROP TABLE outcomes;
ALTER TABLE new_outcomes RENAME TO outcomes;
CREATE INDEX outcomes_of_partner ON outcomes (partner_id, id);
CREATE INDEX outcomes_of_contract ON outcomes (contract_id, id);
CREATE UNIQUE INDEX outcomes_without_place ON outcomes (annuity_id, agreement_id) WHERE attribution_id IS NULL;
CREATE TRIGGER outcomes_no_update BEFORE UPDATE ON outcomes BEGIN SELECT RAISE(ABORT, 'append-only: outcomes'); END;
CREATE TRIGGER outcomes_no_delete BEFORE DELETE ON outcomes BEGIN SELECT RAISE(ABORT, 'append-only: outcomes'); END;
CREATE TRIGGER outcomes_no_replace BEFORE INSERT ON outcomes WHEN EXISTS (SELECT 1 FROM outcomes WHERE (id = NEW.id) OR (annuity_id = NEW.annuity_id AND attribution_id = NEW.attribution_id AND rule = NEW.rule AND reason = NEW.reason) OR (NEW.attribution_id IS NULL AND attribution_id IS NULL AND annuity_id = NEW.annuity_id AND agreement_id = NEW.agreement_id))
BEGIN SELECT RAISE(ABORT, 'append-only: outcomes'); END;

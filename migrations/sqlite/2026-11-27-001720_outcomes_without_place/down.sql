CREATE TABLE new_outcomes (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  attribution_id TEXT NOT NULL REFERENCES attributions (id),
  annuity_id TEXT NOT NULL REFERENCES annuities (id),
  contract_id TEXT NOT NULL REFERENCES contracts (id),
  rule TEXT NOT NULL,
  reason TEXT NOT NULL,
  explanation TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  UNIQUE (annuity_id, attribution_id, rule, reason)
) STRICT;
INSERT INTO new_outcomes SELECT id, network_id, partner_id, attribution_id, annuity_id, contract_id, rule, reason, explanation, recorded_at
  FROM outcomes WHERE attribution_id IS NOT NULL;
DROP TABLE outcomes;
ALTER TABLE new_outcomes RENAME TO outcomes;
CREATE INDEX outcomes_of_partner ON outcomes (partner_id, id);
CREATE INDEX outcomes_of_contract ON outcomes (contract_id, id);
CREATE TRIGGER outcomes_no_update BEFORE UPDATE ON outcomes BEGIN SELECT RAISE(ABORT, 'append-only: outcomes'); END;
CREATE TRIGGER outcomes_no_delete BEFORE DELETE ON outcomes BEGIN SELECT RAISE(ABORT, 'append-only: outcomes'); END;
CREATE TRIGGER outcomes_no_replace BEFORE INSERT ON outcomes WHEN EXISTS (SELECT 1 FROM outcomes WHERE (id = NEW.id) OR (annuity_id = NEW.annuity_id AND attribution_id = NEW.attribution_id AND rule = NEW.rule AND reason = NEW.reason))
BEGIN SELECT RAISE(ABORT, 'append-only: outcomes'); END;

DROP TRIGGER seals_check;
CREATE TABLE old_journals (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  -- What made it: the annuity, and the annuity's version that was reached.
  annuity_id TEXT NOT NULL REFERENCES annuities (id),
  annuity_version INTEGER NOT NULL,
  entry_count INTEGER NOT NULL CHECK (entry_count > 0),
  total_minor INTEGER NOT NULL CHECK (total_minor > 0),
  -- A journal cannot be committed unsealed.
  seal_id TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  UNIQUE (annuity_id, annuity_version),
  FOREIGN KEY (seal_id) REFERENCES seals (journal_id) DEFERRABLE INITIALLY DEFERRED,
  CHECK (seal_id = id)
) STRICT;
INSERT INTO old_journals SELECT id, network_id, source_id, source_turn, entry_count, total_minor, seal_id, recorded_at
  FROM journals WHERE source_kind = 'annuity';
CREATE TABLE old_entries (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  journal_id TEXT NOT NULL REFERENCES journals (id),
  position INTEGER NOT NULL CHECK (position > 0),
  debtor_id TEXT NOT NULL,
  creditor_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('commission', 'share', 'buy_price')),
  correction TEXT CHECK (correction IN ('reversal', 'clawback', 'adjustment', 'recovery')),
  corrects_id TEXT REFERENCES entries (id),
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  attribution_id TEXT NOT NULL REFERENCES attributions (id),
  annuity_id TEXT NOT NULL REFERENCES annuities (id),
  contract_id TEXT NOT NULL REFERENCES contracts (id),
  rule TEXT NOT NULL,
  -- One source accrues once: the position of the entry among those of its annuity, agreement and rule.
  sequence INTEGER NOT NULL CHECK (sequence > 0),
  entitled_minor INTEGER NOT NULL CHECK (entitled_minor >= 0),
  explanation TEXT NOT NULL,
  dated_on TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  UNIQUE (journal_id, position),
  UNIQUE (annuity_id, attribution_id, rule, sequence),
  FOREIGN KEY (debtor_id, network_id) REFERENCES companies (id, network_id),
  FOREIGN KEY (creditor_id, network_id) REFERENCES companies (id, network_id),
  CHECK (debtor_id <> creditor_id),
  CHECK ((correction IS NULL) = (corrects_id IS NULL))
) STRICT;
INSERT INTO old_entries SELECT id, network_id, journal_id, position, debtor_id, creditor_id, kind, correction, corrects_id, amount_minor, currency,
  partner_id, attribution_id, annuity_id, contract_id, rule, sequence, entitled_minor, explanation, dated_on, recorded_at
  FROM entries WHERE journal_id IN (SELECT id FROM old_journals);
DROP TABLE entries;
DROP TABLE journals;
DROP TABLE periods;
ALTER TABLE old_journals RENAME TO journals;
ALTER TABLE old_entries RENAME TO entries;
CREATE INDEX entries_of_debtor ON entries (debtor_id, id);
CREATE INDEX entries_of_creditor ON entries (creditor_id, id);
CREATE INDEX entries_of_contract ON entries (contract_id, id);

CREATE TRIGGER journals_no_update BEFORE UPDATE ON journals BEGIN SELECT RAISE(ABORT, 'append-only: journals'); END;
CREATE TRIGGER journals_no_delete BEFORE DELETE ON journals BEGIN SELECT RAISE(ABORT, 'append-only: journals'); END;
CREATE TRIGGER journals_no_replace BEFORE INSERT ON journals WHEN EXISTS (SELECT 1 FROM journals WHERE (id = NEW.id) OR (annuity_id = NEW.annuity_id AND annuity_version = NEW.annuity_version))
BEGIN SELECT RAISE(ABORT, 'append-only: journals'); END;
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'append-only: entries'); END;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'append-only: entries'); END;
CREATE TRIGGER entries_no_replace BEFORE INSERT ON entries WHEN EXISTS (SELECT 1 FROM entries WHERE (id = NEW.id) OR (journal_id = NEW.journal_id AND position = NEW.position) OR (annuity_id = NEW.annuity_id AND attribution_id = NEW.attribution_id AND rule = NEW.rule AND sequence = NEW.sequence))
BEGIN SELECT RAISE(ABORT, 'append-only: entries'); END;
CREATE TRIGGER entries_after_seal BEFORE INSERT ON entries WHEN EXISTS (SELECT 1 FROM seals WHERE journal_id = NEW.journal_id)
BEGIN SELECT RAISE(ABORT, 'journal sealed'); END;
CREATE TRIGGER seals_check BEFORE INSERT ON seals WHEN NOT EXISTS (
  SELECT 1 FROM journals WHERE id = NEW.journal_id
    AND entry_count = (SELECT count(*) FROM entries WHERE journal_id = NEW.journal_id)
    AND total_minor = (SELECT coalesce(sum(amount_minor), 0) FROM entries WHERE journal_id = NEW.journal_id))
BEGIN SELECT RAISE(ABORT, 'journal incomplete'); END;

-- why: journals are made by more than annuities (a service, a dispute, a master's adjustment), each source once; entries say from when
-- they may be paid; and an accounting period that is closed takes no more of them.
CREATE TABLE periods (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  starts_on TEXT NOT NULL,
  ends_on TEXT NOT NULL,
  closed_by TEXT NOT NULL,
  closed_at INTEGER NOT NULL,
  UNIQUE (network_id, currency, ends_on),
  CHECK (starts_on <= ends_on)
) STRICT;
CREATE TRIGGER periods_no_update BEFORE UPDATE ON periods BEGIN SELECT RAISE(ABORT, 'append-only: periods'); END;
CREATE TRIGGER periods_no_delete BEFORE DELETE ON periods BEGIN SELECT RAISE(ABORT, 'append-only: periods'); END;
CREATE TRIGGER periods_no_replace BEFORE INSERT ON periods WHEN EXISTS (SELECT 1 FROM periods WHERE (id = NEW.id) OR (network_id = NEW.network_id AND currency = NEW.currency AND ends_on = NEW.ends_on))
BEGIN SELECT RAISE(ABORT, 'append-only: periods'); END;
-- Periods close one after the other.
CREATE TRIGGER periods_in_order BEFORE INSERT ON periods WHEN NEW.starts_on <>
  (SELECT date(max(ends_on), '+1 day') FROM periods WHERE network_id = NEW.network_id AND currency = NEW.currency)
BEGIN SELECT RAISE(ABORT, 'period out of order'); END;

DROP TRIGGER seals_check;
CREATE TABLE new_journals (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  -- What made it, and which time: of an annuity, the version that was reached.
  source_kind TEXT NOT NULL,
  source_id TEXT NOT NULL,
  source_turn INTEGER NOT NULL,
  -- What happened: an instalment, a cancellation, a decision.
  cause TEXT,
  entry_count INTEGER NOT NULL CHECK (entry_count > 0),
  total_minor INTEGER NOT NULL CHECK (total_minor > 0),
  -- A journal cannot be committed unsealed.
  seal_id TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  UNIQUE (source_kind, source_id, source_turn),
  FOREIGN KEY (seal_id) REFERENCES seals (journal_id) DEFERRABLE INITIALLY DEFERRED,
  CHECK (seal_id = id)
) STRICT;
INSERT INTO new_journals SELECT id, network_id, 'annuity', annuity_id, annuity_version, NULL, entry_count, total_minor, seal_id, recorded_at
  FROM journals;
CREATE TABLE new_entries (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  -- The master that supervises what made it.
  master_id TEXT NOT NULL REFERENCES masters (id),
  journal_id TEXT NOT NULL REFERENCES journals (id),
  position INTEGER NOT NULL CHECK (position > 0),
  debtor_id TEXT NOT NULL,
  creditor_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('commission', 'share', 'buy_price', 'fee')),
  correction TEXT CHECK (correction IN ('reversal', 'clawback', 'adjustment', 'recovery')),
  corrects_id TEXT REFERENCES entries (id),
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  -- Debtor and creditor again: the partner whose agreement made it, and the other one.
  partner_id TEXT NOT NULL REFERENCES partners (id),
  counterparty_id TEXT NOT NULL REFERENCES companies (id),
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  terms_id TEXT NOT NULL REFERENCES terms (id),
  -- The sale that it is about, if it is about one.
  contract_id TEXT REFERENCES contracts (id),
  annuity_id TEXT REFERENCES annuities (id),
  attribution_id TEXT REFERENCES attributions (id),
  rule TEXT NOT NULL,
  -- One source accrues once: the position of the entry among those of its annuity, agreement and rule, and what is due with it to
  -- date. An entry that says nothing about that has neither.
  sequence INTEGER CHECK (sequence > 0),
  entitled_minor INTEGER CHECK (entitled_minor >= 0),
  explanation TEXT NOT NULL,
  dated_on TEXT NOT NULL,
  payable_on TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  UNIQUE (journal_id, position),
  UNIQUE (annuity_id, attribution_id, rule, sequence),
  FOREIGN KEY (debtor_id, network_id) REFERENCES companies (id, network_id),
  FOREIGN KEY (creditor_id, network_id) REFERENCES companies (id, network_id),
  CHECK (debtor_id <> creditor_id),
  CHECK (partner_id IN (debtor_id, creditor_id) AND counterparty_id IN (debtor_id, creditor_id) AND partner_id <> counterparty_id),
  CHECK ((correction IS NULL) = (corrects_id IS NULL)),
  CHECK ((annuity_id IS NULL) = (contract_id IS NULL) AND (annuity_id IS NULL) = (attribution_id IS NULL)),
  CHECK ((sequence IS NULL) = (entitled_minor IS NULL) AND (sequence IS NULL OR annuity_id IS NOT NULL)),
  CHECK (payable_on >= dated_on)
) STRICT;
INSERT INTO new_entries SELECT e.id, e.network_id, c.master_id, e.journal_id, e.position, e.debtor_id, e.creditor_id, e.kind, e.correction,
  e.corrects_id, e.amount_minor, e.currency, e.partner_id, CASE WHEN e.debtor_id = e.partner_id THEN e.creditor_id ELSE e.debtor_id END,
  a.agreement_id, a.terms_id, e.contract_id, e.annuity_id, e.attribution_id, e.rule, e.sequence, e.entitled_minor, e.explanation, e.dated_on,
  e.dated_on, e.recorded_at
  FROM entries e JOIN contracts c ON c.id = e.contract_id JOIN attributions a ON a.id = e.attribution_id;
DROP TABLE entries;
DROP TABLE journals;
ALTER TABLE new_journals RENAME TO journals;
ALTER TABLE new_entries RENAME TO entries;
CREATE INDEX entries_of_debtor ON entries (debtor_id, id);
CREATE INDEX entries_of_creditor ON entries (creditor_id, id);
CREATE INDEX entries_of_contract ON entries (contract_id, id);
CREATE INDEX entries_corrections ON entries (corrects_id);
CREATE INDEX entries_between ON entries (partner_id, counterparty_id, currency, payable_on, id);

CREATE TRIGGER journals_no_update BEFORE UPDATE ON journals BEGIN SELECT RAISE(ABORT, 'append-only: journals'); END;
CREATE TRIGGER journals_no_delete BEFORE DELETE ON journals BEGIN SELECT RAISE(ABORT, 'append-only: journals'); END;
CREATE TRIGGER journals_no_replace BEFORE INSERT ON journals WHEN EXISTS (SELECT 1 FROM journals WHERE (id = NEW.id) OR (source_kind = NEW.source_kind AND source_id = NEW.source_id AND source_turn = NEW.source_turn))
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
-- What was stated of a closed period stays true.
CREATE TRIGGER entries_in_open_period BEFORE INSERT ON entries WHEN NEW.dated_on <=
  (SELECT max(ends_on) FROM periods WHERE network_id = NEW.network_id AND currency = NEW.currency)
BEGIN SELECT RAISE(ABORT, 'period closed'); END;
-- A correction is between the same two companies, and no more is taken back of an entry than it brought.
CREATE TRIGGER entries_correct BEFORE INSERT ON entries WHEN NEW.corrects_id IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM entries e WHERE e.id = NEW.corrects_id AND e.currency = NEW.currency AND (
    (e.debtor_id = NEW.creditor_id AND e.creditor_id = NEW.debtor_id)
    OR (e.debtor_id = NEW.debtor_id AND e.creditor_id = NEW.creditor_id AND NEW.correction NOT IN ('reversal', 'clawback'))))
BEGIN SELECT RAISE(ABORT, 'no correction of that entry'); END;
CREATE TRIGGER entries_taken_back_once BEFORE INSERT ON entries WHEN NEW.correction IN ('reversal', 'clawback') AND NEW.amount_minor >
  (SELECT amount_minor FROM entries WHERE id = NEW.corrects_id) -
  (SELECT coalesce(sum(amount_minor), 0) FROM entries WHERE corrects_id = NEW.corrects_id AND correction IN ('reversal', 'clawback'))
BEGIN SELECT RAISE(ABORT, 'taken back beyond its amount'); END;

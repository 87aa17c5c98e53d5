-- why: journals are made by more than annuities (a service, a dispute, a master's adjustment), each source once; entries say from when
-- they may be paid; and an accounting period that is closed takes no more of them.
CREATE TABLE periods (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  starts_on DATE NOT NULL,
  ends_on DATE NOT NULL,
  closed_by TEXT COLLATE "C" NOT NULL,
  closed_at TIMESTAMPTZ NOT NULL,
  UNIQUE (network_id, currency, ends_on),
  CHECK (starts_on <= ends_on)
);
CREATE TRIGGER periods_no_change BEFORE UPDATE OR DELETE ON periods FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER periods_no_truncate BEFORE TRUNCATE ON periods FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- Periods close one after the other.
CREATE FUNCTION check_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.starts_on <> (SELECT max(ends_on) + 1 FROM periods WHERE network_id = NEW.network_id AND currency = NEW.currency) THEN
    RAISE EXCEPTION 'period out of order' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER periods_in_order BEFORE INSERT ON periods FOR EACH ROW EXECUTE FUNCTION check_period();

-- What made a journal, and which time: of an annuity, the version that was reached. And what happened: an instalment, a
-- cancellation, a decision.
ALTER TABLE journals DISABLE TRIGGER journals_no_change;
ALTER TABLE journals DROP CONSTRAINT journals_annuity_id_annuity_version_key, DROP CONSTRAINT journals_annuity_id_fkey,
  ADD COLUMN source_kind TEXT COLLATE "C" NOT NULL DEFAULT 'annuity', ADD COLUMN cause TEXT COLLATE "C";
ALTER TABLE journals RENAME COLUMN annuity_id TO source_id;
ALTER TABLE journals RENAME COLUMN annuity_version TO source_turn;
ALTER TABLE journals ALTER COLUMN source_kind DROP DEFAULT, ADD UNIQUE (source_kind, source_id, source_turn);
ALTER TABLE journals ENABLE TRIGGER journals_no_change;

ALTER TABLE entries DISABLE TRIGGER entries_no_change;
ALTER TABLE entries
  -- The master that supervises what made it.
  ADD COLUMN master_id UUID,
  -- Debtor and creditor again: beside the partner whose agreement made it, the other one.
  ADD COLUMN counterparty_id UUID,
  ADD COLUMN agreement_id UUID,
  ADD COLUMN terms_id UUID,
  ADD COLUMN payable_on DATE;
UPDATE entries SET master_id = c.master_id, agreement_id = a.agreement_id, terms_id = a.terms_id, payable_on = dated_on,
  counterparty_id = CASE WHEN debtor_id = entries.partner_id THEN creditor_id ELSE debtor_id END
  FROM contracts c, attributions a WHERE c.id = entries.contract_id AND a.id = entries.attribution_id;
ALTER TABLE entries ENABLE TRIGGER entries_no_change;
ALTER TABLE entries
  ALTER COLUMN master_id SET NOT NULL, ALTER COLUMN counterparty_id SET NOT NULL, ALTER COLUMN agreement_id SET NOT NULL,
  ALTER COLUMN terms_id SET NOT NULL, ALTER COLUMN payable_on SET NOT NULL,
  -- The sale that it is about, if it is about one.
  ALTER COLUMN contract_id DROP NOT NULL, ALTER COLUMN annuity_id DROP NOT NULL, ALTER COLUMN attribution_id DROP NOT NULL,
  -- One source accrues once: the position of the entry among those of its annuity, agreement and rule, and what is due with it to
  -- date. An entry that says nothing about that has neither.
  ALTER COLUMN sequence DROP NOT NULL, ALTER COLUMN entitled_minor DROP NOT NULL,
  DROP CONSTRAINT entries_kind_check,
  ADD CONSTRAINT entries_kind_check CHECK (kind IN ('commission', 'share', 'buy_price', 'fee')),
  ADD FOREIGN KEY (master_id) REFERENCES masters (id), ADD FOREIGN KEY (counterparty_id) REFERENCES companies (id),
  ADD FOREIGN KEY (agreement_id) REFERENCES agreements (id), ADD FOREIGN KEY (terms_id) REFERENCES terms (id),
  ADD CONSTRAINT entries_sides CHECK
    (partner_id IN (debtor_id, creditor_id) AND counterparty_id IN (debtor_id, creditor_id) AND partner_id <> counterparty_id),
  ADD CONSTRAINT entries_sale CHECK ((annuity_id IS NULL) = (contract_id IS NULL) AND (annuity_id IS NULL) = (attribution_id IS NULL)),
  ADD CONSTRAINT entries_count CHECK ((sequence IS NULL) = (entitled_minor IS NULL) AND (sequence IS NULL OR annuity_id IS NOT NULL)),
  ADD CONSTRAINT entries_payable CHECK (payable_on >= dated_on);
CREATE INDEX entries_corrections ON entries (corrects_id);
CREATE INDEX entries_between ON entries (partner_id, counterparty_id, currency, payable_on, id);

-- What was stated of a closed period stays true. A correction is between the same two companies, and no more is taken back of an
-- entry than it brought.
CREATE FUNCTION check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.dated_on <= (SELECT max(ends_on) FROM periods WHERE network_id = NEW.network_id AND currency = NEW.currency) THEN
    RAISE EXCEPTION 'period closed' USING ERRCODE = '23514';
  END IF;
  IF NEW.corrects_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM entries e WHERE e.id = NEW.corrects_id AND e.currency = NEW.currency AND (
      (e.debtor_id = NEW.creditor_id AND e.creditor_id = NEW.debtor_id)
      OR (e.debtor_id = NEW.debtor_id AND e.creditor_id = NEW.creditor_id AND NEW.correction NOT IN ('reversal', 'clawback')))) THEN
    RAISE EXCEPTION 'no correction of that entry' USING ERRCODE = '23514';
  END IF;
  IF NEW.correction IN ('reversal', 'clawback') AND NEW.amount_minor >
    (SELECT amount_minor FROM entries WHERE id = NEW.corrects_id) -
    (SELECT coalesce(sum(amount_minor), 0) FROM entries WHERE corrects_id = NEW.corrects_id AND correction IN ('reversal', 'clawback')) THEN
    RAISE EXCEPTION 'taken back beyond its amount' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entries_check BEFORE INSERT ON entries FOR EACH ROW EXECUTE FUNCTION check_entry();

-- why: amounts from a debtor to a creditor, in journals that cannot change once they are sealed, and outcomes for what earned nothing.
CREATE TABLE journals (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  -- What made it: the annuity, and the annuity's version that was reached.
  annuity_id UUID NOT NULL REFERENCES annuities (id),
  annuity_version BIGINT NOT NULL,
  entry_count INTEGER NOT NULL CHECK (entry_count > 0),
  total_minor BIGINT NOT NULL CHECK (total_minor > 0),
  -- A journal cannot be committed unsealed.
  seal_id UUID NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  UNIQUE (annuity_id, annuity_version),
  CHECK (seal_id = id)
);

CREATE TABLE entries (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  journal_id UUID NOT NULL REFERENCES journals (id),
  position INTEGER NOT NULL CHECK (position > 0),
  debtor_id UUID NOT NULL,
  creditor_id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('commission', 'share', 'buy_price')),
  correction TEXT CHECK (correction IN ('reversal', 'clawback', 'adjustment', 'recovery')),
  corrects_id UUID REFERENCES entries (id),
  amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  partner_id UUID NOT NULL REFERENCES partners (id),
  attribution_id UUID NOT NULL REFERENCES attributions (id),
  annuity_id UUID NOT NULL REFERENCES annuities (id),
  contract_id UUID NOT NULL REFERENCES contracts (id),
  rule TEXT COLLATE "C" NOT NULL,
  -- One source accrues once: the position of the entry among those of its annuity, agreement and rule.
  sequence INTEGER NOT NULL CHECK (sequence > 0),
  entitled_minor BIGINT NOT NULL CHECK (entitled_minor >= 0),
  explanation TEXT NOT NULL,
  dated_on DATE NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  UNIQUE (journal_id, position),
  UNIQUE (annuity_id, attribution_id, rule, sequence),
  FOREIGN KEY (debtor_id, network_id) REFERENCES companies (id, network_id),
  FOREIGN KEY (creditor_id, network_id) REFERENCES companies (id, network_id),
  CHECK (debtor_id <> creditor_id),
  CHECK ((correction IS NULL) = (corrects_id IS NULL))
);
CREATE INDEX entries_of_debtor ON entries (debtor_id, id);
CREATE INDEX entries_of_creditor ON entries (creditor_id, id);
CREATE INDEX entries_of_contract ON entries (contract_id, id);

CREATE TABLE seals (
  journal_id UUID NOT NULL PRIMARY KEY REFERENCES journals (id)
);
ALTER TABLE journals ADD CONSTRAINT journals_are_sealed FOREIGN KEY (seal_id) REFERENCES seals (journal_id)
  DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE outcomes (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  attribution_id UUID NOT NULL REFERENCES attributions (id),
  annuity_id UUID NOT NULL REFERENCES annuities (id),
  contract_id UUID NOT NULL REFERENCES contracts (id),
  rule TEXT COLLATE "C" NOT NULL,
  reason TEXT NOT NULL,
  explanation TEXT NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  UNIQUE (annuity_id, attribution_id, rule)
);
CREATE INDEX outcomes_of_partner ON outcomes (partner_id, id);
CREATE INDEX outcomes_of_contract ON outcomes (contract_id, id);

CREATE TRIGGER journals_no_change BEFORE UPDATE OR DELETE ON journals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journals_no_truncate BEFORE TRUNCATE ON journals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_no_change BEFORE UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_no_truncate BEFORE TRUNCATE ON entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER seals_no_change BEFORE UPDATE OR DELETE ON seals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER seals_no_truncate BEFORE TRUNCATE ON seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER outcomes_no_change BEFORE UPDATE OR DELETE ON outcomes FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER outcomes_no_truncate BEFORE TRUNCATE ON outcomes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Sealing checks the journal; what is sealed takes no more entries.
CREATE FUNCTION check_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM journals WHERE id = NEW.journal_id
    AND entry_count = (SELECT count(*) FROM entries WHERE journal_id = NEW.journal_id)
    AND total_minor = (SELECT coalesce(sum(amount_minor), 0) FROM entries WHERE journal_id = NEW.journal_id)) THEN
    RAISE EXCEPTION 'journal incomplete' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER seals_check BEFORE INSERT ON seals FOR EACH ROW EXECUTE FUNCTION check_seal();
CREATE FUNCTION refuse_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM seals WHERE journal_id = NEW.journal_id) THEN
    RAISE EXCEPTION 'journal sealed' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entries_after_seal BEFORE INSERT ON entries FOR EACH ROW EXECUTE FUNCTION refuse_sealed();

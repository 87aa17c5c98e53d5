-- why: entry fees (R58, D14): assessed by one person, approved by another, frozen once they are invoiced, and owed in the ledger.
ALTER TABLE entries DROP CONSTRAINT entries_kind_check,
  ADD CONSTRAINT entries_kind_check CHECK (kind IN ('commission', 'share', 'buy_price', 'fee', 'entry_fee'));

CREATE TABLE entry_fees (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  master_id UUID NOT NULL REFERENCES masters (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  state TEXT NOT NULL CHECK (state IN ('assessed', 'approved', 'rejected', 'invoiced', 'paid', 'withdrawn')),
  -- Its current assessment, and who made it.
  number INTEGER NOT NULL CHECK (number > 0),
  segment TEXT COLLATE "C" NOT NULL,
  assessed_by TEXT COLLATE "C" NOT NULL,
  decided_by TEXT COLLATE "C",
  decision_note TEXT,
  invoice_reference TEXT COLLATE "C",
  invoiced_on DATE,
  due_on DATE,
  -- By which it is owed.
  entry_id UUID REFERENCES entries (id),
  paid_on DATE,
  payment_reference TEXT,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  UNIQUE (master_id, invoice_reference),
  -- A second person decides.
  CHECK (decided_by IS NULL OR decided_by <> assessed_by),
  CHECK (state IN ('assessed', 'withdrawn') OR decided_by IS NOT NULL),
  CHECK (state <> 'assessed' OR decided_by IS NULL),
  CHECK ((state IN ('invoiced', 'paid')) = (invoice_reference IS NOT NULL)),
  CHECK ((invoice_reference IS NULL) = (invoiced_on IS NULL) AND (invoice_reference IS NULL) = (due_on IS NULL)
    AND (invoice_reference IS NULL) = (entry_id IS NULL)),
  CHECK (due_on >= invoiced_on),
  CHECK ((state = 'paid') = (paid_on IS NOT NULL) AND (paid_on IS NULL) = (payment_reference IS NULL))
);
-- A segment of an agreement has one entry fee.
CREATE UNIQUE INDEX entry_fees_one_of_segment ON entry_fees (agreement_id, segment) WHERE state <> 'withdrawn';
CREATE INDEX entry_fees_of_master ON entry_fees (master_id, id);
CREATE INDEX entry_fees_of_master_by_change ON entry_fees (master_id, updated_at, id);
CREATE INDEX entry_fees_of_partner ON entry_fees (partner_id, id);
CREATE INDEX entry_fees_of_partner_by_change ON entry_fees (partner_id, updated_at, id);
CREATE INDEX entry_fees_unpaid ON entry_fees (due_on, id) WHERE state = 'invoiced';

-- What was assessed, each time: the potential, and what the terms made of it.
CREATE TABLE entry_fee_revisions (
  entry_fee_id UUID NOT NULL REFERENCES entry_fees (id),
  number INTEGER NOT NULL CHECK (number > 0),
  segment TEXT NOT NULL,
  potential_minor BIGINT NOT NULL CHECK (potential_minor > 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  rate_ppm INTEGER NOT NULL CHECK (rate_ppm BETWEEN 1 AND 1000000),
  formula TEXT NOT NULL CHECK (formula IN ('rate_of_potential_1')),
  terms_id UUID NOT NULL REFERENCES terms (id),
  fee_minor BIGINT NOT NULL CHECK (fee_minor > 0),
  note TEXT,
  assessed_by TEXT COLLATE "C" NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (entry_fee_id, number)
);
CREATE TRIGGER entry_fee_revisions_no_change BEFORE UPDATE OR DELETE ON entry_fee_revisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entry_fee_revisions_no_truncate BEFORE TRUNCATE ON entry_fee_revisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was invoiced is not assessed again.
CREATE FUNCTION check_entry_fee_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM entry_fees WHERE id = NEW.entry_fee_id AND state IN ('invoiced', 'paid')) THEN
    RAISE EXCEPTION 'entry fee frozen' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entry_fee_revisions_check BEFORE INSERT ON entry_fee_revisions FOR EACH ROW EXECUTE FUNCTION check_entry_fee_revision();
CREATE TRIGGER entry_fees_frozen BEFORE UPDATE ON entry_fees FOR EACH ROW WHEN (OLD.state IN ('invoiced', 'paid')
  AND (NEW.state NOT IN ('invoiced', 'paid') OR (OLD.state = 'paid' AND NEW.state <> 'paid') OR NEW.number <> OLD.number OR NEW.segment <> OLD.segment
  OR NEW.agreement_id <> OLD.agreement_id OR NEW.assessed_by <> OLD.assessed_by OR NEW.decided_by <> OLD.decided_by
  OR NEW.invoice_reference <> OLD.invoice_reference OR NEW.invoiced_on <> OLD.invoiced_on OR NEW.due_on <> OLD.due_on OR NEW.entry_id <> OLD.entry_id))
  EXECUTE FUNCTION refuse_change();

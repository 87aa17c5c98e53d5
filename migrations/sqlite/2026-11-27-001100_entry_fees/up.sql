-- why: entry fees (R58, D14): assessed by one person, approved by another, frozen once they are invoiced, and owed in the ledger.
-- SQLite cannot change a CHECK in place, and building the table again would take it from under the steps that others add to it: so
-- the CHECK is widened where it is written, as SQLite's documentation of ALTER TABLE (section 7) has it for what stored rows do not depend on.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''commission'', ''share'', ''buy_price'', ''fee'')', '''commission'', ''share'', ''buy_price'', ''fee'', ''entry_fee'')')
  WHERE type = 'table' AND name = 'entries';
PRAGMA writable_schema = RESET;

CREATE TABLE entry_fees (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  master_id TEXT NOT NULL REFERENCES masters (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  state TEXT NOT NULL CHECK (state IN ('assessed', 'approved', 'rejected', 'invoiced', 'paid', 'withdrawn')),
  -- Its current assessment, and who made it.
  number INTEGER NOT NULL CHECK (number > 0),
  segment TEXT NOT NULL,
  assessed_by TEXT NOT NULL,
  decided_by TEXT,
  decision_note TEXT,
  invoice_reference TEXT,
  invoiced_on TEXT,
  due_on TEXT,
  -- By which it is owed.
  entry_id TEXT REFERENCES entries (id),
  paid_on TEXT,
  payment_reference TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
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
) STRICT;
-- A segment of an agreement has one entry fee.
CREATE UNIQUE INDEX entry_fees_one_of_segment ON entry_fees (agreement_id, segment) WHERE state <> 'withdrawn';
CREATE INDEX entry_fees_of_master ON entry_fees (master_id, id);
CREATE INDEX entry_fees_of_master_by_change ON entry_fees (master_id, updated_at, id);
CREATE INDEX entry_fees_of_partner ON entry_fees (partner_id, id);
CREATE INDEX entry_fees_of_partner_by_change ON entry_fees (partner_id, updated_at, id);
CREATE INDEX entry_fees_unpaid ON entry_fees (due_on, id) WHERE state = 'invoiced';

-- What was assessed, each time: the potential, and what the terms made of it.
CREATE TABLE entry_fee_revisions (
  entry_fee_id TEXT NOT NULL REFERENCES entry_fees (id),
  number INTEGER NOT NULL CHECK (number > 0),
  segment TEXT NOT NULL,
  potential_minor INTEGER NOT NULL CHECK (potential_minor > 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  rate_ppm INTEGER NOT NULL CHECK (rate_ppm BETWEEN 1 AND 1000000),
  formula TEXT NOT NULL CHECK (formula IN ('rate_of_potential_1')),
  terms_id TEXT NOT NULL REFERENCES terms (id),
  fee_minor INTEGER NOT NULL CHECK (fee_minor > 0),
  note TEXT,
  assessed_by TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (entry_fee_id, number)
) STRICT;
CREATE TRIGGER entry_fee_revisions_no_update BEFORE UPDATE ON entry_fee_revisions BEGIN SELECT RAISE(ABORT, 'append-only: entry_fee_revisions'); END;
CREATE TRIGGER entry_fee_revisions_no_delete BEFORE DELETE ON entry_fee_revisions BEGIN SELECT RAISE(ABORT, 'append-only: entry_fee_revisions'); END;
CREATE TRIGGER entry_fee_revisions_no_replace BEFORE INSERT ON entry_fee_revisions WHEN EXISTS (SELECT 1 FROM entry_fee_revisions WHERE (entry_fee_id = NEW.entry_fee_id AND number = NEW.number))
BEGIN SELECT RAISE(ABORT, 'append-only: entry_fee_revisions'); END;

-- What was invoiced is not assessed again.
CREATE TRIGGER entry_fee_revisions_check BEFORE INSERT ON entry_fee_revisions
  WHEN EXISTS (SELECT 1 FROM entry_fees WHERE id = NEW.entry_fee_id AND state IN ('invoiced', 'paid'))
BEGIN SELECT RAISE(ABORT, 'entry fee frozen'); END;
CREATE TRIGGER entry_fees_frozen BEFORE UPDATE ON entry_fees WHEN OLD.state IN ('invoiced', 'paid')
  AND (NEW.state NOT IN ('invoiced', 'paid') OR (OLD.state = 'paid' AND NEW.state <> 'paid') OR NEW.number <> OLD.number OR NEW.segment <> OLD.segment
  OR NEW.agreement_id <> OLD.agreement_id OR NEW.assessed_by <> OLD.assessed_by OR NEW.decided_by <> OLD.decided_by
  OR NEW.invoice_reference <> OLD.invoice_reference OR NEW.invoiced_on <> OLD.invoiced_on OR NEW.due_on <> OLD.due_on OR NEW.entry_id <> OLD.entry_id)
BEGIN SELECT RAISE(ABORT, 'append-only: entry_fees'); END;

-- why: a year of an agreement that ends with fewer sales than its terms ask for is a finding for its master, exactly once (R57, D13).
-- What the agreement's terms ask for in a whole year, special terms among them; null where they ask for none.
ALTER TABLE agreements ADD COLUMN minimum_sales INTEGER CHECK (minimum_sales > 0);
UPDATE agreements SET minimum_sales = nullif(CASE
    WHEN json_type(special_terms, '$.minimum_sales_per_year') IS NOT NULL THEN json_extract(special_terms, '$.minimum_sales_per_year')
    ELSE (SELECT json_extract(t.document, '$.minimum_sales_per_year') FROM terms t WHERE t.id = agreements.terms_id)
  END, 0);
CREATE INDEX agreements_with_minimum_sales ON agreements (master_id, id) WHERE minimum_sales IS NOT NULL;

CREATE TABLE findings (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  master_id TEXT NOT NULL REFERENCES masters (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  kind TEXT NOT NULL CHECK (kind IN ('minimum_sales_shortfall')),
  -- What it is about, so that it is found once: of a shortfall, the number of the year.
  about TEXT NOT NULL,
  -- The day it is found for.
  found_on TEXT NOT NULL,
  -- What was found, as JSON.
  facts TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'acknowledged', 'decided')),
  acknowledged_by TEXT,
  decision TEXT CHECK (decision IN ('no_action', 'reminder', 'improvement_plan', 'agreement_review')),
  reason TEXT,
  decided_by TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (kind, agreement_id, about),
  CHECK ((state = 'decided') = (decision IS NOT NULL)),
  CHECK ((decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (reason IS NULL)),
  CHECK (state <> 'acknowledged' OR acknowledged_by IS NOT NULL)
) STRICT;
CREATE INDEX findings_of_master ON findings (master_id, id);
CREATE INDEX findings_of_master_by_change ON findings (master_id, updated_at, id);
CREATE INDEX findings_undecided ON findings (master_id, found_on, id) WHERE state <> 'decided';

-- A year that is over, and what was counted then: once, and for ever.
CREATE TABLE minimum_sales_years (
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  number INTEGER NOT NULL CHECK (number > 0),
  starts_on TEXT NOT NULL,
  -- Its last day, or the last one of an agreement that ended before.
  ends_on TEXT NOT NULL,
  per_year INTEGER NOT NULL CHECK (per_year > 0),
  days_in_year INTEGER NOT NULL CHECK (days_in_year > 0),
  days_in_force INTEGER NOT NULL CHECK (days_in_force BETWEEN 0 AND days_in_year),
  required INTEGER NOT NULL CHECK (required BETWEEN 0 AND per_year),
  signed INTEGER NOT NULL CHECK (signed >= 0),
  -- Whether the agreement ended with it.
  is_last INTEGER NOT NULL CHECK (is_last IN (0, 1)),
  finding_id TEXT UNIQUE REFERENCES findings (id),
  judged_at INTEGER NOT NULL,
  PRIMARY KEY (agreement_id, number),
  CHECK (ends_on >= starts_on),
  -- A shortfall is a finding, and nothing else is.
  CHECK ((signed < required) = (finding_id IS NOT NULL))
) STRICT;
CREATE TRIGGER minimum_sales_years_no_update BEFORE UPDATE ON minimum_sales_years BEGIN SELECT RAISE(ABORT, 'append-only: minimum_sales_years'); END;
CREATE TRIGGER minimum_sales_years_no_delete BEFORE DELETE ON minimum_sales_years BEGIN SELECT RAISE(ABORT, 'append-only: minimum_sales_years'); END;
CREATE TRIGGER minimum_sales_years_no_replace BEFORE INSERT ON minimum_sales_years WHEN EXISTS (SELECT 1 FROM minimum_sales_years WHERE (agreement_id = NEW.agreement_id AND number = NEW.number))
BEGIN SELECT RAISE(ABORT, 'append-only: minimum_sales_years'); END;

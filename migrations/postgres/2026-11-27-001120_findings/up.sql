-- why: a year of an agreement that ends with fewer sales than its terms ask for is a finding for its master, exactly once (R57, D13).
-- What the agreement's terms ask for in a whole year, special terms among them; null where they ask for none.
ALTER TABLE agreements ADD COLUMN minimum_sales BIGINT CHECK (minimum_sales > 0);
UPDATE agreements SET minimum_sales = nullif(CASE
    WHEN special_terms::jsonb ? 'minimum_sales_per_year' THEN (special_terms::jsonb ->> 'minimum_sales_per_year')::bigint
    ELSE (SELECT (t.document::jsonb ->> 'minimum_sales_per_year')::bigint FROM terms t WHERE t.id = agreements.terms_id)
  END, 0);
CREATE INDEX agreements_with_minimum_sales ON agreements (master_id, id) WHERE minimum_sales IS NOT NULL;

CREATE TABLE findings (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  master_id UUID NOT NULL REFERENCES masters (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('minimum_sales_shortfall')),
  -- What it is about, so that it is found once: of a shortfall, the number of the year.
  about TEXT COLLATE "C" NOT NULL,
  -- The day it is found for.
  found_on DATE NOT NULL,
  -- What was found, as JSON.
  facts TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'acknowledged', 'decided')),
  acknowledged_by TEXT COLLATE "C",
  decision TEXT CHECK (decision IN ('no_action', 'reminder', 'improvement_plan', 'agreement_review')),
  reason TEXT,
  decided_by TEXT COLLATE "C",
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  UNIQUE (kind, agreement_id, about),
  CHECK ((state = 'decided') = (decision IS NOT NULL)),
  CHECK ((decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (reason IS NULL)),
  CHECK (state <> 'acknowledged' OR acknowledged_by IS NOT NULL)
);
CREATE INDEX findings_of_master ON findings (master_id, id);
CREATE INDEX findings_of_master_by_change ON findings (master_id, updated_at, id);
CREATE INDEX findings_undecided ON findings (master_id, found_on, id) WHERE state <> 'decided';

-- A year that is over, and what was counted then: once, and for ever.
CREATE TABLE minimum_sales_years (
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  number INTEGER NOT NULL CHECK (number > 0),
  starts_on DATE NOT NULL,
  -- Its last day, or the last one of an agreement that ended before.
  ends_on DATE NOT NULL,
  per_year BIGINT NOT NULL CHECK (per_year > 0),
  days_in_year INTEGER NOT NULL CHECK (days_in_year > 0),
  days_in_force INTEGER NOT NULL CHECK (days_in_force BETWEEN 0 AND days_in_year),
  required BIGINT NOT NULL CHECK (required BETWEEN 0 AND per_year),
  signed BIGINT NOT NULL CHECK (signed >= 0),
  -- Whether the agreement ended with it.
  is_last BOOLEAN NOT NULL,
  finding_id UUID UNIQUE REFERENCES findings (id),
  judged_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (agreement_id, number),
  CHECK (ends_on >= starts_on),
  -- A shortfall is a finding, and nothing else is.
  CHECK ((signed < required) = (finding_id IS NOT NULL))
);
CREATE TRIGGER minimum_sales_years_no_change BEFORE UPDATE OR DELETE ON minimum_sales_years FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER minimum_sales_years_no_truncate BEFORE TRUNCATE ON minimum_sales_years FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

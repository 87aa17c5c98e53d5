CREATE TABLE new_findings (
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
INSERT INTO new_findings SELECT * FROM findings WHERE kind = 'minimum_sales_shortfall';
DROP TABLE findings;
ALTER TABLE new_findings RENAME TO findings;
CREATE INDEX findings_of_master ON findings (master_id, id);
CREATE INDEX findings_of_master_by_change ON findings (master_id, updated_at, id);
CREATE INDEX findings_undecided ON findings (master_id, found_on, id) WHERE state <> 'decided';

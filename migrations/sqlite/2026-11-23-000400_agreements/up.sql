-- why: agreements, their supervision and their stages (R7, R26 to R31, R39).
CREATE TABLE agreements (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  master_id TEXT NOT NULL REFERENCES masters (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  counterparty_id TEXT NOT NULL,
  type_id TEXT NOT NULL REFERENCES partnership_types (id),
  terms_id TEXT NOT NULL REFERENCES terms (id),
  kind TEXT NOT NULL CHECK (kind IN ('standard', 'special')),
  language TEXT NOT NULL,
  governing_language TEXT NOT NULL,
  special_terms TEXT,
  exclusivity TEXT,
  -- Whether its terms allow one active agreement of the type at an instant (D4).
  single INTEGER NOT NULL,
  starts_on TEXT NOT NULL,
  ends_on TEXT,
  state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'under_supervision', 'active', 'suspended', 'terminated', 'expired')),
  reason TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  FOREIGN KEY (counterparty_id, network_id) REFERENCES companies (id, network_id),
  CHECK (partner_id <> counterparty_id),
  CHECK (kind = 'special' OR special_terms IS NULL),
  CHECK (ends_on IS NULL OR ends_on >= starts_on)
) STRICT;
CREATE UNIQUE INDEX agreements_one_in_force ON agreements (partner_id, type_id) WHERE single AND state IN ('active', 'suspended');
CREATE INDEX agreements_of_master ON agreements (master_id, id);
CREATE INDEX agreements_of_master_by_change ON agreements (master_id, updated_at, id);
CREATE INDEX agreements_of_partner ON agreements (partner_id, id);
CREATE INDEX agreements_of_counterparty ON agreements (counterparty_id, id);

CREATE TABLE supervisions (
  id TEXT NOT NULL PRIMARY KEY,
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  decision TEXT NOT NULL CHECK (decision IN ('approve', 'refuse')),
  findings TEXT NOT NULL,
  note TEXT,
  decided_by TEXT NOT NULL,
  decided_at INTEGER NOT NULL
) STRICT;
CREATE INDEX supervisions_of_agreement ON supervisions (agreement_id, id);
CREATE TRIGGER supervisions_no_update BEFORE UPDATE ON supervisions BEGIN SELECT RAISE(ABORT, 'append-only: supervisions'); END;
CREATE TRIGGER supervisions_no_delete BEFORE DELETE ON supervisions BEGIN SELECT RAISE(ABORT, 'append-only: supervisions'); END;
CREATE TRIGGER supervisions_no_replace BEFORE INSERT ON supervisions WHEN EXISTS (SELECT 1 FROM supervisions WHERE (id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'append-only: supervisions'); END;

CREATE TABLE agreement_stages (
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  from_day TEXT NOT NULL,
  stage TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  PRIMARY KEY (agreement_id, from_day)
) STRICT;
CREATE TRIGGER agreement_stages_no_update BEFORE UPDATE ON agreement_stages BEGIN SELECT RAISE(ABORT, 'append-only: agreement_stages'); END;
CREATE TRIGGER agreement_stages_no_delete BEFORE DELETE ON agreement_stages BEGIN SELECT RAISE(ABORT, 'append-only: agreement_stages'); END;
CREATE TRIGGER agreement_stages_no_replace BEFORE INSERT ON agreement_stages WHEN EXISTS (SELECT 1 FROM agreement_stages WHERE (agreement_id = NEW.agreement_id AND from_day = NEW.from_day))
BEGIN SELECT RAISE(ABORT, 'append-only: agreement_stages'); END;

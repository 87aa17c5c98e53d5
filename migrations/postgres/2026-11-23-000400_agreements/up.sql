-- why: agreements, their supervision and their stages (R7, R26 to R31, R39).
CREATE TABLE agreements (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  master_id UUID NOT NULL REFERENCES masters (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  counterparty_id UUID NOT NULL,
  type_id UUID NOT NULL REFERENCES partnership_types (id),
  terms_id UUID NOT NULL REFERENCES terms (id),
  kind TEXT NOT NULL CHECK (kind IN ('standard', 'special')),
  language TEXT NOT NULL,
  governing_language TEXT NOT NULL,
  special_terms TEXT,
  exclusivity TEXT,
  -- Whether its terms allow one active agreement of the type at an instant (D4).
  single BOOLEAN NOT NULL,
  starts_on DATE NOT NULL,
  ends_on DATE,
  state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'under_supervision', 'active', 'suspended', 'terminated', 'expired')),
  reason TEXT,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  FOREIGN KEY (counterparty_id, network_id) REFERENCES companies (id, network_id),
  CHECK (partner_id <> counterparty_id),
  CHECK (kind = 'special' OR special_terms IS NULL),
  CHECK (ends_on IS NULL OR ends_on >= starts_on)
);
CREATE UNIQUE INDEX agreements_one_in_force ON agreements (partner_id, type_id) WHERE single AND state IN ('active', 'suspended');
CREATE INDEX agreements_of_master ON agreements (master_id, id);
CREATE INDEX agreements_of_master_by_change ON agreements (master_id, updated_at, id);
CREATE INDEX agreements_of_partner ON agreements (partner_id, id);
CREATE INDEX agreements_of_counterparty ON agreements (counterparty_id, id);

CREATE TABLE supervisions (
  id UUID NOT NULL PRIMARY KEY,
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  decision TEXT NOT NULL CHECK (decision IN ('approve', 'refuse')),
  findings TEXT NOT NULL,
  note TEXT,
  decided_by TEXT COLLATE "C" NOT NULL,
  decided_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX supervisions_of_agreement ON supervisions (agreement_id, id);
CREATE TRIGGER supervisions_no_change BEFORE UPDATE OR DELETE ON supervisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER supervisions_no_truncate BEFORE TRUNCATE ON supervisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE agreement_stages (
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  from_day DATE NOT NULL,
  stage TEXT NOT NULL,
  decided_by TEXT COLLATE "C" NOT NULL,
  decided_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (agreement_id, from_day)
);
CREATE TRIGGER agreement_stages_no_change BEFORE UPDATE OR DELETE ON agreement_stages FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER agreement_stages_no_truncate BEFORE TRUNCATE ON agreement_stages FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

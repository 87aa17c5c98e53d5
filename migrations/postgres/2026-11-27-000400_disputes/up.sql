-- why: a partner may dispute another's protection; both are heard, a master decides, and another master hears an appeal (R37, D18).
CREATE TABLE disputes (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  -- The master that supervises the registration, and the one that an appeal goes to.
  master_id UUID NOT NULL REFERENCES masters (id),
  appeal_master_id UUID REFERENCES masters (id),
  registration_id UUID NOT NULL REFERENCES registrations (id),
  challenger_id UUID NOT NULL REFERENCES partners (id),
  holder_id UUID NOT NULL REFERENCES partners (id),
  -- The challenger's agreement, under which it would have the prospect.
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  -- The prospect as the challenger named it.
  prospect_name TEXT NOT NULL,
  country TEXT NOT NULL CHECK (length(country) = 2),
  tax_id TEXT,
  tax_key TEXT COLLATE "C",
  domain TEXT COLLATE "C",
  product_lines TEXT CHECK (product_lines <> ''),
  grounds TEXT NOT NULL CHECK (grounds IN ('prior_negotiation', 'customer_preference', 'invalid_registration', 'bad_faith')),
  state TEXT NOT NULL CHECK (state IN ('opened', 'evidence', 'decided', 'appealed', 'final', 'withdrawn')),
  heard_at TIMESTAMPTZ,
  challenger_until TIMESTAMPTZ,
  holder_until TIMESTAMPTZ,
  holder_heard BOOLEAN NOT NULL,
  appealable_until TIMESTAMPTZ,
  appealed_by TEXT CHECK (appealed_by IN ('challenger', 'holder')),
  appeal TEXT,
  appealed_at TIMESTAMPTZ,
  ended_at TIMESTAMPTZ,
  -- Each party has a version of its own: neither learns from it when the other one spoke (D22).
  challenger_version BIGINT NOT NULL CHECK (challenger_version > 0),
  challenger_updated_at TIMESTAMPTZ NOT NULL,
  holder_version BIGINT NOT NULL CHECK (holder_version > 0),
  holder_updated_at TIMESTAMPTZ NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  CHECK (challenger_id <> holder_id),
  CHECK (appeal_master_id <> master_id),
  CHECK ((tax_id IS NULL) = (tax_key IS NULL)),
  CHECK (tax_key IS NOT NULL OR domain IS NOT NULL),
  CHECK ((heard_at IS NULL) = (challenger_until IS NULL) AND (heard_at IS NULL) = (holder_until IS NULL)),
  CHECK ((appealed_by IS NULL) = (appeal IS NULL) AND (appealed_by IS NULL) = (appealed_at IS NULL)),
  CHECK (state <> 'decided' OR (appealable_until IS NOT NULL AND appeal_master_id IS NOT NULL)),
  CHECK (state <> 'appealed' OR appealed_by IS NOT NULL),
  CHECK ((state IN ('final', 'withdrawn')) = (ended_at IS NOT NULL))
);
-- One open dispute of a partner over a registration.
CREATE UNIQUE INDEX disputes_one_open ON disputes (challenger_id, registration_id) WHERE state IN ('opened', 'evidence', 'decided', 'appealed');
CREATE INDEX disputes_of_master ON disputes (master_id, id);
CREATE INDEX disputes_of_master_by_change ON disputes (master_id, updated_at, id);
CREATE INDEX disputes_of_appeal_master ON disputes (appeal_master_id, id);
CREATE INDEX disputes_of_challenger ON disputes (challenger_id, id);
CREATE INDEX disputes_of_holder ON disputes (holder_id, id);
CREATE INDEX disputes_of_registration ON disputes (registration_id, id);
CREATE INDEX disputes_by_finality ON disputes (appealable_until) WHERE state = 'decided';

-- What a side said, beginning with what the challenger opened the dispute with.
CREATE TABLE dispute_statements (
  id UUID NOT NULL PRIMARY KEY,
  dispute_id UUID NOT NULL REFERENCES disputes (id),
  side TEXT NOT NULL CHECK (side IN ('challenger', 'holder')),
  statement TEXT NOT NULL,
  made_by TEXT COLLATE "C" NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX dispute_statements_of_dispute ON dispute_statements (dispute_id, id);
CREATE TRIGGER dispute_statements_no_change BEFORE UPDATE OR DELETE ON dispute_statements FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER dispute_statements_no_truncate BEFORE TRUNCATE ON dispute_statements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE dispute_evidence (
  id UUID NOT NULL PRIMARY KEY,
  statement_id UUID NOT NULL REFERENCES dispute_statements (id),
  kind TEXT NOT NULL CHECK (kind IN ('proposal_sent', 'meeting', 'written_request', 'demonstration')),
  dated_on DATE NOT NULL,
  description TEXT NOT NULL,
  document TEXT
);
CREATE INDEX dispute_evidence_of_statement ON dispute_evidence (statement_id, id);
CREATE TRIGGER dispute_evidence_no_change BEFORE UPDATE OR DELETE ON dispute_evidence FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER dispute_evidence_no_truncate BEFORE TRUNCATE ON dispute_evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The supervising master's decision, and the other master's on an appeal: the later one is in force.
CREATE TABLE dispute_decisions (
  dispute_id UUID NOT NULL REFERENCES disputes (id),
  number INTEGER NOT NULL CHECK (number IN (1, 2)),
  master_id UUID NOT NULL REFERENCES masters (id),
  outcome TEXT NOT NULL CHECK (outcome IN ('upheld', 'dismissed', 'shared')),
  -- The effects that it lists, and what each side has of the commissions by it, in parts per million.
  effects TEXT NOT NULL,
  challenger_ppm INTEGER NOT NULL CHECK (challenger_ppm >= 0),
  holder_ppm INTEGER NOT NULL CHECK (holder_ppm >= 0),
  protection TEXT NOT NULL CHECK (protection IN ('holder', 'nobody', 'challenger')),
  -- The registration that protects by it, where that is a new one.
  made_registration_id UUID UNIQUE REFERENCES registrations (id),
  reasons TEXT NOT NULL,
  challenger_note TEXT,
  holder_note TEXT,
  decided_by TEXT COLLATE "C" NOT NULL,
  decided_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (dispute_id, number),
  CHECK (challenger_ppm + holder_ppm = 1000000)
);
CREATE TRIGGER dispute_decisions_no_change BEFORE UPDATE OR DELETE ON dispute_decisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER dispute_decisions_no_truncate BEFORE TRUNCATE ON dispute_decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A place in a sale that has a part in another place's commissions, by a dispute. It is no sale of its partner's and counts for no ordinal.
ALTER TABLE attributions ADD COLUMN part_of_id UUID REFERENCES attributions (id);
ALTER TABLE attributions ADD COLUMN dispute_id UUID REFERENCES disputes (id) CHECK ((dispute_id IS NULL) = (part_of_id IS NULL));
CREATE UNIQUE INDEX attributions_one_part ON attributions (part_of_id, partner_id) WHERE part_of_id IS NOT NULL;

-- The registration of another partner that a protection came from, by a master's decision; neither partner sees it.
ALTER TABLE registrations ADD COLUMN taken_from_id UUID REFERENCES registrations (id);
CREATE UNIQUE INDEX registrations_taken_once ON registrations (taken_from_id) WHERE taken_from_id IS NOT NULL;

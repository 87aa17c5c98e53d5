-- why: promoters introduce prospects to network companies and see their way to a customer; of several introductions of a prospect
-- to one company the first that it accepts counts (R18, D22).
CREATE TABLE introductions (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  master_id UUID NOT NULL REFERENCES masters (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  -- The network company that the prospect is introduced to (D6).
  company_id UUID NOT NULL,
  prospect_name TEXT NOT NULL,
  country TEXT NOT NULL CHECK (length(country) = 2),
  tax_id TEXT,
  tax_key TEXT COLLATE "C",
  domain TEXT COLLATE "C",
  email TEXT,
  note TEXT,
  state TEXT NOT NULL CHECK (state IN ('offered', 'accepted', 'registered', 'proposed', 'won', 'declined', 'withdrawn', 'closed')),
  reason TEXT CHECK (reason IN ('already_known', 'not_interested', 'unreachable', 'out_of_scope', 'other')),
  answer TEXT,
  offered_on DATE NOT NULL,
  answered_on DATE,
  answered_by TEXT COLLATE "C",
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  UNIQUE (id, agreement_id),
  FOREIGN KEY (company_id, network_id) REFERENCES companies (id, network_id),
  CHECK (partner_id <> company_id),
  CHECK ((tax_id IS NULL) = (tax_key IS NULL)),
  CHECK (tax_key IS NOT NULL OR domain IS NOT NULL),
  CHECK ((state IN ('declined', 'closed')) = (reason IS NOT NULL)),
  CHECK (reason IS NULL OR reason <> 'other' OR answer IS NOT NULL),
  CHECK ((state IN ('offered', 'withdrawn')) = (answered_on IS NULL) AND (answered_on IS NULL) = (answered_by IS NULL))
);
CREATE INDEX introductions_of_master ON introductions (master_id, id);
CREATE INDEX introductions_of_master_by_change ON introductions (master_id, updated_at, id);
CREATE INDEX introductions_of_partner ON introductions (partner_id, id);
CREATE INDEX introductions_of_partner_by_change ON introductions (partner_id, updated_at, id);
CREATE INDEX introductions_to ON introductions (company_id, id);
CREATE INDEX introductions_to_by_change ON introductions (company_id, updated_at, id);

-- What the prospects of live introductions are known by; whoever introduces one again does so to a company once.
CREATE TABLE introduction_keys (
  introduction_id UUID NOT NULL REFERENCES introductions (id),
  key TEXT COLLATE "C" NOT NULL,
  company_id UUID NOT NULL REFERENCES companies (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  -- Whether the introduction counts: it was accepted, and not closed.
  counts BOOLEAN NOT NULL,
  PRIMARY KEY (introduction_id, key)
);
CREATE UNIQUE INDEX introduction_keys_one_that_counts ON introduction_keys (company_id, key) WHERE counts;
CREATE UNIQUE INDEX introduction_keys_one_live_per_promoter ON introduction_keys (partner_id, company_id, key);

-- The way of an introduced prospect to a customer: each step once.
CREATE TABLE introduction_steps (
  introduction_id UUID NOT NULL REFERENCES introductions (id),
  kind TEXT NOT NULL CHECK (kind IN ('registration', 'proposal', 'customer')),
  registration_id UUID REFERENCES registrations (id),
  proposal_id UUID REFERENCES proposals (id),
  contract_id UUID REFERENCES contracts (id),
  customer_id UUID REFERENCES customers (id),
  -- Whether the proposal that was signed names the introduction: it is its promoter's place in the sale then.
  in_sale BOOLEAN NOT NULL,
  reached_on DATE NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (introduction_id, kind),
  CHECK ((kind = 'registration') = (registration_id IS NOT NULL)),
  CHECK ((kind = 'proposal') = (proposal_id IS NOT NULL)),
  CHECK ((kind = 'customer') = (contract_id IS NOT NULL) AND (contract_id IS NULL) = (customer_id IS NULL)),
  CHECK (kind = 'customer' OR NOT in_sale)
);
CREATE TRIGGER introduction_steps_no_change BEFORE UPDATE OR DELETE ON introduction_steps FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER introduction_steps_no_truncate BEFORE TRUNCATE ON introduction_steps FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The proposals that an introduced prospect got from the company, for those who follow them (R19).
CREATE TABLE introduction_proposals (
  introduction_id UUID NOT NULL REFERENCES introductions (id),
  proposal_id UUID NOT NULL REFERENCES proposals (id),
  recorded_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (introduction_id, proposal_id)
);
CREATE INDEX introduction_proposals_of_proposal ON introduction_proposals (proposal_id, introduction_id);
CREATE TRIGGER introduction_proposals_no_change BEFORE UPDATE OR DELETE ON introduction_proposals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER introduction_proposals_no_truncate BEFORE TRUNCATE ON introduction_proposals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The introductions that a version of a proposal names: the place in the sale is that of the introduction's own agreement.
CREATE TABLE proposal_introductions (
  proposal_id UUID NOT NULL,
  number INTEGER NOT NULL,
  introduction_id UUID NOT NULL,
  agreement_id UUID NOT NULL,
  PRIMARY KEY (proposal_id, number, introduction_id),
  FOREIGN KEY (proposal_id, number, agreement_id) REFERENCES proposal_promoters (proposal_id, number, agreement_id),
  FOREIGN KEY (introduction_id, agreement_id) REFERENCES introductions (id, agreement_id)
);
CREATE INDEX proposal_introductions_of_introduction ON proposal_introductions (introduction_id);
CREATE TRIGGER proposal_introductions_no_change BEFORE UPDATE OR DELETE ON proposal_introductions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER proposal_introductions_no_truncate BEFORE TRUNCATE ON proposal_introductions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

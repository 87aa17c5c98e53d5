-- why: promoters introduce prospects to network companies and see their way to a customer; of several introductions of a prospect
-- to one company the first that it accepts counts (R18, D22).
CREATE TABLE introductions (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  master_id TEXT NOT NULL REFERENCES masters (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  -- The network company that the prospect is introduced to (D6).
  company_id TEXT NOT NULL,
  prospect_name TEXT NOT NULL,
  country TEXT NOT NULL CHECK (length(country) = 2),
  tax_id TEXT,
  tax_key TEXT,
  domain TEXT,
  email TEXT,
  note TEXT,
  state TEXT NOT NULL CHECK (state IN ('offered', 'accepted', 'registered', 'proposed', 'won', 'declined', 'withdrawn', 'closed')),
  reason TEXT CHECK (reason IN ('already_known', 'not_interested', 'unreachable', 'out_of_scope', 'other')),
  answer TEXT,
  offered_on TEXT NOT NULL,
  answered_on TEXT,
  answered_by TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (id, agreement_id),
  FOREIGN KEY (company_id, network_id) REFERENCES companies (id, network_id),
  CHECK (partner_id <> company_id),
  CHECK ((tax_id IS NULL) = (tax_key IS NULL)),
  CHECK (tax_key IS NOT NULL OR domain IS NOT NULL),
  CHECK ((state IN ('declined', 'closed')) = (reason IS NOT NULL)),
  CHECK (reason IS NULL OR reason <> 'other' OR answer IS NOT NULL),
  CHECK ((state IN ('offered', 'withdrawn')) = (answered_on IS NULL) AND (answered_on IS NULL) = (answered_by IS NULL))
) STRICT;
CREATE INDEX introductions_of_master ON introductions (master_id, id);
CREATE INDEX introductions_of_master_by_change ON introductions (master_id, updated_at, id);
CREATE INDEX introductions_of_partner ON introductions (partner_id, id);
CREATE INDEX introductions_of_partner_by_change ON introductions (partner_id, updated_at, id);
CREATE INDEX introductions_to ON introductions (company_id, id);
CREATE INDEX introductions_to_by_change ON introductions (company_id, updated_at, id);

-- What the prospects of live introductions are known by; whoever introduces one again does so to a company once.
CREATE TABLE introduction_keys (
  introduction_id TEXT NOT NULL REFERENCES introductions (id),
  key TEXT NOT NULL,
  company_id TEXT NOT NULL REFERENCES companies (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  -- Whether the introduction counts: it was accepted, and not closed.
  counts INTEGER NOT NULL,
  PRIMARY KEY (introduction_id, key)
) STRICT;
CREATE UNIQUE INDEX introduction_keys_one_that_counts ON introduction_keys (company_id, key) WHERE counts;
CREATE UNIQUE INDEX introduction_keys_one_live_per_promoter ON introduction_keys (partner_id, company_id, key);

-- The way of an introduced prospect to a customer: each step once.
CREATE TABLE introduction_steps (
  introduction_id TEXT NOT NULL REFERENCES introductions (id),
  kind TEXT NOT NULL CHECK (kind IN ('registration', 'proposal', 'customer')),
  registration_id TEXT REFERENCES registrations (id),
  proposal_id TEXT REFERENCES proposals (id),
  contract_id TEXT REFERENCES contracts (id),
  customer_id TEXT REFERENCES customers (id),
  -- Whether the proposal that was signed names the introduction: it is its promoter's place in the sale then.
  in_sale INTEGER NOT NULL,
  reached_on TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (introduction_id, kind),
  CHECK ((kind = 'registration') = (registration_id IS NOT NULL)),
  CHECK ((kind = 'proposal') = (proposal_id IS NOT NULL)),
  CHECK ((kind = 'customer') = (contract_id IS NOT NULL) AND (contract_id IS NULL) = (customer_id IS NULL)),
  CHECK (kind = 'customer' OR NOT in_sale)
) STRICT;
CREATE TRIGGER introduction_steps_no_update BEFORE UPDATE ON introduction_steps BEGIN SELECT RAISE(ABORT, 'append-only: introduction_steps'); END;
CREATE TRIGGER introduction_steps_no_delete BEFORE DELETE ON introduction_steps BEGIN SELECT RAISE(ABORT, 'append-only: introduction_steps'); END;
CREATE TRIGGER introduction_steps_no_replace BEFORE INSERT ON introduction_steps WHEN EXISTS (SELECT 1 FROM introduction_steps WHERE (introduction_id = NEW.introduction_id AND kind = NEW.kind))
BEGIN SELECT RAISE(ABORT, 'append-only: introduction_steps'); END;

-- The proposals that an introduced prospect got from the company, for those who follow them (R19).
CREATE TABLE introduction_proposals (
  introduction_id TEXT NOT NULL REFERENCES introductions (id),
  proposal_id TEXT NOT NULL REFERENCES proposals (id),
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (introduction_id, proposal_id)
) STRICT;
CREATE INDEX introduction_proposals_of_proposal ON introduction_proposals (proposal_id, introduction_id);
CREATE TRIGGER introduction_proposals_no_update BEFORE UPDATE ON introduction_proposals BEGIN SELECT RAISE(ABORT, 'append-only: introduction_proposals'); END;
CREATE TRIGGER introduction_proposals_no_delete BEFORE DELETE ON introduction_proposals BEGIN SELECT RAISE(ABORT, 'append-only: introduction_proposals'); END;
CREATE TRIGGER introduction_proposals_no_replace BEFORE INSERT ON introduction_proposals WHEN EXISTS (SELECT 1 FROM introduction_proposals WHERE (introduction_id = NEW.introduction_id AND proposal_id = NEW.proposal_id))
BEGIN SELECT RAISE(ABORT, 'append-only: introduction_proposals'); END;

-- The introductions that a version of a proposal names: the place in the sale is that of the introduction's own agreement.
CREATE TABLE proposal_introductions (
  proposal_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  introduction_id TEXT NOT NULL,
  agreement_id TEXT NOT NULL,
  PRIMARY KEY (proposal_id, number, introduction_id),
  FOREIGN KEY (proposal_id, number, agreement_id) REFERENCES proposal_promoters (proposal_id, number, agreement_id),
  FOREIGN KEY (introduction_id, agreement_id) REFERENCES introductions (id, agreement_id)
) STRICT;
CREATE INDEX proposal_introductions_of_introduction ON proposal_introductions (introduction_id);
CREATE TRIGGER proposal_introductions_no_update BEFORE UPDATE ON proposal_introductions BEGIN SELECT RAISE(ABORT, 'append-only: proposal_introductions'); END;
CREATE TRIGGER proposal_introductions_no_delete BEFORE DELETE ON proposal_introductions BEGIN SELECT RAISE(ABORT, 'append-only: proposal_introductions'); END;
CREATE TRIGGER proposal_introductions_no_replace BEFORE INSERT ON proposal_introductions WHEN EXISTS (SELECT 1 FROM proposal_introductions WHERE (proposal_id = NEW.proposal_id AND number = NEW.number AND introduction_id = NEW.introduction_id))
BEGIN SELECT RAISE(ABORT, 'append-only: proposal_introductions'); END;

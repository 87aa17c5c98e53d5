-- why: proposals in versions, the contracts they become, and the annuities their customers pay (R53 to R80).
CREATE TABLE proposals (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  master_id TEXT NOT NULL REFERENCES masters (id),
  seller_id TEXT NOT NULL,
  partner_id TEXT REFERENCES partners (id),
  agreement_id TEXT REFERENCES agreements (id),
  registration_id TEXT REFERENCES registrations (id),
  customer_id TEXT REFERENCES customers (id),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  state TEXT NOT NULL CHECK (state IN ('draft', 'sent', 'signed', 'declined', 'withdrawn')),
  current_number INTEGER NOT NULL CHECK (current_number > 0),
  valid_until TEXT,
  signed_on TEXT,
  reason TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  FOREIGN KEY (seller_id, network_id) REFERENCES companies (id, network_id),
  CHECK (registration_id IS NOT NULL OR customer_id IS NOT NULL),
  CHECK ((partner_id IS NULL) = (agreement_id IS NULL))
) STRICT;
CREATE INDEX proposals_of_master ON proposals (master_id, id);
CREATE INDEX proposals_of_master_by_change ON proposals (master_id, updated_at, id);
CREATE INDEX proposals_of_partner ON proposals (partner_id, id);
CREATE INDEX proposals_of_partner_by_change ON proposals (partner_id, updated_at, id);

CREATE TABLE proposal_versions (
  proposal_id TEXT NOT NULL REFERENCES proposals (id),
  number INTEGER NOT NULL CHECK (number > 0),
  years INTEGER NOT NULL CHECK (years > 0),
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (proposal_id, number)
) STRICT;
CREATE TRIGGER proposal_versions_no_update BEFORE UPDATE ON proposal_versions BEGIN SELECT RAISE(ABORT, 'append-only: proposal_versions'); END;
CREATE TRIGGER proposal_versions_no_delete BEFORE DELETE ON proposal_versions BEGIN SELECT RAISE(ABORT, 'append-only: proposal_versions'); END;
CREATE TRIGGER proposal_versions_no_replace BEFORE INSERT ON proposal_versions WHEN EXISTS (SELECT 1 FROM proposal_versions WHERE (proposal_id = NEW.proposal_id AND number = NEW.number))
BEGIN SELECT RAISE(ABORT, 'append-only: proposal_versions'); END;

-- The promoters' agreements that take part in the sale beside the seller's (R10, R47).
CREATE TABLE proposal_promoters (
  proposal_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  PRIMARY KEY (proposal_id, number, agreement_id),
  FOREIGN KEY (proposal_id, number) REFERENCES proposal_versions (proposal_id, number)
) STRICT;
CREATE TRIGGER proposal_promoters_no_update BEFORE UPDATE ON proposal_promoters BEGIN SELECT RAISE(ABORT, 'append-only: proposal_promoters'); END;
CREATE TRIGGER proposal_promoters_no_delete BEFORE DELETE ON proposal_promoters BEGIN SELECT RAISE(ABORT, 'append-only: proposal_promoters'); END;
CREATE TRIGGER proposal_promoters_no_replace BEFORE INSERT ON proposal_promoters WHEN EXISTS (SELECT 1 FROM proposal_promoters WHERE (proposal_id = NEW.proposal_id AND number = NEW.number AND agreement_id = NEW.agreement_id))
BEGIN SELECT RAISE(ABORT, 'append-only: proposal_promoters'); END;

CREATE TABLE lines (
  id TEXT NOT NULL PRIMARY KEY,
  proposal_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  position INTEGER NOT NULL CHECK (position > 0),
  item_id TEXT NOT NULL REFERENCES catalogue_items (id),
  kind TEXT NOT NULL,
  period TEXT NOT NULL CHECK (period IN ('year', 'month', 'once')),
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  list_minor INTEGER NOT NULL CHECK (list_minor >= 0),
  net_minor INTEGER NOT NULL CHECK (net_minor >= 0),
  duties TEXT NOT NULL,
  UNIQUE (proposal_id, number, position),
  FOREIGN KEY (proposal_id, number) REFERENCES proposal_versions (proposal_id, number)
) STRICT;
CREATE TRIGGER lines_no_update BEFORE UPDATE ON lines BEGIN SELECT RAISE(ABORT, 'append-only: lines'); END;
CREATE TRIGGER lines_no_delete BEFORE DELETE ON lines BEGIN SELECT RAISE(ABORT, 'append-only: lines'); END;
CREATE TRIGGER lines_no_replace BEFORE INSERT ON lines WHEN EXISTS (SELECT 1 FROM lines WHERE (id = NEW.id) OR (proposal_id = NEW.proposal_id AND number = NEW.number AND position = NEW.position))
BEGIN SELECT RAISE(ABORT, 'append-only: lines'); END;

CREATE TABLE contracts (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  master_id TEXT NOT NULL REFERENCES masters (id),
  seller_id TEXT NOT NULL,
  partner_id TEXT REFERENCES partners (id),
  customer_id TEXT NOT NULL REFERENCES customers (id),
  proposal_id TEXT NOT NULL UNIQUE,
  number INTEGER NOT NULL,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  signed_on TEXT NOT NULL,
  starts_on TEXT NOT NULL,
  years INTEGER NOT NULL CHECK (years > 0),
  state TEXT NOT NULL CHECK (state IN ('active', 'cancelled', 'ended')),
  ended_on TEXT,
  reason TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  FOREIGN KEY (seller_id, network_id) REFERENCES companies (id, network_id),
  FOREIGN KEY (proposal_id, number) REFERENCES proposal_versions (proposal_id, number)
) STRICT;
CREATE INDEX contracts_of_master ON contracts (master_id, id);
CREATE INDEX contracts_of_master_by_change ON contracts (master_id, updated_at, id);
CREATE INDEX contracts_of_partner ON contracts (partner_id, id);
CREATE INDEX contracts_of_partner_by_change ON contracts (partner_id, updated_at, id);
CREATE INDEX contracts_of_customer ON contracts (customer_id, id);

-- A partner's place in a sale, frozen when the contract is signed: agreement, terms, stage and ordinal (D11, D15, R39).
CREATE TABLE attributions (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  contract_id TEXT NOT NULL REFERENCES contracts (id),
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  role TEXT NOT NULL CHECK (role IN ('seller', 'promoter')),
  terms_id TEXT NOT NULL REFERENCES terms (id),
  terms_in_force TEXT NOT NULL,
  stage TEXT,
  uplift INTEGER NOT NULL,
  -- Who owes it commissions (R10, R47), and to whom it owes share or buy price (R15, R55).
  payer_id TEXT NOT NULL REFERENCES companies (id),
  counts_in TEXT NOT NULL,
  ordinal INTEGER NOT NULL CHECK (ordinal > 0),
  recorded_at INTEGER NOT NULL,
  UNIQUE (contract_id, agreement_id),
  UNIQUE (counts_in, ordinal),
  CHECK (partner_id <> payer_id)
) STRICT;
CREATE INDEX attributions_of_partner ON attributions (partner_id, id);
CREATE TRIGGER attributions_no_update BEFORE UPDATE ON attributions BEGIN SELECT RAISE(ABORT, 'append-only: attributions'); END;
CREATE TRIGGER attributions_no_delete BEFORE DELETE ON attributions BEGIN SELECT RAISE(ABORT, 'append-only: attributions'); END;
CREATE TRIGGER attributions_no_replace BEFORE INSERT ON attributions WHEN EXISTS (SELECT 1 FROM attributions WHERE (id = NEW.id) OR (contract_id = NEW.contract_id AND agreement_id = NEW.agreement_id) OR (counts_in = NEW.counts_in AND ordinal = NEW.ordinal))
BEGIN SELECT RAISE(ABORT, 'append-only: attributions'); END;

CREATE TABLE annuities (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  master_id TEXT NOT NULL REFERENCES masters (id),
  partner_id TEXT REFERENCES partners (id),
  contract_id TEXT NOT NULL REFERENCES contracts (id),
  year INTEGER NOT NULL CHECK (year > 0),
  starts_on TEXT NOT NULL,
  ends_on TEXT NOT NULL,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  list_minor INTEGER NOT NULL CHECK (list_minor >= 0),
  contracted_minor INTEGER NOT NULL CHECK (contracted_minor >= 0),
  invoiced_minor INTEGER NOT NULL CHECK (invoiced_minor >= 0),
  credited_minor INTEGER NOT NULL CHECK (credited_minor >= 0),
  collected_minor INTEGER NOT NULL CHECK (collected_minor >= 0),
  refunded_minor INTEGER NOT NULL CHECK (refunded_minor >= 0),
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (contract_id, year),
  CHECK (ends_on >= starts_on),
  CHECK (credited_minor <= invoiced_minor),
  CHECK (refunded_minor <= collected_minor)
) STRICT;
CREATE INDEX annuities_of_master ON annuities (master_id, id);
CREATE INDEX annuities_of_master_by_change ON annuities (master_id, updated_at, id);
CREATE INDEX annuities_of_partner ON annuities (partner_id, id);
CREATE INDEX annuities_of_partner_by_change ON annuities (partner_id, updated_at, id);

CREATE TABLE instalments (
  id TEXT NOT NULL PRIMARY KEY,
  annuity_id TEXT NOT NULL REFERENCES annuities (id),
  kind TEXT NOT NULL CHECK (kind IN ('invoice', 'collection', 'credit', 'refund')),
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  dated_on TEXT NOT NULL,
  reference TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  UNIQUE (annuity_id, kind, reference)
) STRICT;
CREATE TRIGGER instalments_no_update BEFORE UPDATE ON instalments BEGIN SELECT RAISE(ABORT, 'append-only: instalments'); END;
CREATE TRIGGER instalments_no_delete BEFORE DELETE ON instalments BEGIN SELECT RAISE(ABORT, 'append-only: instalments'); END;
CREATE TRIGGER instalments_no_replace BEFORE INSERT ON instalments WHEN EXISTS (SELECT 1 FROM instalments WHERE (id = NEW.id) OR (annuity_id = NEW.annuity_id AND kind = NEW.kind AND reference = NEW.reference))
BEGIN SELECT RAISE(ABORT, 'append-only: instalments'); END;

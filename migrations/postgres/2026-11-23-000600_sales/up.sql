-- why: proposals in versions, the contracts they become, and the annuities their customers pay (R53 to R80).
CREATE TABLE proposals (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  master_id UUID NOT NULL REFERENCES masters (id),
  seller_id UUID NOT NULL,
  partner_id UUID REFERENCES partners (id),
  agreement_id UUID REFERENCES agreements (id),
  registration_id UUID REFERENCES registrations (id),
  customer_id UUID REFERENCES customers (id),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  state TEXT NOT NULL CHECK (state IN ('draft', 'sent', 'signed', 'declined', 'withdrawn')),
  current_number INTEGER NOT NULL CHECK (current_number > 0),
  valid_until DATE,
  signed_on DATE,
  reason TEXT,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  FOREIGN KEY (seller_id, network_id) REFERENCES companies (id, network_id),
  CHECK (registration_id IS NOT NULL OR customer_id IS NOT NULL),
  CHECK ((partner_id IS NULL) = (agreement_id IS NULL))
);
CREATE INDEX proposals_of_master ON proposals (master_id, id);
CREATE INDEX proposals_of_master_by_change ON proposals (master_id, updated_at, id);
CREATE INDEX proposals_of_partner ON proposals (partner_id, id);
CREATE INDEX proposals_of_partner_by_change ON proposals (partner_id, updated_at, id);

CREATE TABLE proposal_versions (
  proposal_id UUID NOT NULL REFERENCES proposals (id),
  number INTEGER NOT NULL CHECK (number > 0),
  years INTEGER NOT NULL CHECK (years > 0),
  recorded_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (proposal_id, number)
);
CREATE TRIGGER proposal_versions_no_change BEFORE UPDATE OR DELETE ON proposal_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER proposal_versions_no_truncate BEFORE TRUNCATE ON proposal_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The promoters' agreements that take part in the sale beside the seller's (R10, R47).
CREATE TABLE proposal_promoters (
  proposal_id UUID NOT NULL,
  number INTEGER NOT NULL,
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  PRIMARY KEY (proposal_id, number, agreement_id),
  FOREIGN KEY (proposal_id, number) REFERENCES proposal_versions (proposal_id, number)
);
CREATE TRIGGER proposal_promoters_no_change BEFORE UPDATE OR DELETE ON proposal_promoters FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER proposal_promoters_no_truncate BEFORE TRUNCATE ON proposal_promoters FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE lines (
  id UUID NOT NULL PRIMARY KEY,
  proposal_id UUID NOT NULL,
  number INTEGER NOT NULL,
  position INTEGER NOT NULL CHECK (position > 0),
  item_id UUID NOT NULL REFERENCES catalogue_items (id),
  kind TEXT NOT NULL,
  period TEXT NOT NULL CHECK (period IN ('year', 'month', 'once')),
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  list_minor BIGINT NOT NULL CHECK (list_minor >= 0),
  net_minor BIGINT NOT NULL CHECK (net_minor >= 0),
  duties TEXT NOT NULL,
  UNIQUE (proposal_id, number, position),
  FOREIGN KEY (proposal_id, number) REFERENCES proposal_versions (proposal_id, number)
);
CREATE TRIGGER lines_no_change BEFORE UPDATE OR DELETE ON lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lines_no_truncate BEFORE TRUNCATE ON lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE contracts (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  master_id UUID NOT NULL REFERENCES masters (id),
  seller_id UUID NOT NULL,
  partner_id UUID REFERENCES partners (id),
  customer_id UUID NOT NULL REFERENCES customers (id),
  proposal_id UUID NOT NULL UNIQUE,
  number INTEGER NOT NULL,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  signed_on DATE NOT NULL,
  starts_on DATE NOT NULL,
  years INTEGER NOT NULL CHECK (years > 0),
  state TEXT NOT NULL CHECK (state IN ('active', 'cancelled', 'ended')),
  ended_on DATE,
  reason TEXT,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  FOREIGN KEY (seller_id, network_id) REFERENCES companies (id, network_id),
  FOREIGN KEY (proposal_id, number) REFERENCES proposal_versions (proposal_id, number)
);
CREATE INDEX contracts_of_master ON contracts (master_id, id);
CREATE INDEX contracts_of_master_by_change ON contracts (master_id, updated_at, id);
CREATE INDEX contracts_of_partner ON contracts (partner_id, id);
CREATE INDEX contracts_of_partner_by_change ON contracts (partner_id, updated_at, id);
CREATE INDEX contracts_of_customer ON contracts (customer_id, id);

-- A partner's place in a sale, frozen when the contract is signed: agreement, terms, stage and ordinal (D11, D15, R39).
CREATE TABLE attributions (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  contract_id UUID NOT NULL REFERENCES contracts (id),
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  role TEXT NOT NULL CHECK (role IN ('seller', 'promoter')),
  terms_id UUID NOT NULL REFERENCES terms (id),
  terms_in_force TEXT NOT NULL,
  stage TEXT,
  uplift BOOLEAN NOT NULL,
  -- Who owes it commissions (R10, R47), and to whom it owes share or buy price (R15, R55).
  payer_id UUID NOT NULL REFERENCES companies (id),
  counts_in TEXT COLLATE "C" NOT NULL,
  ordinal INTEGER NOT NULL CHECK (ordinal > 0),
  recorded_at TIMESTAMPTZ NOT NULL,
  UNIQUE (contract_id, agreement_id),
  UNIQUE (counts_in, ordinal),
  CHECK (partner_id <> payer_id)
);
CREATE INDEX attributions_of_partner ON attributions (partner_id, id);
CREATE TRIGGER attributions_no_change BEFORE UPDATE OR DELETE ON attributions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER attributions_no_truncate BEFORE TRUNCATE ON attributions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE annuities (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  master_id UUID NOT NULL REFERENCES masters (id),
  partner_id UUID REFERENCES partners (id),
  contract_id UUID NOT NULL REFERENCES contracts (id),
  year INTEGER NOT NULL CHECK (year > 0),
  starts_on DATE NOT NULL,
  ends_on DATE NOT NULL,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  list_minor BIGINT NOT NULL CHECK (list_minor >= 0),
  contracted_minor BIGINT NOT NULL CHECK (contracted_minor >= 0),
  invoiced_minor BIGINT NOT NULL CHECK (invoiced_minor >= 0),
  credited_minor BIGINT NOT NULL CHECK (credited_minor >= 0),
  collected_minor BIGINT NOT NULL CHECK (collected_minor >= 0),
  refunded_minor BIGINT NOT NULL CHECK (refunded_minor >= 0),
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  UNIQUE (contract_id, year),
  CHECK (ends_on >= starts_on),
  CHECK (credited_minor <= invoiced_minor),
  CHECK (refunded_minor <= collected_minor)
);
CREATE INDEX annuities_of_master ON annuities (master_id, id);
CREATE INDEX annuities_of_master_by_change ON annuities (master_id, updated_at, id);
CREATE INDEX annuities_of_partner ON annuities (partner_id, id);
CREATE INDEX annuities_of_partner_by_change ON annuities (partner_id, updated_at, id);

CREATE TABLE instalments (
  id UUID NOT NULL PRIMARY KEY,
  annuity_id UUID NOT NULL REFERENCES annuities (id),
  kind TEXT NOT NULL CHECK (kind IN ('invoice', 'collection', 'credit', 'refund')),
  amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
  dated_on DATE NOT NULL,
  reference TEXT COLLATE "C" NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  UNIQUE (annuity_id, kind, reference)
);
CREATE TRIGGER instalments_no_change BEFORE UPDATE OR DELETE ON instalments FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER instalments_no_truncate BEFORE TRUNCATE ON instalments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- why: client managers keep portfolios of customers together with a network company, hand them over, and note their contacts with
-- them and about proposals (R19, R20).
CREATE TABLE portfolio_places (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  master_id UUID NOT NULL REFERENCES masters (id),
  -- The network company, and the client manager that keeps the customer together with it.
  company_id UUID NOT NULL,
  partner_id UUID NOT NULL REFERENCES partners (id),
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  customer_id UUID NOT NULL REFERENCES customers (id),
  -- The contract by which the client manager won the customer; none where it was handed to it.
  won_by_id UUID REFERENCES contracts (id),
  handed_from_id UUID UNIQUE REFERENCES portfolio_places (id),
  from_day DATE NOT NULL,
  -- The first day on which it is there no more.
  until_day DATE,
  -- When the place before ended: each place but the first follows one other, so that no two of them share a day.
  previous_until DATE,
  reason TEXT,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  UNIQUE (customer_id, company_id, until_day),
  UNIQUE (customer_id, company_id, previous_until),
  FOREIGN KEY (company_id, network_id) REFERENCES companies (id, network_id),
  FOREIGN KEY (customer_id, company_id, previous_until) REFERENCES portfolio_places (customer_id, company_id, until_day),
  CHECK (partner_id <> company_id),
  CHECK (until_day > from_day),
  CHECK (previous_until <= from_day)
);
CREATE UNIQUE INDEX portfolio_places_one_open ON portfolio_places (customer_id, company_id) WHERE until_day IS NULL;
CREATE UNIQUE INDEX portfolio_places_one_first ON portfolio_places (customer_id, company_id) WHERE previous_until IS NULL;
CREATE INDEX portfolio_places_of_master ON portfolio_places (master_id, id);
CREATE INDEX portfolio_places_of_master_by_change ON portfolio_places (master_id, updated_at, id);
CREATE INDEX portfolio_places_of_company ON portfolio_places (company_id, id);
CREATE INDEX portfolio_places_of_company_by_change ON portfolio_places (company_id, updated_at, id);
CREATE INDEX portfolio_places_of_partner ON portfolio_places (partner_id, id);
CREATE INDEX portfolio_places_of_partner_by_change ON portfolio_places (partner_id, updated_at, id);
CREATE INDEX portfolio_places_of_agreement ON portfolio_places (agreement_id, customer_id);

CREATE TABLE follow_ups (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  master_id UUID NOT NULL REFERENCES masters (id),
  company_id UUID NOT NULL,
  partner_id UUID NOT NULL REFERENCES partners (id),
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  proposal_id UUID REFERENCES proposals (id),
  place_id UUID REFERENCES portfolio_places (id),
  kind TEXT NOT NULL CHECK (kind IN ('call', 'visit', 'meeting', 'message', 'other')),
  dated_on DATE NOT NULL,
  note TEXT NOT NULL,
  next_on DATE,
  noted_by TEXT COLLATE "C" NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  FOREIGN KEY (company_id, network_id) REFERENCES companies (id, network_id),
  CHECK ((proposal_id IS NULL) <> (place_id IS NULL)),
  CHECK (next_on >= dated_on)
);
CREATE INDEX follow_ups_of_master ON follow_ups (master_id, id);
CREATE INDEX follow_ups_of_company ON follow_ups (company_id, id);
CREATE INDEX follow_ups_of_partner ON follow_ups (partner_id, id);
CREATE INDEX follow_ups_of_proposal ON follow_ups (proposal_id, id);
CREATE INDEX follow_ups_of_place ON follow_ups (place_id, id);
CREATE TRIGGER follow_ups_no_change BEFORE UPDATE OR DELETE ON follow_ups FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER follow_ups_no_truncate BEFORE TRUNCATE ON follow_ups FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- why: client managers keep portfolios of customers together with a network company, hand them over, and note their contacts with
-- them and about proposals (R19, R20).
CREATE TABLE portfolio_places (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  master_id TEXT NOT NULL REFERENCES masters (id),
  -- The network company, and the client manager that keeps the customer together with it.
  company_id TEXT NOT NULL,
  partner_id TEXT NOT NULL REFERENCES partners (id),
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  customer_id TEXT NOT NULL REFERENCES customers (id),
  -- The contract by which the client manager won the customer; none where it was handed to it.
  won_by_id TEXT REFERENCES contracts (id),
  handed_from_id TEXT UNIQUE REFERENCES portfolio_places (id),
  from_day TEXT NOT NULL,
  -- The first day on which it is there no more.
  until_day TEXT,
  -- When the place before ended: each place but the first follows one other, so that no two of them share a day.
  previous_until TEXT,
  reason TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (customer_id, company_id, until_day),
  UNIQUE (customer_id, company_id, previous_until),
  FOREIGN KEY (company_id, network_id) REFERENCES companies (id, network_id),
  FOREIGN KEY (customer_id, company_id, previous_until) REFERENCES portfolio_places (customer_id, company_id, until_day),
  CHECK (partner_id <> company_id),
  CHECK (until_day > from_day),
  CHECK (previous_until <= from_day)
) STRICT;
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
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  master_id TEXT NOT NULL REFERENCES masters (id),
  company_id TEXT NOT NULL,
  partner_id TEXT NOT NULL REFERENCES partners (id),
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  proposal_id TEXT REFERENCES proposals (id),
  place_id TEXT REFERENCES portfolio_places (id),
  kind TEXT NOT NULL CHECK (kind IN ('call', 'visit', 'meeting', 'message', 'other')),
  dated_on TEXT NOT NULL,
  note TEXT NOT NULL,
  next_on TEXT,
  noted_by TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  FOREIGN KEY (company_id, network_id) REFERENCES companies (id, network_id),
  CHECK ((proposal_id IS NULL) <> (place_id IS NULL)),
  CHECK (next_on >= dated_on)
) STRICT;
CREATE INDEX follow_ups_of_master ON follow_ups (master_id, id);
CREATE INDEX follow_ups_of_company ON follow_ups (company_id, id);
CREATE INDEX follow_ups_of_partner ON follow_ups (partner_id, id);
CREATE INDEX follow_ups_of_proposal ON follow_ups (proposal_id, id);
CREATE INDEX follow_ups_of_place ON follow_ups (place_id, id);
CREATE TRIGGER follow_ups_no_update BEFORE UPDATE ON follow_ups BEGIN SELECT RAISE(ABORT, 'append-only: follow_ups'); END;
CREATE TRIGGER follow_ups_no_delete BEFORE DELETE ON follow_ups BEGIN SELECT RAISE(ABORT, 'append-only: follow_ups'); END;
CREATE TRIGGER follow_ups_no_replace BEFORE INSERT ON follow_ups WHEN EXISTS (SELECT 1 FROM follow_ups WHERE (id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'append-only: follow_ups'); END;

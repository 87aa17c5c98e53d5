-- why: partners ask their master to draft proposals and contracts for them (R41); what comes of it is marked as issued with support.
ALTER TABLE proposals ADD COLUMN issued_with_support BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE contracts ADD COLUMN issued_with_support BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE support_requests (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  master_id UUID NOT NULL REFERENCES masters (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  document TEXT NOT NULL CHECK (document IN ('proposal', 'contract')),
  -- Whom the document is for.
  registration_id UUID REFERENCES registrations (id),
  customer_id UUID REFERENCES customers (id),
  description TEXT NOT NULL,
  wanted_by DATE,
  state TEXT NOT NULL CHECK (state IN ('requested', 'assigned', 'in_progress', 'handed_over', 'closed', 'declined')),
  assignee_id UUID REFERENCES users (id),
  -- What was handed over.
  proposal_id UUID UNIQUE REFERENCES proposals (id),
  reason TEXT,
  requested_by TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  CHECK ((registration_id IS NULL) <> (customer_id IS NULL)),
  CHECK (state NOT IN ('assigned', 'in_progress', 'handed_over') OR assignee_id IS NOT NULL),
  CHECK (state <> 'handed_over' OR proposal_id IS NOT NULL),
  CHECK (state IN ('handed_over', 'closed') OR proposal_id IS NULL),
  CHECK (state <> 'declined' OR reason IS NOT NULL)
);
CREATE INDEX support_requests_of_master ON support_requests (master_id, id);
CREATE INDEX support_requests_of_master_by_change ON support_requests (master_id, updated_at, id);
CREATE INDEX support_requests_of_partner ON support_requests (partner_id, id);
CREATE INDEX support_requests_of_partner_by_change ON support_requests (partner_id, updated_at, id);
CREATE INDEX support_requests_wanted ON support_requests (wanted_by, id) WHERE state IN ('requested', 'assigned', 'in_progress');

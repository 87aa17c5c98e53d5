-- why: partners ask their master to draft proposals and contracts for them (R41); what comes of it is marked as issued with support.
ALTER TABLE proposals ADD COLUMN issued_with_support INTEGER NOT NULL DEFAULT 0 CHECK (issued_with_support IN (0, 1));
ALTER TABLE contracts ADD COLUMN issued_with_support INTEGER NOT NULL DEFAULT 0 CHECK (issued_with_support IN (0, 1));

CREATE TABLE support_requests (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  master_id TEXT NOT NULL REFERENCES masters (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  document TEXT NOT NULL CHECK (document IN ('proposal', 'contract')),
  -- Whom the document is for.
  registration_id TEXT REFERENCES registrations (id),
  customer_id TEXT REFERENCES customers (id),
  description TEXT NOT NULL,
  wanted_by TEXT,
  state TEXT NOT NULL CHECK (state IN ('requested', 'assigned', 'in_progress', 'handed_over', 'closed', 'declined')),
  assignee_id TEXT REFERENCES users (id),
  -- What was handed over.
  proposal_id TEXT UNIQUE REFERENCES proposals (id),
  reason TEXT,
  requested_by TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK ((registration_id IS NULL) <> (customer_id IS NULL)),
  CHECK (state NOT IN ('assigned', 'in_progress', 'handed_over') OR assignee_id IS NOT NULL),
  CHECK (state <> 'handed_over' OR proposal_id IS NOT NULL),
  CHECK (state IN ('handed_over', 'closed') OR proposal_id IS NULL),
  CHECK (state <> 'declined' OR reason IS NOT NULL)
) STRICT;
CREATE INDEX support_requests_of_master ON support_requests (master_id, id);
CREATE INDEX support_requests_of_master_by_change ON support_requests (master_id, updated_at, id);
CREATE INDEX support_requests_of_partner ON support_requests (partner_id, id);
CREATE INDEX support_requests_of_partner_by_change ON support_requests (partner_id, updated_at, id);
CREATE INDEX support_requests_wanted ON support_requests (wanted_by, id) WHERE state IN ('requested', 'assigned', 'in_progress');

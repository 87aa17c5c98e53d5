-- why: what partners get beside money, by type and year (R81 to R85): asked for, granted, had, and never more than the terms give.
CREATE TABLE benefit_uses (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  master_id TEXT NOT NULL REFERENCES masters (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  -- Its code in the terms.
  benefit TEXT NOT NULL,
  wanted_on TEXT NOT NULL,
  -- The year that it is counted in, as far as it is the agreement's; none where it is not counted by years.
  period_from TEXT,
  period_until TEXT,
  -- Which of the year's it is, from 1; none where it comes without limit.
  place INTEGER CHECK (place > 0),
  state TEXT NOT NULL CHECK (state IN ('requested', 'granted', 'used', 'refused', 'withdrawn')),
  -- The session that it is a place in, or the proposal that it is the discount of.
  session_id TEXT REFERENCES course_sessions (id),
  proposal_id TEXT REFERENCES proposals (id),
  note TEXT,
  reason TEXT,
  decided_by TEXT,
  decided_at INTEGER,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK ((period_from IS NULL) = (period_until IS NULL)),
  CHECK (wanted_on BETWEEN period_from AND period_until),
  CHECK (session_id IS NULL OR proposal_id IS NULL),
  CHECK (state <> 'refused' OR reason IS NOT NULL),
  CHECK ((decided_by IS NULL) = (decided_at IS NULL))
) STRICT;
-- Each of a year's is had once, and what comes once comes once to a partner, whatever its agreements.
CREATE UNIQUE INDEX benefit_uses_once_a_year ON benefit_uses (agreement_id, benefit, period_from, place)
  WHERE state IN ('requested', 'granted', 'used') AND period_from IS NOT NULL;
CREATE UNIQUE INDEX benefit_uses_once ON benefit_uses (partner_id, benefit, place)
  WHERE state IN ('requested', 'granted', 'used') AND period_from IS NULL AND place IS NOT NULL;
-- A partner's people are in a session by one use.
CREATE UNIQUE INDEX benefit_uses_one_session ON benefit_uses (partner_id, session_id)
  WHERE state IN ('requested', 'granted', 'used') AND session_id IS NOT NULL;
CREATE UNIQUE INDEX benefit_uses_one_proposal ON benefit_uses (proposal_id) WHERE proposal_id IS NOT NULL;
CREATE INDEX benefit_uses_of_master ON benefit_uses (master_id, id);
CREATE INDEX benefit_uses_of_master_by_change ON benefit_uses (master_id, updated_at, id);
CREATE INDEX benefit_uses_of_partner ON benefit_uses (partner_id, id);
CREATE INDEX benefit_uses_of_partner_by_change ON benefit_uses (partner_id, updated_at, id);
-- What was had or given back stays so.
CREATE TRIGGER benefit_uses_keep BEFORE UPDATE ON benefit_uses WHEN OLD.id <> NEW.id OR OLD.partner_id <> NEW.partner_id
  OR OLD.agreement_id <> NEW.agreement_id OR OLD.benefit <> NEW.benefit OR OLD.wanted_on <> NEW.wanted_on
  OR OLD.period_from IS NOT NEW.period_from OR OLD.place IS NOT NEW.place
  OR OLD.session_id IS NOT NEW.session_id OR OLD.proposal_id IS NOT NEW.proposal_id
  OR (OLD.state <> NEW.state AND OLD.state IN ('used', 'refused', 'withdrawn'))
BEGIN SELECT RAISE(ABORT, 'append-only: benefit_uses'); END;
CREATE TRIGGER benefit_uses_no_delete BEFORE DELETE ON benefit_uses BEGIN SELECT RAISE(ABORT, 'append-only: benefit_uses'); END;
CREATE TRIGGER benefit_uses_no_replace BEFORE INSERT ON benefit_uses WHEN EXISTS (SELECT 1 FROM benefit_uses WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'append-only: benefit_uses'); END;

-- The benefit that a proposal is the discount of: the partner's own instance, which the master sells it (R84).
ALTER TABLE proposals ADD COLUMN benefit TEXT CHECK (benefit IS NULL OR agreement_id IS NOT NULL);

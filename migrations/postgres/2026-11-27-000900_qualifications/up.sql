-- why: what partners have shown that they can do (R43, R56, R64, R72): handed in, reviewed by a master, valid from a day until a day.
-- The network's kinds of qualification, as JSON.
ALTER TABLE networks ADD COLUMN qualifications TEXT NOT NULL DEFAULT '{}';

CREATE TABLE qualifications (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  master_id UUID NOT NULL REFERENCES masters (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  kind TEXT COLLATE "C" NOT NULL,
  -- What shows it, as JSON.
  evidence TEXT NOT NULL,
  note TEXT,
  state TEXT NOT NULL CHECK (state IN ('submitted', 'granted', 'refused', 'withdrawn', 'expired', 'revoked')),
  -- The first and the last day, both included; without a last day it does not run out.
  valid_from DATE,
  valid_until DATE,
  -- The first day on which it counts no more.
  revoked_on DATE,
  reason TEXT,
  decided_by TEXT COLLATE "C",
  decided_at TIMESTAMPTZ,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  CHECK ((state IN ('granted', 'expired', 'revoked')) = (valid_from IS NOT NULL)),
  CHECK (valid_until IS NULL OR valid_until >= valid_from),
  CHECK (valid_until IS NOT NULL OR state <> 'expired'),
  CHECK ((state = 'revoked') = (revoked_on IS NOT NULL)),
  CHECK (state NOT IN ('refused', 'revoked') OR reason IS NOT NULL),
  CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
  CHECK ((state IN ('submitted', 'withdrawn')) = (decided_by IS NULL))
);
-- A partner has one of a kind that waits to be decided.
CREATE UNIQUE INDEX qualifications_one_submitted ON qualifications (partner_id, kind) WHERE state = 'submitted';
CREATE INDEX qualifications_of_master ON qualifications (master_id, id);
CREATE INDEX qualifications_of_master_by_change ON qualifications (master_id, updated_at, id);
CREATE INDEX qualifications_of_partner ON qualifications (partner_id, id);
CREATE INDEX qualifications_of_partner_by_change ON qualifications (partner_id, updated_at, id);
-- Whether a partner is qualified on a day, and whose last day is over.
CREATE INDEX qualifications_valid ON qualifications (partner_id, kind, valid_from);
CREATE INDEX qualifications_ending ON qualifications (valid_until) WHERE state = 'granted';

-- It is decided once, and what it was granted for never changes: only its end comes, by its last day or by a revocation.
CREATE TRIGGER qualifications_keep BEFORE UPDATE ON qualifications FOR EACH ROW WHEN (OLD.id <> NEW.id OR OLD.network_id <> NEW.network_id
  OR OLD.partner_id <> NEW.partner_id OR OLD.kind <> NEW.kind OR OLD.evidence <> NEW.evidence OR OLD.note IS DISTINCT FROM NEW.note
  OR (OLD.state <> NEW.state AND OLD.state NOT IN ('submitted', 'granted'))
  OR (OLD.state = 'submitted' AND NEW.state NOT IN ('submitted', 'granted', 'refused', 'withdrawn'))
  OR (OLD.state = 'granted' AND NEW.state NOT IN ('granted', 'expired', 'revoked'))
  OR (OLD.state <> 'submitted' AND (OLD.valid_from IS DISTINCT FROM NEW.valid_from OR OLD.valid_until IS DISTINCT FROM NEW.valid_until))
  OR (OLD.state <> 'granted' AND OLD.revoked_on IS DISTINCT FROM NEW.revoked_on))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER qualifications_no_delete BEFORE DELETE ON qualifications FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER qualifications_no_truncate BEFORE TRUNCATE ON qualifications FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- why: what an agreement was on a day, for ever (R7, D15): a sale is held against the agreements of its own day.
CREATE TABLE agreement_states (
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  -- The order in which states were entered; of those whose day has come, the last one counts.
  number INTEGER NOT NULL CHECK (number > 0),
  state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'under_supervision', 'active', 'suspended', 'terminated', 'expired')),
  from_day TEXT NOT NULL,
  reason TEXT,
  decided_by TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  PRIMARY KEY (agreement_id, number)
) STRICT;

-- What is known of the agreements there are: when they were drafted, since when they were active, and their last change.
INSERT INTO agreement_states (agreement_id, number, state, from_day, reason, decided_by, decided_at)
SELECT id, 1, 'draft', date(created_at / 1000000, 'unixepoch'), NULL, 'system', created_at FROM agreements;
INSERT INTO agreement_states (agreement_id, number, state, from_day, reason, decided_by, decided_at)
SELECT a.id, 2, 'active', min(a.starts_on, date(min(s.decided_at) / 1000000, 'unixepoch')), NULL, min(s.decided_by), min(s.decided_at)
FROM agreements a JOIN supervisions s ON s.agreement_id = a.id AND s.decision = 'approve' GROUP BY a.id, a.starts_on;
INSERT INTO agreement_states (agreement_id, number, state, from_day, reason, decided_by, decided_at)
SELECT id, 3, state, CASE WHEN state = 'expired' AND ends_on IS NOT NULL THEN date(ends_on, '+1 day')
  ELSE date(updated_at / 1000000, 'unixepoch') END, reason, 'system', updated_at FROM agreements WHERE state NOT IN ('draft', 'active');

CREATE TRIGGER agreement_states_no_update BEFORE UPDATE ON agreement_states BEGIN SELECT RAISE(ABORT, 'append-only: agreement_states'); END;
CREATE TRIGGER agreement_states_no_delete BEFORE DELETE ON agreement_states BEGIN SELECT RAISE(ABORT, 'append-only: agreement_states'); END;
CREATE TRIGGER agreement_states_no_replace BEFORE INSERT ON agreement_states WHEN EXISTS (SELECT 1 FROM agreement_states WHERE (agreement_id = NEW.agreement_id AND number = NEW.number))
BEGIN SELECT RAISE(ABORT, 'append-only: agreement_states'); END;

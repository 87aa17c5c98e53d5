-- why: what an agreement was on a day, for ever (R7, D15): a sale is held against the agreements of its own day.
CREATE TABLE agreement_states (
  agreement_id UUID NOT NULL REFERENCES agreements (id),
  -- The order in which states were entered; of those whose day has come, the last one counts.
  number INTEGER NOT NULL CHECK (number > 0),
  state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'under_supervision', 'active', 'suspended', 'terminated', 'expired')),
  from_day DATE NOT NULL,
  reason TEXT,
  decided_by TEXT COLLATE "C" NOT NULL,
  decided_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (agreement_id, number)
);

-- What is known of the agreements there are: when they were drafted, since when they were active, and their last change.
INSERT INTO agreement_states (agreement_id, number, state, from_day, reason, decided_by, decided_at)
SELECT id, 1, 'draft', (created_at AT TIME ZONE 'UTC')::date, NULL, 'system', created_at FROM agreements;
INSERT INTO agreement_states (agreement_id, number, state, from_day, reason, decided_by, decided_at)
SELECT a.id, 2, 'active', least(a.starts_on, (min(s.decided_at) AT TIME ZONE 'UTC')::date), NULL, min(s.decided_by), min(s.decided_at)
FROM agreements a JOIN supervisions s ON s.agreement_id = a.id AND s.decision = 'approve' GROUP BY a.id, a.starts_on;
INSERT INTO agreement_states (agreement_id, number, state, from_day, reason, decided_by, decided_at)
SELECT id, 3, state, CASE WHEN state = 'expired' AND ends_on IS NOT NULL THEN ends_on + 1
  ELSE (updated_at AT TIME ZONE 'UTC')::date END, reason, 'system', updated_at FROM agreements WHERE state NOT IN ('draft', 'active');

CREATE TRIGGER agreement_states_no_change BEFORE UPDATE OR DELETE ON agreement_states FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER agreement_states_no_truncate BEFORE TRUNCATE ON agreement_states FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

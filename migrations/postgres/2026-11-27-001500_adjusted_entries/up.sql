-- why: a refund and an adjustment by decision both take back of an entry, and what was taken by either is not there for the other.
-- What a decision added to it is; what a change of rules added is an accrual of its own.
CREATE OR REPLACE FUNCTION check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.dated_on <= (SELECT max(ends_on) FROM periods WHERE network_id = NEW.network_id AND currency = NEW.currency) THEN
    RAISE EXCEPTION 'period closed' USING ERRCODE = '23514';
  END IF;
  IF NEW.corrects_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM entries e WHERE e.id = NEW.corrects_id AND e.currency = NEW.currency AND (
      (e.debtor_id = NEW.creditor_id AND e.creditor_id = NEW.debtor_id)
      OR (e.debtor_id = NEW.debtor_id AND e.creditor_id = NEW.creditor_id AND NEW.correction NOT IN ('reversal', 'clawback')))) THEN
    RAISE EXCEPTION 'no correction of that entry' USING ERRCODE = '23514';
  END IF;
  IF NEW.corrects_id IS NOT NULL AND NEW.debtor_id = (SELECT e.creditor_id FROM entries e WHERE e.id = NEW.corrects_id) AND NEW.amount_minor >
    (SELECT e.amount_minor FROM entries e WHERE e.id = NEW.corrects_id)
    - (SELECT coalesce(sum(CASE WHEN c.debtor_id = NEW.debtor_id THEN c.amount_minor ELSE -c.amount_minor END), 0) FROM entries c
      WHERE (c.corrects_id = NEW.corrects_id AND (c.sequence IS NULL OR c.debtor_id = NEW.debtor_id))
        OR (c.sequence IS NULL AND c.corrects_id IN (SELECT a.id FROM entries a WHERE a.corrects_id = NEW.corrects_id
          AND (a.sequence IS NULL OR a.debtor_id = NEW.debtor_id)))) THEN
    RAISE EXCEPTION 'taken back beyond its amount' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;

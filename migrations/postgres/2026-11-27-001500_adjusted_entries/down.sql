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
  IF NEW.correction IN ('reversal', 'clawback') AND NEW.amount_minor >
    (SELECT amount_minor FROM entries WHERE id = NEW.corrects_id) -
    (SELECT coalesce(sum(amount_minor), 0) FROM entries WHERE corrects_id = NEW.corrects_id AND correction IN ('reversal', 'clawback')) THEN
    RAISE EXCEPTION 'taken back beyond its amount' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;

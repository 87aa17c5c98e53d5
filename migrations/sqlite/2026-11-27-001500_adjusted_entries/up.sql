-- why: a refund and an adjustment by decision both take back of an entry, and what was taken by either is not there for the other.
-- What a decision added to it is; what a change of rules added is an accrual of its own.
DROP TRIGGER entries_taken_back_once;
CREATE TRIGGER entries_taken_back_once BEFORE INSERT ON entries WHEN NEW.corrects_id IS NOT NULL
  AND NEW.debtor_id = (SELECT e.creditor_id FROM entries e WHERE e.id = NEW.corrects_id) AND NEW.amount_minor >
    (SELECT e.amount_minor FROM entries e WHERE e.id = NEW.corrects_id)
    - (SELECT coalesce(sum(CASE WHEN c.debtor_id = NEW.debtor_id THEN c.amount_minor ELSE -c.amount_minor END), 0) FROM entries c
      WHERE (c.corrects_id = NEW.corrects_id AND (c.sequence IS NULL OR c.debtor_id = NEW.debtor_id))
        OR (c.sequence IS NULL AND c.corrects_id IN (SELECT a.id FROM entries a WHERE a.corrects_id = NEW.corrects_id
          AND (a.sequence IS NULL OR a.debtor_id = NEW.debtor_id))))
BEGIN SELECT RAISE(ABORT, 'taken back beyond its amount'); END;

DROP TRIGGER entries_taken_back_once;
CREATE TRIGGER entries_taken_back_once BEFORE INSERT ON entries WHEN NEW.correction IN ('reversal', 'clawback') AND NEW.amount_minor >
  (SELECT amount_minor FROM entries WHERE id = NEW.corrects_id) -
  (SELECT coalesce(sum(amount_minor), 0) FROM entries WHERE corrects_id = NEW.corrects_id AND correction IN ('reversal', 'clawback'))
BEGIN SELECT RAISE(ABORT, 'taken back beyond its amount'); END;

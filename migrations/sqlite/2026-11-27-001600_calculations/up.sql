-- why: a statement shows the main components of each of its lines. A closing run reads them by the hundred thousand, and finds them here
-- without the whole explanation that they are taken from.
ALTER TABLE entries ADD COLUMN calculation TEXT NOT NULL DEFAULT '{}';
DROP TRIGGER entries_no_update;
UPDATE entries SET calculation = json_object(
  'agreement_id', json_extract(explanation, '$.agreement_id'),
  'ordinal', json_extract(explanation, '$.ordinal'),
  'year', json_extract(explanation, '$.year'),
  'base', coalesce(json_extract(explanation, '$.base'), json_extract(explanation, '$.potential.amount')),
  'rate', coalesce(json_extract(explanation, '$.rule.rate'),
    CASE WHEN json_extract(explanation, '$.about') = 'entry_fee' THEN json_extract(explanation, '$.rate') END),
  'fixed_amount', json_extract(explanation, '$.rule.fixed_amount.amount.amount'),
  'unit_amount', json_extract(explanation, '$.rate.amount'),
  'quantity', json_extract(explanation, '$.quantity'),
  'reason', json_extract(explanation, '$.reason'),
  'divided_to_date', json_extract(explanation, '$.division.whole.amount'),
  'reached', json_extract(explanation, '$.reached.amount'),
  'contracted', json_extract(explanation, '$.contracted.amount'),
  'entitled_to_date', json_extract(explanation, '$.entitled_to_date.amount'),
  'posted_before', json_extract(explanation, '$.posted_before.amount'));
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'append-only: entries'); END;

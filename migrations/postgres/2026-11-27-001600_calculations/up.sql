-- why: a statement shows the main components of each of its lines. A closing run reads them by the hundred thousand, and finds them here
-- without the whole explanation that they are taken from.
ALTER TABLE entries ADD COLUMN calculation TEXT NOT NULL DEFAULT '{}';
ALTER TABLE entries DISABLE TRIGGER entries_no_change;
UPDATE entries SET calculation = json_build_object(
  'agreement_id', e.j -> 'agreement_id',
  'ordinal', e.j -> 'ordinal',
  'year', e.j -> 'year',
  'base', coalesce(e.j -> 'base', e.j #> '{potential,amount}'),
  'rate', coalesce(e.j #> '{rule,rate}', CASE WHEN e.j ->> 'about' = 'entry_fee' THEN e.j -> 'rate' END),
  'fixed_amount', e.j #> '{rule,fixed_amount,amount,amount}',
  'unit_amount', e.j #> '{rate,amount}',
  'quantity', e.j -> 'quantity',
  'reason', e.j -> 'reason',
  'divided_to_date', e.j #> '{division,whole,amount}',
  'reached', e.j #> '{reached,amount}',
  'contracted', e.j #> '{contracted,amount}',
  'entitled_to_date', e.j #> '{entitled_to_date,amount}',
  'posted_before', e.j #> '{posted_before,amount}')
  FROM (SELECT id, CAST(explanation AS json) AS j FROM entries) e WHERE e.id = entries.id;
ALTER TABLE entries ENABLE TRIGGER entries_no_change;

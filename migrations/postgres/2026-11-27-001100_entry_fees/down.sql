DROP TABLE entry_fee_revisions;
DROP TABLE entry_fees;
DROP FUNCTION check_entry_fee_revision;
ALTER TABLE entries DROP CONSTRAINT entries_kind_check,
  ADD CONSTRAINT entries_kind_check CHECK (kind IN ('commission', 'share', 'buy_price', 'fee'));

DROP INDEX entry_fees_one_of_segment_key;
ALTER TABLE entry_fees DROP COLUMN segment_key;

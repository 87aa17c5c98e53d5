-- why: a segment is the same however it is written, small or large, with space around it or not: it has one entry fee (D14). What was
-- assessed before stays as it was written, and is compared so once it is assessed anew.
ALTER TABLE entry_fees ADD COLUMN segment_key TEXT;
CREATE UNIQUE INDEX entry_fees_one_of_segment_key ON entry_fees (agreement_id, segment_key)
  WHERE segment_key IS NOT NULL AND state <> 'withdrawn';

DELETE FROM findings WHERE kind = 'qualification_lapsed';
ALTER TABLE findings DROP CONSTRAINT findings_kind_check,
  ADD CONSTRAINT findings_kind_check CHECK (kind IN ('minimum_sales_shortfall'));

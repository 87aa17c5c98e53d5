-- why: an agreement may go on while the qualification that it asks for is over: its master is to know, and nothing follows by itself (R43, R64, R72).
ALTER TABLE findings DROP CONSTRAINT findings_kind_check,
  ADD CONSTRAINT findings_kind_check CHECK (kind IN ('minimum_sales_shortfall', 'qualification_lapsed'));

-- why: that an entry fee was paid is what the partner's payments say, and is kept nowhere beside them (R58).
ALTER TABLE entry_fees ADD COLUMN remittance_payment_id UUID REFERENCES remittance_payments (id)
  CHECK (remittance_payment_id IS NULL OR paid_on IS NOT NULL);
